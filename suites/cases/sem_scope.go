package cases

import (
	"fmt"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Whose sessions a token ends.

// twoSessions logs one user in twice and ends the first session.
func twoSessions(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Enter(run.Sibling, alice)
	s.Probe(run.Named, run.Before) // a target may allow a user one session only
	s.Send(run.Sending{Recipe: v.Recipe})
	s.AwaitDeath(run.Named, run.After)
	if v.Recipe.Base == fixtures.SubOnly {
		s.AwaitDeath(run.Sibling, run.After) // it has to die as well, if later
		return
	}
	s.Settle()
	s.Wait("a session that is to stay may end later than the other", run.Duration(lateReserve))
	s.Probe(run.Sibling, run.After)
}

func siblingLives(seen run.Seen) []run.Finding {
	_, sibling, problem := bothSessions(seen)
	if problem != nil {
		return problem
	}
	out := namedEnds(seen)
	if sibling.State == run.Dead {
		out = append(out, run.Finding{
			Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security, Breach: true,
			Text:     "the sid of one session ended the user's other session too",
			Expected: "the other session lives", Actual: "the other session is dead: " + sibling.Why,
		})
	}
	return out
}

func siblingDies(seen run.Seen) []run.Finding {
	named, sibling, problem := bothSessions(seen)
	if problem != nil {
		return problem
	}
	out := namedEnds(seen)
	if sibling.State == run.Alive && named.State == run.Dead {
		out = append(out, inForce(seen, run.Security,
			"a session of the user lives on after all of them were to end",
			"both sessions are dead", "the second session lives: "+sibling.Why)...)
	}
	return out
}

// eitherScope: the session of the sid has to end, which is a MUST; what becomes
// of the user's others is the receiver's choice.
func eitherScope(seen run.Seen) []run.Finding {
	named, sibling, problem := bothSessions(seen)
	if problem != nil {
		return problem
	}
	seen.Demand.Level = must
	out := namedEnds(seen)
	if named.State != run.Dead {
		return out
	}
	if sibling.State == run.Dead {
		return append(out, worthKnowing("sub with sid ends all sessions of the user, which is allowed", "the second session is "+saw(sibling))...)
	}
	return append(out, worthKnowing("sub with sid ends the session of the sid alone, which is allowed", "the second session is "+saw(sibling))...)
}

// bothSessions gives what was seen of the two sessions after the token, or why
// nothing can be said.
func bothSessions(seen run.Seen) (named, sibling *run.Probe, problem []run.Finding) {
	e := seen.Evidence
	if before := e.LastProbe(run.Named, run.Before); before != nil && before.State == run.Dead {
		return nil, nil, worthKnowing("the target allows a user one session only: there is no other to end or to spare",
			"the first session ended with the second login: "+before.Why)
	}
	named, sibling = e.LastProbe(run.Named, run.After), e.LastProbe(run.Sibling, run.After)
	if named == nil || sibling == nil || sibling.State == run.Unknown {
		return nil, nil, unclear("nobody can tell whether the second session lives")
	}
	return named, sibling, nil
}

// foreign is the session at another issuer, or under another account.
const foreign = "foreign"

// equalNames logs a user of the same name in at home and at another issuer, or
// with another account, and ends the session there.
func equalNames(s run.Steps, v run.Variant) {
	there := run.Visitor{User: "alice", At: run.AtSecondIssuer, Sid: "${named.sid}"}
	if s.Terms().Profile == run.SharedSecret {
		there = run.Visitor{User: "alice", At: run.AtSecondClient}
	}
	s.Enter(run.Named, alice)
	s.Enter(foreign, there)
	s.Probe(run.Named, run.Before)
	s.Send(run.Sending{Session: foreign, Recipe: v.Recipe})
	s.AwaitDeath(foreign, run.After)
	survivor(s)
}

func homeLives(seen run.Seen) []run.Finding {
	e := seen.Evidence
	sent, before := e.Sent(run.CaseSend), e.LastProbe(run.Named, run.Before)
	named, there := e.LastProbe(run.Named, run.After), e.LastProbe(foreign, run.After)
	switch {
	case sent == nil || before == nil || named == nil || there == nil:
		return notThrough()
	case before.State != run.Alive:
		return unclear("the login at the other issuer ended the session at home: there is nothing to spare")
	case named.State == run.Dead:
		return []run.Finding{{
			Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security, Breach: true,
			Text:     seen.Case.Sends + " ended a session that is not of that issuer or account",
			Expected: "the session at home lives", Actual: "the session at home is dead: " + named.Why,
		}}
	case named.State == run.Unknown:
		return unclear("nobody can tell whether the session at home lives")
	case !sent.Answer.Accepted() || there.State != run.Dead:
		return []run.Finding{{
			Verdict: run.Inconclusive, Text: "the token did not even end the session of its own issuer or account",
			Expected: "200, and the session there ends",
			Actual:   verdict.Status(sent.Answer) + ", the session there is " + saw(there),
		}}
	}
	return nil
}

// forNobody sends a token that names nobody, and shows with the twin that the
// target was listening.
func forNobody(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Send(run.Sending{Recipe: v.Recipe})
	if survivor(s) == run.Dead {
		return
	}
	s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}

func nobodyEnds(seen run.Seen) []run.Finding {
	e := seen.Evidence
	sent, named, control := e.Sent(run.CaseSend), e.LastProbe(run.Named, run.After), e.LastProbe(run.Named, run.AfterTwin)
	switch {
	case sent == nil || named == nil:
		return notThrough()
	case named.State == run.Dead:
		return []run.Finding{{
			Verdict: run.Fail, Severity: run.Security, Breach: true,
			Text:     seen.Case.Sends + " ended somebody's session",
			Expected: "no session ends", Actual: verdict.Status(sent.Answer) + ", a session is dead: " + named.Why,
		}}
	case control == nil:
		return notThrough()
	case named.State == run.Unknown || sent.Answer.Status == 0 || sent.Answer.Throttled():
		return unclear("nobody can tell what the target made of the token: " + verdict.Status(sent.Answer) + ", the session is " + saw(named))
	case control.State != run.Dead:
		return unclear("the control did not end the session: the target may not have looked at either token")
	case sent.Answer.Accepted():
		return worthKnowing("nobody to log out is a success, which is allowed", verdict.Status(sent.Answer))
	}
	return worthKnowing("a token for nobody who is known is refused, which is allowed", verdict.Status(sent.Answer))
}

// noSidAtLogin is the variant whose login carried no sid at all.
const noSidAtLogin = "no-sid-at-login"

// unknownSid sends a sid that no session has, about a user with two sessions.
func unknownSid(s run.Steps, v run.Variant) {
	who := run.Visitor{User: "alice", WithoutSid: v.Slug == noSidAtLogin}
	s.Enter(run.Named, who)
	s.Enter(run.Sibling, who)
	s.Probe(run.Named, run.Before)
	s.Send(run.Sending{Recipe: v.Recipe})
	s.Settle()
	s.Probe(run.Named, run.After)
	s.Probe(run.Sibling, run.After)
}

// anyScope records what the target makes of it: each is allowed.
func anyScope(seen run.Seen) []run.Finding {
	e := seen.Evidence
	sent, named, sibling := e.Sent(run.CaseSend), e.LastProbe(run.Named, run.After), e.LastProbe(run.Sibling, run.After)
	if sent == nil || named == nil || sibling == nil {
		return notThrough()
	}
	if why := verdict.Unfounded(seen); why != "" {
		return unclear("what became of the token says nothing, as " + why)
	}
	if named.State == run.Unknown || sibling.State == run.Unknown || sent.Answer.Status == 0 || sent.Answer.Throttled() {
		return unclear("nobody can tell what the target made of the token")
	}
	actual := fmt.Sprintf("%s, the sessions are %s and %s", verdict.Status(sent.Answer), named.State, sibling.State)
	switch {
	case named.State != sibling.State && stateBefore(e, run.Named) != run.Dead:
		return worthKnowing("an unknown sid ends one of two sessions of the user", actual)
	case sibling.State == run.Dead:
		return worthKnowing("an unknown sid ends all sessions of the user, which is allowed", actual)
	case sent.Answer.Accepted():
		return worthKnowing("an unknown sid does nothing, and is a success, which is allowed", actual)
	}
	return worthKnowing("an unknown sid is refused, which is allowed", actual)
}

// stateBefore is what was last seen of a session before the token.
func stateBefore(e run.Evidence, session string) run.State {
	if p := e.LastProbe(session, run.Before); p != nil {
		return p.State
	}
	return run.Unknown
}

// survivor looks at the named session when the target must have ended it, and
// once more a little later.
func survivor(s run.Steps) run.State {
	return later(s, settled(s))
}

// settled looks at the named session when the target must have ended it.
func settled(s run.Steps) run.State {
	s.Settle()
	return s.Probe(run.Named, run.After)
}

// later looks at a survivor once more: a hostile token may take longer than a
// good one, and the control must not get the credit for what it did.
func later(s run.Steps, state run.State) run.State {
	if state == run.Dead {
		return state
	}
	s.Wait("a hostile token may take longer than a good one", run.Duration(lateReserve))
	return s.Probe(run.Named, run.After)
}
