//go:build race

package engine_test

// raceDetector: the race detector is on. What it makes far too slow is sampled.
const raceDetector = true
