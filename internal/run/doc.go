// Package run holds the words of the harness as types: case, variant,
// evidence, finding, verdict, run, and the [Steps] that a case's own script is
// written against. It does no I/O.
//
// Data moves one way. Cases say what to do, an exchange does it and records
// [Evidence], a judge turns evidence into findings, and the [Run] document
// holds all of it; every report is drawn from that document.
package run
