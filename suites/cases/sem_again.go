package cases

import (
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// What comes after a logout: a further token, a further login.

// repeatAfterDeath sends a fresh token for a session that has ended.
func repeatAfterDeath(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Send(run.Sending{Recipe: v.Recipe})
	if s.AwaitDeath(run.Named, run.After) != run.Dead {
		return
	}
	s.Send(run.Sending{Label: again, Recipe: v.Recipe})
}

func repeatSucceeds(seen run.Seen) []run.Finding {
	if problem := firstUse(seen); problem != nil {
		return problem
	}
	sent := seen.Evidence.Sent(again)
	switch {
	case sent == nil:
		return notThrough()
	case sent.Answer.Status == 0 || sent.Answer.Throttled():
		return unclear("the second token got no answer that can be judged: " + verdict.Status(sent.Answer))
	case sent.Answer.Accepted():
		return nil
	}
	return inForce(seen, run.Conformance, "a token for a session that had ended was answered as a failure",
		"200 or 204: who is logged out is logged out", verdict.Status(sent.Answer))
}

// relogin logs the user out, and in again with the same browser. The issuer
// begins a new session of its own, with a new sid.
func relogin(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Send(run.Sending{Recipe: v.Recipe})
	if s.AwaitDeath(run.Named, run.After) != run.Dead {
		return
	}
	who := run.Visitor{User: "alice", Browser: run.Named}
	if s.Terms().Profile != run.SharedSecret {
		who.Sid = "${fresh}"
	}
	if s.TryEnter(newSession, who) != run.Alive {
		return
	}
	s.Settle()
	s.Wait("a new session has to stay", run.Duration(lateReserve))
	s.Probe(newSession, aMomentLater)
}

const (
	// newSession is the session of a later login.
	newSession = "next"
	// aMomentLater labels a look at a session that was already seen.
	aMomentLater = "later"
)

func newSessionStays(seen run.Seen) []run.Finding {
	if problem := firstUse(seen); problem != nil {
		return problem
	}
	entered, stayed := seen.Evidence.LastProbe(newSession, run.After), seen.Evidence.LastProbe(newSession, aMomentLater)
	switch {
	case entered == nil:
		return notThrough()
	case entered.State == run.Unknown, stayed != nil && stayed.State == run.Unknown:
		return unclear("nobody can tell whether the new session lives")
	case entered.State == run.Dead:
		return inForce(seen, run.Conformance, "after a logout the user cannot log in again",
			"a new session", "the new session is "+saw(entered))
	case stayed == nil:
		return notThrough()
	case stayed.State == run.Dead:
		return inForce(seen, run.Conformance, "after a logout a new session of the user ends by itself",
			"the new session stays", "a moment later it is "+saw(stayed))
	}
	return nil
}
