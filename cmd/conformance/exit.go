package main

import (
	"github.com/loggedout/loggedout/internal/run"
)

// The exit codes of conformance, so that a pipeline can tell a broken target
// from a broken aim.
const (
	exitOK          = 0   // nothing stands against the target
	exitFindings    = 1   // a case failed
	exitUsage       = 2   // a flag or the configuration is wrong
	exitIncomplete  = 3   // not everything could be told
	exitFault       = 4   // the harness itself is at fault
	exitInterrupted = 130 // stopped by a signal
)

// exitError ends the program with a code; err may be nil when everything was said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return "exit"
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exitCode reads the code off a run document: the first that applies.
func exitCode(doc *run.Run, strict bool) int {
	var fault, finding, undecided bool
	decided := 0
	for _, c := range doc.Cases {
		undecided = undecided || c.Undecided()
		switch c.Verdict {
		case run.HarnessError:
			fault = true
		case run.Fail:
			finding = true
		case run.Warn:
			finding = finding || strict
			decided++
		case run.Pass, run.Note:
			decided++
		case run.Inconclusive, run.NotApplicable:
		}
	}
	switch {
	case doc.Interrupted:
		return exitInterrupted
	case fault:
		return exitFault
	case finding:
		return exitFindings
	case undecided, decided == 0, doc.Observed.Proof == nil, !doc.Observed.Proof.OK:
		return exitIncomplete
	}
	return exitOK
}

// worse gives the code that a program with several runs ends with: the first
// that applies to any of them.
func worse(a, b int) int {
	for _, code := range []int{exitInterrupted, exitUsage, exitFault, exitFindings, exitIncomplete} {
		if a == code || b == code {
			return code
		}
	}
	return exitOK
}
