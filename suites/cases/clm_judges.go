package cases

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// leeway notes how long after its exp a token still works.
func leeway(seen run.Seen) []run.Finding {
	sent := seen.Evidence.Sent(run.CaseSend)
	if sent == nil || !ended(seen, run.Named) || seen.Demand.Expect != either {
		return nil
	}
	var times struct{ Iat, Exp int64 }
	if err := json.Unmarshal([]byte(sent.Token.Payload), &times); err != nil {
		return nil
	}
	after := time.Duration(times.Iat-times.Exp) * time.Second
	return []run.Finding{{Verdict: run.Note, Text: "a token works at least " + after.String() + " after its exp"}}
}

// twice sends a token that was followed once more, after a new login.
func twice(s run.Steps, standard func()) {
	standard()
	if s.Probe(run.Named, usedUp) != run.Dead {
		return
	}
	s.Enter("next", alice)
	s.SendAgain(run.CaseSend, again)
	s.Settle()
	s.Probe("next", run.After)
}

// usedUp labels the look at the session before its token is sent again.
const usedUp = "used-up"

// withoutMemory notes that a token without a jti was followed twice. Those with
// one are the business of clm-jti-replay.
func withoutMemory(seen run.Seen) []run.Finding {
	if seen.Variant.Slug != "missing" || !ended(seen, run.Named) || !ended(seen, "next") {
		return nil
	}
	return []run.Finding{{Verdict: run.Note, Severity: run.Conformance, Text: "a token without jti can be used again and again"}}
}

// sameTokenID uses a jti up in a token about one user, and sends a new token
// with it about another, and about a third at another issuer.
func sameTokenID(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Enter(bob.Session, bob.Who)
	s.Send(run.Sending{Label: "first", Recipe: v.Recipe})
	if s.AwaitDeath(run.Named, run.After) != run.Dead {
		return
	}
	s.Send(run.Sending{Session: bob.Session, Recipe: v.Recipe})
	s.Settle()
	if s.Probe(bob.Session, run.After) == run.Dead || !slices.Contains(s.Terms().Offers, run.SecondIssuer) {
		return
	}
	s.Enter("carol", run.Visitor{User: "carol", At: run.AtSecondIssuer})
	s.Send(run.Sending{Session: "carol", Label: "second-issuer", Recipe: v.Recipe})
	if s.AwaitDeath("carol", run.After) != run.Dead {
		s.Send(run.Sending{Session: "carol", Label: run.TwinSend, Recipe: v.Recipe.Twin()})
		s.AwaitDeath("carol", run.AfterTwin)
	}
}

func tokenIDsOfIssuers(seen run.Seen) []run.Finding {
	e := seen.Evidence
	second, after := e.Sent(run.CaseSend), e.LastProbe(bob.Session, run.After)
	carol, control := e.LastProbe("carol", run.After), e.LastProbe("carol", run.AfterTwin)
	switch {
	case !ended(seen, run.Named):
		if why := verdict.Unfounded(seen); why != "" {
			return unclear("the first token did not work, as " + why)
		}
		return unclear("the first token did not work")
	case second == nil || after == nil || after.State == run.Unknown || second.Answer.Throttled():
		return unclear("nobody can tell what the second token did")
	case after.State == run.Dead:
		return []run.Finding{{
			Verdict: run.Note, Text: "a jti that was used counts again in a new token, which is allowed", Actual: verdict.Status(second.Answer),
		}}
	case carol != nil && carol.State == run.Alive && (control == nil || control.State != run.Dead):
		return unclear("a token of the second issuer with a jti of its own does not end the session there either")
	case throttledSince(e, run.CaseSend):
		return unclear("the target throttled the request: it may never have been looked at")
	case carol != nil && carol.State == run.Alive:
		return []run.Finding{{
			Verdict: run.Warn, Severity: run.Interop,
			Text:     "a jti that one issuer used is refused from another, which cannot know of it",
			Expected: "the session at the other issuer ends", Actual: "it lives: " + carol.Why,
		}}
	}
	return []run.Finding{{
		Verdict: run.Note, Text: "a new token with a jti that was used is refused, which is allowed", Actual: verdict.Status(second.Answer),
	}}
}

// throttledSince: a request was throttled, from the last of that label on.
func throttledSince(e run.Evidence, label string) bool {
	throttled := false
	for _, event := range e.Events {
		if event.Send != nil {
			throttled = event.Send.Answer.Throttled() || throttled && event.Label != label
		}
	}
	return throttled
}
