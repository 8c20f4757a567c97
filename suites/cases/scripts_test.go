package cases_test

import (
	"testing"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// Every script of a session or a key reaches its end at a receiver that does
// everything right, and its judge finds nothing that is wrong there.
func TestScriptsAtAnIdealReceiver(t *testing.T) {
	public, secret := ideal(), ideal()
	sharing("sub")(&secret)
	ran := 0
	for _, c := range cases.All() {
		if group := c.Group(); group != "SEM" && group != "KEY" && c.ID != "clm-jti-replay" {
			continue
		}
		for _, v := range c.Variants {
			for _, context := range []run.Context{public, secret} {
				d := c.Demand(v, context.Terms)
				if d.NotApplicable != "" || c.Steps == nil && c.Around == nil {
					continue
				}
				ran++
				t.Run(c.Name(v)+" "+string(context.Terms.Profile), func(t *testing.T) {
					r := newReceiver(t, context.Terms)
					if c.Steps != nil {
						c.Steps(r, v)
						r.Probe(run.Bystander, run.After)
					} else {
						c.Around(r, func() { refusal(r, v) })
					}
					if r.serving || r.storeOff {
						t.Error("the script leaves the surroundings broken")
					}
					with := func(c *run.Context) { *c = context }
					got := judgement(t, judgedRow{variant: c.Name(v), evidence: r.evidence, with: with})
					switch got.Verdict {
					case run.Pass, run.Note, run.NotApplicable:
					default:
						t.Errorf("%s: %+v", got.Verdict, got.Findings)
					}
				})
			}
		}
	}
	if ran < 50 {
		t.Errorf("only %d scripts ran", ran)
	}
}

// refusal is the standard script of a refusal.
func refusal(s run.Steps, v run.Variant) {
	s.Enter(run.Named, run.Visitor{User: "alice"})
	s.Send(run.Sending{Recipe: v.Recipe})
	s.Probe(run.Named, run.After)
	s.Probe(run.Bystander, run.After)
	s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}
