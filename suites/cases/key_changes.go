package cases

import (
	"fmt"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Keys and secrets that are replaced.

// cacheOf is when a target must have asked for the keys again: a tenth more than
// the time it declares, which is a minute unless it says otherwise. Some
// libraries leave 30 s between two fetches.
func cacheOf(t run.Terms) run.Duration {
	return t.Declares.KeyCache + max(t.Declares.KeyCache/10, run.Duration(50*time.Millisecond))
}

const (
	// secondTry labels the token that is sent after the pause, and what came of
	// it.
	secondTry = "second-try"
	// scouting is a session that a token of a new key is to end, and learnt the
	// label of the look at it: the target has learnt the key.
	scouting = "scout"
	learnt   = "learnt"
	// oldSecret is the variant that is keyed with the secret from before.
	oldSecret = "old-secret"
)

// pauseForKeys lets the target's cache run out.
func pauseForKeys(s run.Steps) { s.Wait("keys may be cached that long", cacheOf(s.Terms())) }

// rotate publishes a further key and signs with it.
func rotate(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Publish(fixtures.Next)
	inTime(s, v.Recipe)
}

// inTime sends a token of a key that is new to the target. One that refuses is
// asked once more when its cache must have run out.
func inTime(s run.Steps, r fixtures.Recipe) {
	s.Send(run.Sending{Recipe: r})
	if s.AwaitDeath(run.Named, run.After) == run.Dead {
		return
	}
	pauseForKeys(s)
	s.Send(run.Sending{Label: secondTry, Recipe: r})
	s.AwaitDeath(run.Named, secondTry)
}

func followed(seen run.Seen) []run.Finding { return caughtUp(seen, "a new key") }

// caughtUp judges what [inTime] did.
func caughtUp(seen run.Seen, what string) []run.Finding {
	e := seen.Evidence
	first, second, after := e.Sent(run.CaseSend), e.Sent(secondTry), e.LastProbe(run.Named, secondTry)
	if first == nil || second == nil || after == nil {
		return namedEnds(seen)
	}
	if second.Answer.Accepted() && after.State == run.Dead {
		return worthKnowing(fmt.Sprintf("%s was accepted only after a pause (of %v)", what, cacheOf(seen.Context.Terms)),
			verdict.Status(first.Answer)+" at first, then "+verdict.Status(second.Answer))
	}
	return verdict.Revoked(seen, second, after)
}

// learn shows that the target has learnt a new key: a token that is signed with
// it ends a session of its own.
func learn(s run.Steps, signed fixtures.Recipe) {
	s.Enter(scouting, run.Visitor{User: scouting})
	s.Send(run.Sending{Session: scouting, Label: scouting, Recipe: signed})
	if s.AwaitDeath(scouting, learnt) == run.Dead {
		return
	}
	pauseForKeys(s)
	s.Send(run.Sending{Session: scouting, Label: secondTry, Recipe: signed})
	s.AwaitDeath(scouting, learnt)
}

// hasLearnt reports whether the scout's session ended.
func hasLearnt(e run.Evidence) bool {
	found := e.LastProbe(scouting, learnt)
	return found != nil && found.State == run.Dead
}

// publishedAndWithdrawn has the target use a key that is then taken out again,
// and lets its cache run out.
func publishedAndWithdrawn(s run.Steps, standard func()) {
	s.Publish(fixtures.Next)
	learn(s, valid().SignedBy(fixtures.Next))
	s.Withdraw(fixtures.Next)
	pauseForKeys(s)
	standard()
}

func wasAccepted(seen run.Seen) []run.Finding {
	if hasLearnt(seen.Evidence) {
		return nil
	}
	return unclear("the key was never accepted while it was published, so that its removal shows nothing")
}

// secretRotated gives target and issuer a new secret, and sends a token that is
// keyed with the new or with the old one. The control is keyed with the new.
func secretRotated(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	helped(s, run.RotateSecret)
	if s.Probe(run.Named, restarted) == run.Dead {
		s.Enter(run.Named, alice) // the target may have been restarted for it
	}
	if v.Slug != oldSecret {
		inTime(s, v.Recipe)
		return
	}
	s.Wait("the old secret may be taken that long", cacheOf(s.Terms()))
	s.Send(run.Sending{Recipe: v.Recipe})
	if survivor(s) == run.Dead {
		s.Enter(run.Named, alice) // the control still shows whether anything was changed
	}
	s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}

func secretFollowed(seen run.Seen) []run.Finding {
	if seen.Variant.Slug != oldSecret {
		return caughtUp(seen, "a new secret")
	}
	if after := seen.Evidence.LastProbe(run.Named, run.AfterTwin); after != nil && after.State != run.Dead {
		return unclear("the new secret was not accepted either: did the hook change it?")
	}
	return verdict.Standard(seen)
}

// stateAfter is what was last seen of the named session after the token.
func stateAfter(e run.Evidence) run.State {
	if p := e.LastProbe(run.Named, run.After); p != nil {
		return p.State
	}
	return run.Unknown
}
