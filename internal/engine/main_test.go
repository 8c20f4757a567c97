package engine_test

import (
	"flag"
	"os"
	"testing"
)

// full has every defect meet every case (-args -full); else it meets those that
// are said to catch it.
var full = flag.Bool("full", false, "try every defect with every case, which takes many minutes")

// A run waits far more than it computes, so more of them go side by side than
// there are processors.
const sideBySide = "14"

func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		if err := flag.Set("test.parallel", sideBySide); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// sampled leaves out most of many like tests when the race detector is on, which
// makes everything several times as slow: what they share is raced by a few.
func sampled(t *testing.T, i int) {
	t.Helper()
	if every := 8; raceDetector && i%every != 0 {
		t.Skipf("with the race detector one in %d is tried", every)
	}
}
