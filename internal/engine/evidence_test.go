package engine_test

import (
	"testing"

	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
)

// Every refusal that passed holds its proof: the hostile answer, the named
// session and the bystander alive after it, and the twin that ended the session.
func TestEveryRefusalHoldsItsControl(t *testing.T) {
	for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
		refusals := 0
		for _, c := range drive(t, demo.Options{Profile: profile}, engine.Filter{}).Cases {
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
				for _, want := range []struct {
					session, label string
					state          run.State
				}{
					{run.Bystander, run.Before, run.Alive},
					{run.Named, run.Before, run.Alive},
					{run.Named, run.After, run.Alive},
					{run.Bystander, run.After, run.Alive},
					{run.Named, run.AfterTwin, run.Dead},
				} {
					if got := v.Evidence.LastProbe(want.session, want.label); got == nil || got.State != want.state {
						t.Errorf("%s: %s %s is %+v, want %s", name, want.session, want.label, got, want.state)
					}
				}
			}
		}
		if refusals < 30 {
			t.Errorf("%s: only %d refusals were seen", profile, refusals)
		}
	}
}
