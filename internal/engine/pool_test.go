package engine_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// A diary is what the scripts of a run did, in order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) write(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) at(line string) int { return slices.Index(d.lines, line) }

// scripted is a case whose steps are a script, and that nobody judges.
func scripted(id string, script func(run.Steps)) run.Case {
	return run.Case{
		ID: id, Level: run.May, Expect: run.Revoke, Variants: []run.Variant{{Slug: "one", Recipe: fixtures.Valid()}},
		Steps: func(s run.Steps, _ run.Variant) { script(s) },
		Judge: func(run.Seen) []run.Finding { return nil },
	}
}

// driveCases runs cases of one's own beside the baselines.
func driveCases(t *testing.T, profile run.Profile, change func(*config.Config), own ...run.Case) *run.Run {
	t.Helper()
	d, err := demo.Start(t.Context(), demo.Options{Profile: profile, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	change(&d.Config)
	plan := engine.Plan{Cases: own}
	for _, c := range cases.All() {
		if c.Baseline() {
			plan.Cases = append(plan.Cases, c)
		}
	}
	e, err := engine.New(engine.Options{Config: d.Config, Plan: plan, Listener: d.Issuer, Clock: time.Now, Tag: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	e.Start(ctx)
	doc := e.Wait()
	for _, c := range doc.Cases {
		if c.Verdict != run.Pass && c.Verdict != run.NotApplicable {
			t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
		}
	}
	return doc
}

// Who waits leaves the place in the pool: with one place, all wait together,
// and the others go on meanwhile.
func TestWaitsOverlap(t *testing.T) {
	var d diary
	waiting := func(id string) run.Case {
		return scripted(id, func(s run.Steps) {
			d.write(id + " waits")
			s.Wait("a key cache", run.Duration(300*time.Millisecond))
			d.write(id + " goes on")
		})
	}
	driveCases(t, run.SharedSecret, func(c *config.Config) { c.Run.Workers = 1 },
		waiting("key-a"), waiting("key-b"), scripted("key-c", func(run.Steps) { d.write("key-c") }))
	for _, begun := range []string{"key-a waits", "key-b waits", "key-c"} {
		for _, over := range []string{"key-a goes on", "key-b goes on"} {
			if d.at(begun) < 0 || d.at(begun) > d.at(over) {
				t.Errorf("in the order %q", d.lines)
			}
		}
	}
}

// Whoever uses up the allowance of key fetches waits until no change of keys is
// under way, and keeps nobody from finishing one.
func TestLastWaitsForChangesOfKeys(t *testing.T) {
	var d diary
	changing := scripted("key-a", func(s run.Steps) {
		s.Publish(fixtures.Next)
		s.Wait("a key cache", run.Duration(100*time.Millisecond))
		d.write("changed")
	})
	last := scripted("key-b", func(run.Steps) { d.write("last") })
	last.Schedule = run.Last
	driveCases(t, run.OIDC, func(c *config.Config) { c.Run.Workers = 1 }, last, changing)
	if !slices.Equal(d.lines, []string{"changed", "last"}) {
		t.Errorf("in the order %q", d.lines)
	}
}

// Cases that run alone begin when all others are over, and one goes on while
// another waits. What can hurt comes at the very end, truly alone, and only when
// it is asked for.
func TestAloneAndLoad(t *testing.T) {
	for name, load := range map[string]bool{"asked for": true, "not asked for": false} {
		t.Run(name, func(t *testing.T) {
			var d diary
			slow := func(id string) run.Case {
				return scripted(id, func(s run.Steps) {
					d.write(id)
					s.Wait("something", run.Duration(50*time.Millisecond))
					d.write(id + " is over")
				})
			}
			one, two := slow("alone-a"), slow("alone-b")
			one.Schedule, two.Schedule = run.Alone, run.Alone
			heavy, heavier := slow("load-a"), slow("load-b")
			heavy.Needs = []run.Need{run.Load}
			heavier.Variants[0].Needs = []run.Need{run.Load}
			driveCases(t, run.SharedSecret, func(c *config.Config) { c.Run.Load = load },
				heavy, one, heavier, two, scripted("key-c", func(run.Steps) { d.write("key-c") }))
			if len(d.lines) < 5 {
				t.Fatalf("only %q", d.lines)
			}
			slices.Sort(d.lines[3:5]) // who is over first is chance
			want := []string{"key-c", "alone-a", "alone-b", "alone-a is over", "alone-b is over"}
			if load {
				want = append(want, "load-a", "load-a is over", "load-b", "load-b is over")
			}
			if !slices.Equal(d.lines, want) {
				t.Errorf("in the order %q", d.lines)
			}
		})
	}
}

// A place whose probe calls everybody alive proves nothing.
func TestFurtherPlacesAreProved(t *testing.T) {
	for name, spoil := range map[string]func(*config.Config){
		"target.replicas": func(c *config.Config) { c.Target.Replicas = []string{"http://127.0.0.1:1"} },
		"target.surfaces.api": func(c *config.Config) {
			c.Target.Surfaces = map[string]config.Probe{"api": {
				URL: c.Target.Probe.URL + "?for={{.Sub}}", Alive: config.Alive{Status: []int{401}, Contains: "{{if false}}{{.Sub}}{{end}}"},
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			doc := drive(t, demo.Options{Profile: run.SharedSecret}, engine.Filter{Cases: []string{"ok-sub-only"}}, spoil)
			if proof := doc.Observed.Proof; proof.OK || !strings.Contains(proof.Problem, name) {
				t.Errorf("%+v", proof)
			}
		})
	}
}
