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

// departures are where a defect comes out otherwise than its declaration says,
// each with the reason. The declarations were written before any run.
var departures = map[string]map[string]string{
	"nobody-means-everybody": {
		"sem-bystander-user": "the bystanders are among everybody",
	},
	"sid-ends-all-of-user": {
		"ok-sid-only": "a baseline asks for the named session alone; which others end is judged by sem-sid-ends-one",
	},
	"sub-ends-newest-only": {
		"ok-sub-only": "a baseline asks for the named session alone; which others end is judged by sem-sub-ends-all",
	},
}

// baselineFails is the reason of a whole class: a defect that stops every
// valid token is found by the baselines, and the other cases that expect
// success are inconclusive, as everything else that rests on a baseline.
var baselineFails = map[string]bool{"csrf-required": true}

func TestDefectsAreCaughtByTheirCases(t *testing.T) {
	for _, d := range receiver.Defects() {
		for _, profile := range d.Profiles {
			t.Run(d.Name+"/"+profile, func(t *testing.T) {
				t.Parallel()
				doc := drive(t, demo.Options{Profile: run.Profile(profile), Defect: d.Name}, engine.Filter{}, quickKeys)
				for _, result := range doc.Cases {
					caught := result.Verdict == run.Fail || result.Verdict == run.Warn
					expected := slices.Contains(d.Caught, result.ID) && demands(result.ID, doc.Terms)
					_, departs := departures[d.Name][result.ID]
					if departs {
						expected = !expected
					}
					if baselineFails[d.Name] && result.Verdict == run.Inconclusive {
						expected = false
					}
					if caught != expected {
						t.Errorf("%s is %s (%s), want caught: %v", result.ID, result.Verdict, result.Finding, expected)
					}
					if result.Verdict == run.Inconclusive && !baselineFails[d.Name] || result.Verdict == run.HarnessError {
						t.Errorf("%s is %s: %s", result.ID, result.Verdict, result.Finding)
					}
				}
			})
		}
	}
}

// quickKeys declares that keys are cached for no time, so that a rotation that
// is never followed shows at once.
func quickKeys(c *config.Config) { c.Declares.KeyCache = run.Duration(250 * time.Millisecond) }

// demands reports whether a case asks for something definite under the terms.
func demands(id string, terms run.Terms) bool {
	i := slices.IndexFunc(cases.All(), func(c run.Case) bool { return c.ID == id })
	c := cases.All()[i]
	return slices.ContainsFunc(c.Variants, func(v run.Variant) bool {
		d := c.Demand(v, terms)
		return d.NotApplicable == "" && d.Expect != run.Either
	})
}
