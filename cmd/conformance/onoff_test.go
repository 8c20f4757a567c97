package main

import (
	"testing"

	"github.com/spf13/pflag"
)

// A switch that nobody gives leaves the file's word.
func TestSwitches(t *testing.T) {
	for args, want := range map[string][2]bool{ // what becomes of true, and of false
		"": {true, false}, "--slow": {true, true}, "--slow=true": {true, true}, "--slow=false": {false, false}, "--slow=0": {false, false},
	} {
		for i, before := range []bool{true, false} {
			var o onOff
			f := pflag.NewFlagSet("test", pflag.ContinueOnError)
			o.flag(f, "slow", "wait")
			given := []string{args}
			if args == "" {
				given = nil
			}
			if err := f.Parse(given); err != nil {
				t.Fatal(err)
			}
			setting := before
			if o.over(&setting); setting != want[i] {
				t.Errorf("%q over %v gives %v", args, before, setting)
			}
		}
	}
	var o onOff
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	o.flag(f, "slow", "wait")
	if err := f.Parse([]string{"--slow=perhaps"}); err == nil {
		t.Error("anything is taken for a switch")
	}
}
