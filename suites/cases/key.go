package cases

import (
	"context"
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
func rotate(ctx context.Context, s run.Steps, v run.Variant) error {
	if err := s.Login(ctx, run.Named, "alice"); err != nil {
		return err
	}
	if _, err := s.Probe(ctx, run.Named, run.Before); err != nil {
		return err
	}
	if err := s.Publish(ctx, fixtures.Next); err != nil {
		return err
	}
	if _, err := s.Send(ctx, run.Named, run.CaseSend, v.Recipe, v.Carrier()); err != nil {
		return err
	}
	state, err := s.AwaitDeath(ctx, run.Named, run.After)
	if err != nil {
		return err
	}
	if state != run.Dead {
		if err := s.Wait(ctx, "keys may be cached that long", cacheOf(s.Terms())); err != nil {
			return err
		}
		if _, err := s.Send(ctx, run.Named, secondTry, v.Recipe, v.Carrier()); err != nil {
			return err
		}
		if _, err := s.AwaitDeath(ctx, run.Named, run.After); err != nil {
			return err
		}
	}
	return s.Withdraw(ctx, fixtures.Next)
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
