package cases

import (
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// What outside help breaks: a restart, a session store that is down.

const (
	// afterTheToken is the variant that restarts when the session has ended.
	afterTheToken = "after-the-token"
	// restarted and storeUp label what is seen after the help.
	restarted = "restarted"
	storeUp   = "store-up"
	// whileDown labels the token that comes while the store is down.
	whileDown = "while-down"
)

// helped calls a hook that may end sessions by itself. The bystander is looked
// at anew, so that no token gets the blame for that.
func helped(s run.Steps, hook run.HookName) {
	s.Hook(hook)
	s.Probe(run.Bystander, run.Before)
}

// aroundRestart restarts the target before or after the session is ended.
func aroundRestart(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	if v.Slug != afterTheToken {
		helped(s, run.Restart)
		if s.Probe(run.Named, restarted) != run.Alive {
			return
		}
	}
	s.Send(run.Sending{Recipe: v.Recipe})
	if s.AwaitDeath(run.Named, run.After) == run.Dead && v.Slug == afterTheToken {
		helped(s, run.Restart)
		s.Probe(run.Named, restarted)
	}
}

func deadAcrossRestart(seen run.Seen) []run.Finding {
	after := seen.Evidence.LastProbe(run.Named, restarted)
	if seen.Variant.Slug != afterTheToken {
		switch {
		case after == nil:
			return notThrough()
		case after.State == run.Dead:
			return worthKnowing("a restart ends all sessions: there is none left for a token", saw(after))
		case after.State == run.Unknown:
			return unclear("nobody can tell whether the session outlives a restart: " + after.Why)
		}
		return namedEnds(seen)
	}
	if problem := firstUse(seen); problem != nil {
		return problem
	}
	switch {
	case after == nil:
		return notThrough()
	case after.State == run.Unknown:
		return unclear("nobody can tell whether the session is dead after a restart: " + after.Why)
	case after.State == run.Alive:
		return inForce(seen, run.Security, "a restart brought an ended session back to life",
			"dead", "after the restart it is "+saw(after))
	}
	return nil
}

// storeFailure sends a token while the session store is down, and the very same
// one when it is up again, as a sender does that tries once more.
func storeFailure(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Hook(run.StoreDown)
	s.Send(run.Sending{Label: whileDown, Recipe: v.Recipe})
	helped(s, run.StoreUp)
	if s.Probe(run.Named, storeUp) == run.Dead {
		return
	}
	s.SendAgain(whileDown, again)
	s.AwaitDeath(run.Named, run.After)
}

func retryWorks(seen run.Seen) []run.Finding {
	e := seen.Evidence
	first, second := e.Sent(whileDown), e.Sent(again)
	up, after := e.LastProbe(run.Named, storeUp), e.LastProbe(run.Named, run.After)
	if first == nil || up == nil {
		return notThrough()
	}
	if up.State == run.Dead {
		if stateBefore(e, run.Bystander) == run.Dead {
			return unclear("the store lost all sessions while it was down: there is none left to end")
		}
		return worthKnowing("the session ended though its store was down", verdict.Status(first.Answer))
	}
	if why := verdict.Unfounded(seen); why != "" {
		return unclear("what became of the token says nothing, as " + why)
	}
	var out []run.Finding
	if first.Answer.Accepted() && up.State == run.Alive {
		out = inForce(seen, run.Security, "a logout was called a success while the session store was down, and the session lives",
			"400, or 5xx: the sender has to try again", verdict.Status(first.Answer)+", and with the store up again the session is "+saw(up))
	}
	switch {
	case second == nil || after == nil:
		out = append(out, notThrough()...)
	case after.State == run.Unknown || second.Answer.Throttled():
		out = append(out, unclear("nobody can tell what the second try did: "+verdict.Status(second.Answer)+", the session is "+saw(after))...)
	case after.State == run.Alive:
		out = append(out, inForce(seen, run.Security, "the token that failed while the store was down does not work afterwards either",
			"the second try ends the session", verdict.Status(second.Answer)+", the session is "+saw(after))...)
	case !second.Answer.Accepted():
		out = append(out, inForce(seen, run.Conformance, "the second try ended the session, yet was answered as a failure",
			"200", verdict.Status(second.Answer))...)
	}
	return out
}
