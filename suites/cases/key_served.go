package cases

import (
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// What the jwks_uri answers is broken, odd, or leads astray.

// served has the jwks_uri answer what the variant says while something is done,
// and counts how often the target asked for keys in that time.
func served(s run.Steps, v run.Variant, meanwhile func()) {
	s.Fetches()
	s.Serve(*v.Serve)
	meanwhile()
	s.Fetches()
	s.ServeAsUsual()
}

// asked is how often the target asked for keys while [served] had others
// answered. known is false when that was not carried through.
func asked(e run.Evidence) (times int, known bool) {
	count, before, serving := 0, 0, false
	for _, event := range e.Events {
		switch {
		case event.Issuer == nil:
		case event.Issuer.Fetches != nil:
			count = *event.Issuer.Fetches
		case event.Issuer.Do == run.Serve:
			before, serving = count, true
		case event.Issuer.Do == run.ServeAsUsual && serving:
			return count - before, true
		}
	}
	return 0, false
}

// unasked says that a target which never asked for keys was not put to the test.
func unasked(seen run.Seen) []run.Finding {
	if times, known := asked(seen.Evidence); known && times == 0 {
		return worthKnowing("not exercised: the target did not ask for the keys while the JWKS was changed", "no request for keys")
	}
	return nil
}

// recovered ends the named session, if it lives, with a valid token when the
// JWKS is as it was. It is the control, and leaves the target with the right
// keys.
func recovered(s run.Steps) {
	if s.Probe(run.Named, asUsual) != run.Dead {
		endedInTime(s, run.Named)
	}
}

// asUsual labels the look at the named session when the JWKS is as it was.
const asUsual = "as-usual"

// endedInTime sends a valid token about a session. A target that refuses it is
// asked once more when its cache must have run out.
func endedInTime(s run.Steps, session string) {
	control := run.Sending{Session: session, Label: run.TwinSend, Recipe: valid()}
	s.Send(control)
	if s.AwaitDeath(session, run.AfterTwin) == run.Dead {
		return
	}
	pauseForKeys(s)
	s.Send(control)
	s.AwaitDeath(session, run.AfterTwin)
}

// slowly is a note on a control that worked at the second try only.
func slowly(e run.Evidence) []run.Finding {
	controls, ended := e.Sends(run.TwinSend), e.LastProbe(run.Named, run.AfterTwin)
	if len(controls) < 2 || ended == nil || ended.State != run.Dead {
		return nil
	}
	return worthKnowing("when the JWKS was good again, a valid token was accepted only after a pause",
		verdict.Status(controls[0].Answer)+" at first, then "+verdict.Status(controls[len(controls)-1].Answer))
}

// whileServed sends a token that has to be refused whatever the JWKS says.
func whileServed(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	state := run.Unknown
	served(s, v, func() {
		s.Send(run.Sending{Recipe: v.Recipe})
		state = settled(s)
	})
	later(s, state)
	recovered(s)
}

func failsClosed(seen run.Seen) []run.Finding {
	out := verdict.Standard(seen)
	if stateAfter(seen.Evidence) == run.Dead {
		return out
	}
	return append(append(out, unasked(seen)...), slowly(seen.Evidence)...)
}

// keysDown sends a token of an unknown key first, so that the target asks for
// the keys while they cannot be had, and may throw away those that it has. Then
// it must still know the key of a valid token.
func keysDown(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Enter(scouting, run.Visitor{User: scouting})
	served(s, v, func() {
		s.Send(run.Sending{Session: scouting, Label: scouting, Recipe: unknownKid})
		s.Send(run.Sending{Recipe: v.Recipe})
		s.AwaitDeath(run.Named, run.After)
	})
	endedInTime(s, scouting)
}

func knownKeyServes(seen run.Seen) []run.Finding {
	e := seen.Evidence
	sent, control := e.Sent(run.CaseSend), e.LastProbe(scouting, run.AfterTwin)
	if sent != nil && stateAfter(e) == run.Alive && !sent.Answer.Accepted() && control != nil && control.State != run.Dead {
		return unclear("a valid token was refused with the JWKS as usual, too: " + saw(control))
	}
	return append(namedEnds(seen), unasked(seen)...)
}

// hanging sends a token of an unknown key, for which the target waits, and at
// the same time one of a known key about somebody else.
func hanging(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Enter(friend, run.Visitor{User: friend})
	state := run.Unknown
	served(s, v, func() {
		s.SendAll([]run.Sending{
			{Label: run.CaseSend, Recipe: v.Recipe},
			{Session: friend, Label: amidst, Recipe: valid()},
		})
		s.AwaitDeath(friend, amidst)
		state = settled(s)
	})
	later(s, state)
	recovered(s)
}

const (
	// friend is a session that a valid token ends amid hostile ones, amidst
	// the label of both.
	friend = "friend"
	amidst = "meanwhile"
)

func knownKeysServed(seen run.Seen) []run.Finding {
	return append(failsClosed(seen), servedMeanwhile(seen)...)
}

// servedMeanwhile judges the valid token amid hostile ones.
func servedMeanwhile(seen run.Seen) []run.Finding {
	sent, ended := seen.Evidence.Sent(amidst), seen.Evidence.LastProbe(friend, amidst)
	switch {
	case sent == nil || ended == nil:
		return notThrough()
	case ended.State == run.Dead:
		return nil
	case ended.State == run.Unknown:
		return unclear("nobody can tell whether the valid token that was sent meanwhile worked")
	}
	if why := verdict.Unfounded(seen); why != "" {
		return unclear("the valid token that was sent meanwhile fails as " + why)
	}
	if sent.Answer.Throttled() {
		return worthKnowing("the target throttles valid tokens, too, amid hostile ones", verdict.Status(sent.Answer))
	}
	return inForce(seen, run.Interop, "a valid token of a known key did not work meanwhile",
		"200, and the session ends", verdict.Status(sent.Answer)+", the session is "+saw(ended))
}

// newKeyServed has a new key stand in an odd JWKS, and signs with it.
func newKeyServed(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	served(s, v, func() { inTime(s, v.Recipe) })
	recovered(s)
}

func newKeyUsed(seen run.Seen) []run.Finding {
	if times, known := asked(seen.Evidence); known && times == 0 {
		return unasked(seen)
	}
	return caughtUp(seen, "the new key")
}

// afterScout waits until the target has learnt the JWKS of the variant, and
// then sends the token.
func afterScout(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	state := run.Unknown
	served(s, v, func() {
		learn(s, newKeySigned)
		s.Send(run.Sending{Recipe: v.Recipe})
		state = settled(s)
	})
	later(s, state)
	recovered(s)
}

func amongKeys(seen run.Seen) []run.Finding {
	out := verdict.Standard(seen)
	if !hasLearnt(seen.Evidence) && stateAfter(seen.Evidence) != run.Dead {
		out = append(out, worthKnowing("not exercised: the target took none of the keys of that JWKS", "a token of another new key in it was refused as well")...)
	}
	return out
}
