package exchange

import (
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// What the run does not last for is not begun, and says so; nobody is to blame.
func TestAWaitThatTheRunDoesNotLastFor(t *testing.T) {
	for name, row := range map[string]struct {
		left time.Duration // of the run; 0: it has no end
		wait time.Duration
		want string
	}{
		"an hour of a minute": {time.Minute, time.Hour, "a wait of 1h0m0s is longer than what is left of the run (keys are kept): give it more in run.budget"},
		"a moment":            {time.Minute, time.Millisecond, ""},
		"no end":              {0, time.Millisecond, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if row.left > 0 {
				w.runner.Until = w.runner.Clock().Add(row.left)
			}
			e := w.act(t, func(s run.Steps) { s.Wait("keys are kept", run.Duration(row.wait)) })
			switch {
			case row.want == "" && e.Fault != nil:
				t.Errorf("fault: %+v", *e.Fault)
			case row.want != "" && (e.Fault == nil || e.Fault.By != run.ByInterrupt || !strings.Contains(e.Fault.Text, row.want)):
				t.Errorf("fault: %+v, want %q", e.Fault, row.want)
			}
		})
	}
}
