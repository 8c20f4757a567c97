package verdict_test

import (
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// A target that locks the sender out is not blamed for what lives on.
func TestGuardsOfScripts(t *testing.T) {
	blame := run.Finding{Verdict: run.Fail, Severity: run.Security, Text: "the session lives on"}
	breach, status := blame, blame
	breach.Breach, status.Severity = true, run.Conformance
	for name, tt := range map[string]struct {
		found  run.Finding
		answer int
		locked bool
		want   run.Verdict
	}{
		"turned away":          {blame, 403, true, run.Inconclusive},
		"accepted":             {blame, 200, true, run.Fail},
		"nobody is locked out": {blame, 403, false, run.Fail},
		"a breach":             {breach, 403, true, run.Fail},
		"a status":             {status, 403, true, run.Fail},
		"nothing was found":    {run.Finding{Verdict: run.Note}, 403, true, run.Note},
	} {
		t.Run(name, func(t *testing.T) {
			c := run.Case{
				ID: "x-case", Level: run.Must, Expect: run.Revoke, Steps: func(run.Steps, run.Variant) {},
				Judge: func(run.Seen) []run.Finding { return []run.Finding{tt.found} },
			}
			v := run.Variant{Slug: "v", Recipe: fixtures.Valid()}
			got := verdict.Variant(run.Seen{
				Case: c, Variant: v, Demand: c.Demand(v, run.Terms{}),
				Evidence: accepted(run.Answer{Status: tt.answer}, run.Alive),
				Context:  run.Context{Baselines: works, Observed: run.Observed{LockedOut: tt.locked}},
			})
			if got.Verdict != tt.want {
				t.Errorf("%+v, want %s", got.Findings, tt.want)
			}
		})
	}
}
