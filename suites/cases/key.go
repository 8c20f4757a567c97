package cases

import (
	"fmt"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// The issuer's keys change, and the receiver has to follow.
var keys = []run.Case{
	{
		ID: "key-rotate-new-kid", Level: must, Clauses: refs("CORE 10.1.1"),
		Requires: "a token signed with a newly published key is accepted",
		Sends:    "a valid token of a new key",
		Variants: variants(v("published", valid().SignedBy(fixtures.Next))),
		Expect:   revoke,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Steps:    rotate,
		Judge:    followed,
	},
}

// cacheOf is when a target must have asked for the keys again: a second after
// the time it declares, which is a minute unless it says otherwise. Some
// libraries leave 30 s between two fetches.
func cacheOf(t run.Terms) run.Duration { return t.Declares.KeyCache + run.Duration(time.Second) }

// secondTry labels the token that is sent after the pause.
const secondTry = "second-try"

// rotate publishes a further key and signs with it. A receiver that refuses is
// asked once more when its cache must have run out.
func rotate(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Publish(fixtures.Next)
	s.Send(run.Sending{Recipe: v.Recipe})
	if s.AwaitDeath(run.Named, run.After) == run.Dead {
		return
	}
	s.Wait("keys may be cached that long", cacheOf(s.Terms()))
	s.Send(run.Sending{Label: secondTry, Recipe: v.Recipe})
	s.AwaitDeath(run.Named, run.After)
}

func followed(seen run.Seen) []run.Finding {
	first, second := seen.Evidence.Sent(run.CaseSend), seen.Evidence.Sent(secondTry)
	after := seen.Evidence.LastProbe(run.Named, run.After)
	if first == nil || second == nil || after == nil {
		return verdict.Revoked(seen, first, after)
	}
	if second.Answer.Accepted() && after.State == run.Dead {
		return []run.Finding{{
			Verdict: run.Note, Text: fmt.Sprintf("a new key was accepted only after a pause (of %v)", cacheOf(seen.Context.Terms)),
			Actual: verdict.Status(first.Answer) + " at first, then " + verdict.Status(second.Answer),
		}}
	}
	return verdict.Revoked(seen, second, after)
}
