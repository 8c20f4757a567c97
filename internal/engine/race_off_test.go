//go:build !race

package engine_test

// raceDetector: the race detector is off.
const raceDetector = false
