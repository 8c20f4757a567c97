package exchange

import (
	"net/http"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// The nodes of a receiver get the same cookies.
func TestProbeAt(t *testing.T) {
	w := newWorld(t)
	e := whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.ProbeAt(run.Named, run.AtReplica, "there")
		s.ProbeAt(run.Named, run.AtSecondClient, "nowhere")
	}))
	expectState(t, e, run.Named, "there", run.Alive)
	expectState(t, e, run.Named, "nowhere", run.Dead)
	if last := e.Events[len(e.Events)-3]; last.Place != run.AtReplica {
		t.Errorf("recorded as %+v", last)
	}
}

func TestProbeSurfaces(t *testing.T) {
	for name, lives := range map[string]bool{"dead everywhere": false, "the API lives on": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.wrong.apiLives = lives
			e := whole(t, w.act(t, func(s run.Steps) {
				s.Enter(run.Named, alice)
				s.Send(run.Sending{Recipe: fixtures.Valid()})
				s.ProbeSurfaces(run.Named, run.After)
			}))
			want := run.Dead
			if lives {
				want = run.Alive
			}
			expectState(t, e, "named@api", run.After, want)
			expectState(t, e, "named@feed", run.After, run.Dead)
		})
	}
}

func TestProbeWith(t *testing.T) {
	for name, wrong := range map[string]defects{
		"no way in": {}, "as bearer": {bearer: true}, "as login": {embeds: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			e := whole(t, w.act(t, func(s run.Steps) {
				s.Enter(run.Named, alice)
				s.Send(run.Sending{Recipe: fixtures.Valid()})
				w.wrong = wrong
				s.ProbeWith(run.CaseSend, run.AsBearer, run.After)
				s.ProbeWith(run.CaseSend, run.AsLogin, run.After)
			}))
			for session, wide := range map[string]bool{"named@bearer": wrong.bearer, "named@login": wrong.embeds} {
				want := run.Dead
				if wide {
					want = run.Alive
				}
				expectState(t, e, session, run.After, want)
			}
			if e.LastProbe(run.Named, run.After) != nil {
				t.Error("what was shown is taken for the session itself")
			}
		})
	}
	expectFault(t, newWorld(t).act(t, func(s run.Steps) {
		s.ProbeWith("never", run.AsBearer, "x")
	}), run.ByHarness, "never sent")
}

func TestWatchDeath(t *testing.T) {
	w := newWorld(t)
	w.on = func(_ http.ResponseWriter, c claims) bool {
		time.AfterFunc(30*time.Millisecond, func() { w.end(c) })
		return true
	}
	ms := func(n int) run.Duration { return run.Duration(time.Duration(n) * time.Millisecond) }
	yielded := 0
	c := run.Case{
		ID: "sem-test", Expect: run.Revoke, Variants: []run.Variant{{Slug: "one", Recipe: fixtures.Valid()}},
		Steps: func(s run.Steps, _ run.Variant) {
			s.Enter(run.Named, alice)
			s.Send(run.Sending{Recipe: fixtures.Valid()})
			s.WatchDeath(run.Named, run.After, ms(1), ms(500), ms(100_000))
		},
	}
	job := Jobs(c, w.runner.Terms)[0]
	job.Yield = func(wait func()) { yielded++; wait() }
	e := whole(t, w.runner.Run(t.Context(), job)[0])
	dead := expectState(t, e, run.Named, run.After, run.Dead)
	looks := 0
	for _, event := range e.Events {
		if event.Session == run.Named && event.Label == run.After {
			looks++
		}
	}
	if looks != 3 || yielded != 2 || dead.After.Duration() < 499*time.Millisecond {
		t.Errorf("%d looks, %d waits, dead after %v", looks, yielded, dead.After.Duration())
	}
}
