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
const sideBySide = "8"

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
