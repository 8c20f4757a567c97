package cases

import (
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// again labels what is sent a second time.
const again = "again"

// replayAfterLogin uses a token, logs the user in again, and sends the very
// same token once more.
func replayAfterLogin(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Send(run.Sending{Recipe: v.Recipe})
	if s.AwaitDeath(run.Named, run.After) != run.Dead {
		return
	}
	s.Enter("next", alice)
	s.SendAgain(run.CaseSend, again)
	s.Settle()
	s.Probe("next", run.After)
}

func replayMemory(seen run.Seen) []run.Finding {
	e := seen.Evidence
	used := e.LastProbe(run.Named, run.After)
	if used == nil || used.State != run.Dead {
		if why := verdict.Unfounded(seen); why != "" {
			return unclear("the token did not work even once, as " + why)
		}
		return unclear("the token did not work even once")
	}
	sent, before, after := e.Sent(again), e.LastProbe("next", run.Before), e.LastProbe("next", run.After)
	if sent == nil || before == nil || after == nil || before.State != run.Alive || after.State == run.Unknown {
		return unclear("nobody can tell what the second use did")
	}
	if after.State == run.Alive {
		return nil
	}
	return []run.Finding{{
		Verdict: run.Note, Severity: run.Conformance,
		Text:   "a token can be used again after the next login: the target keeps no memory of token ids",
		Actual: verdict.Status(sent.Answer) + ", the new session is dead: " + after.Why,
	}}
}
