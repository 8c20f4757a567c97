package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// The very same token once more.

const (
	// again labels what is sent a second time, rewritten the same token in
	// another writing.
	again     = "again"
	rewritten = "rewritten"
	// withoutExp is the variant whose token never expires.
	withoutExp = "without-exp"
)

// replays are the variants of clm-jti-replay.
var replays = variants(
	v("same-token", subOnly()),
	v("trailing-bits", subOnly()),
	unless(v("high-s", subOnly()), signsOtherThanES256),
	run.Variant{
		Slug: withoutExp, Recipe: subOnly().Without("exp"), Level: hardening,
		Given: given(when(run.DoesNotRequire("exp"), "", may)),
	},
)

// writings are the tokens of variants in another writing that verifies as well,
// which anybody can make.
var writings = map[string]fixtures.Recipe{
	"trailing-bits": fixtures.Verbatim("${sent.case|unused-bits}"),
	"high-s":        fixtures.Verbatim("${sent.case|high-s-token}"),
}

var signsOtherThanES256 = run.Condition{
	Name:  "is registered for another algorithm than ES256",
	Holds: func(t run.Terms) bool { return t.Alg != "ES256" },
}

// replayAfterLogin uses a token, logs the user in again, and sends the very
// same token once more. A target that remembers it is sent it in another
// writing, if the variant has one.
func replayAfterLogin(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Send(run.Sending{Recipe: v.Recipe})
	if s.AwaitDeath(run.Named, run.After) != run.Dead {
		return
	}
	s.Enter(newSession, alice)
	s.SendAgain(run.CaseSend, again)
	s.Settle()
	writing, more := writings[v.Slug]
	if s.Probe(newSession, run.After) != run.Alive || !more {
		return
	}
	writing.Base = v.Recipe.Base
	s.Send(run.Sending{Session: newSession, Label: rewritten, Recipe: writing})
	s.Settle()
	s.Probe(newSession, rewritten)
}

// replayMemory tells no memory from one of texts, and that from one of ids.
func replayMemory(seen run.Seen) []run.Finding {
	sent, after, problem := secondUse(seen)
	if problem != nil {
		return problem
	}
	if after.State == run.Dead {
		text := "a token can be used again after the next login: the target keeps no memory of token ids"
		if seen.Variant.Slug == withoutExp {
			text = "a token without exp can be used again after every login, for ever: demand exp, or a recent iat"
		}
		return inForce(seen, run.Conformance, text, "the later session lives",
			verdict.Status(sent.Answer)+", the new session is dead: "+after.Why)
	}
	if _, more := writings[seen.Variant.Slug]; !more {
		return nil
	}
	changed := seen.Evidence.LastProbe(newSession, rewritten)
	switch {
	case changed == nil || changed.State == run.Unknown:
		return unclear("nobody can tell what the token in another writing did")
	case changed.State == run.Dead:
		return inForce(seen, run.Conformance, "a used token works again in another writing: the target remembers the text of tokens, not their ids",
			"the later session lives", "the new session is dead: "+changed.Why)
	}
	return nil
}

// laterLoginLives judges the same for the user's sake: the session of a later
// login is better left alone, all the more when the token never expires.
func laterLoginLives(seen run.Seen) []run.Finding {
	sent, after, problem := secondUse(seen)
	if problem != nil || after.State == run.Alive {
		return problem
	}
	severity, text := run.Conformance, "a used token ended the session of a later login"
	if seen.Variant.Slug == withoutExp {
		severity, text = run.Security, "a used token that never expires ended the session of a later login"
	}
	return inForce(seen, severity, text, "the later session lives",
		verdict.Status(sent.Answer)+", the new session is dead: "+after.Why)
}

// secondUse gives what the second use did to the session of the later login, or
// why nothing can be said.
func secondUse(seen run.Seen) (sent *run.Send, after *run.Probe, problem []run.Finding) {
	e := seen.Evidence
	if seen.Variant.Slug == withoutExp && turnedDown(e) && verdict.Unfounded(seen) == "" {
		return nil, nil, doesNotApply("the target refuses a token without exp")
	}
	if problem := firstUse(seen); problem != nil {
		return nil, nil, problem
	}
	sent, after = e.Sent(again), e.LastProbe(newSession, run.After)
	before := e.LastProbe(newSession, run.Before)
	if sent == nil || before == nil || after == nil || before.State != run.Alive || after.State == run.Unknown {
		return nil, nil, unclear("nobody can tell what the second use did")
	}
	return sent, after, nil
}

// turnedDown: the first use was refused, whatever was answered.
func turnedDown(e run.Evidence) bool {
	first, used := e.Sent(run.CaseSend), e.LastProbe(run.Named, run.After)
	return first != nil && (!first.Answer.Accepted() || used != nil && used.State == run.Alive)
}
