package engine_test

import (
	"testing"

	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// Every refusal that passed holds its proof: the hostile answer, the named
// session and the bystander alive after it, and the twin that ended the session.
func TestEveryRefusalHoldsItsControl(t *testing.T) {
	for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
		doc := drive(t, demo.Options{Profile: profile}, engine.Filter{})
		want, refusals := 0, 0
		for _, c := range cases.All() {
			for _, v := range c.Variants {
				if d := c.Demand(v, doc.Terms); d.NotApplicable == "" && d.Expect == run.Refuse {
					want++
				}
			}
		}
		for _, c := range doc.Cases {
			for _, v := range c.Variants {
				if v.Expect != run.Refuse || v.Verdict == run.NotApplicable {
					continue
				}
				refusals++
				name := c.ID + "/" + v.Slug
				sent, twin := v.Evidence.Sent(run.CaseSend), v.Evidence.Sent(run.TwinSend)
				if sent == nil || sent.Answer.Status == 0 || twin == nil || !twin.Answer.Accepted() {
					t.Errorf("%s: hostile answer %+v, twin %+v", name, sent, twin)
				}
				for _, look := range []struct {
					session, label string
					state          run.State
				}{
					{run.Bystander, run.Before, run.Alive},
					{run.Named, run.Before, run.Alive},
					{run.Named, run.After, run.Alive},
					{run.Bystander, run.After, run.Alive},
					{run.Named, run.AfterTwin, run.Dead},
				} {
					if got := v.Evidence.LastProbe(look.session, look.label); got == nil || got.State != look.state {
						t.Errorf("%s: %s %s is %+v, want %s", name, look.session, look.label, got, look.state)
					}
				}
			}
		}
		if refusals != want || want == 0 {
			t.Errorf("%s: %d refusals were seen, and the catalogue has %d", profile, refusals, want)
		}
	}
}
