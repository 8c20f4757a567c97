package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/receiver"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// Each defect meets the cases that are said to catch it, and a few that must
// not; with -full it meets all cases, and is caught by no other.
func TestDefectsAreCaughtByTheirCases(t *testing.T) {
	t.Parallel()
	for i, d := range receiver.Defects() {
		for _, profile := range d.Profiles {
			t.Run(d.Name+"/"+profile, func(t *testing.T) {
				sampled(t, i)
				t.Parallel()
				checkDefect(t, d, run.Profile(profile))
			})
		}
	}
}

func checkDefect(t *testing.T, d receiver.Defect, profile run.Profile) {
	var filter engine.Filter
	load := slices.ContainsFunc(d.Caught, needsLoad)
	if !*full || load || narrow[d.Name] != "" {
		filter.Cases = slices.Concat(d.Caught, besides)
	}
	doc := drive(t, demo.Options{Profile: profile, Defect: d.Name, Alg: quickAlg}, filter, func(c *config.Config) {
		if c.Run.Load = load; load {
			c.Declares.KeyCache = run.Duration(time.Minute) // the demo's is so short that hundreds of fetches are due
		}
	})
	for _, result := range doc.Cases {
		caught := result.Verdict == run.Fail || result.Verdict == run.Warn
		unknown := result.Verdict == run.Inconclusive
		expected := slices.Contains(d.Caught, result.ID) && demands(result.ID, doc.Terms)
		departs := departure(d.Name, result.ID, profile) != ""
		_, hidden := hides[d.Name][result.ID]
		switch {
		case result.Verdict == run.HarnessError, unknown && !hidden && !baselineFails[d.Name], caught != expected && !departs && !unknown:
			t.Errorf("%s is %s (%s), want caught: %v", result.ID, result.Verdict, result.Finding, expected)
		case departs && caught == expected:
			t.Errorf("%s is %s as declared: it departs from nothing", result.ID, result.Verdict)
		}
	}
}

// besides are the cases that every defect meets: most do nothing to them, and
// the judges of answers have something to look at.
var besides = []string{"sem-bystander-user", "sig-stripped", "sig-attacker-key-real-kid"}

// quickAlg is cheap to sign with, so that runs cost little.
const quickAlg = "ES256"

// needsLoad reports whether the whole case can hurt a live system.
func needsLoad(id string) bool { return slices.Contains(caseOf(id).Needs, run.Load) }

func caseOf(id string) run.Case {
	all := cases.All()
	return all[slices.IndexFunc(all, func(c run.Case) bool { return c.ID == id })]
}

// demands reports whether a case has something to fail under the terms. Where
// the terms leave to the receiver what is definite otherwise, it only notes.
// Where the case itself does, invariants and judges of its own can fail.
func demands(id string, terms run.Terms) bool {
	c := caseOf(id)
	return slices.ContainsFunc(c.Variants, func(v run.Variant) bool {
		d := c.Demand(v, terms)
		left := d.Expect == run.Either && v.Expect != run.Either && c.Expect != run.Either
		return d.NotApplicable == "" && !left
	})
}
