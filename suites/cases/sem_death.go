package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// When and where an ended session is dead.

// lateReserve is how much longer than good tokens a hostile one may take.
const lateReserve = 250 * time.Millisecond

// copiedCookie keeps the cookies of a session from before the logout, and looks
// at what ended once more, later: a cache or a refresh may bring it back.
func copiedCookie(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.CopyCookies(run.Named, copied)
	s.Send(run.Sending{Recipe: v.Recipe})
	named, old := s.AwaitDeath(run.Named, run.After), s.AwaitDeath(copied, run.After)
	if named != run.Dead || old != run.Dead {
		return
	}
	for _, pause := range pausesAfterDeath(s.Terms()) {
		s.Wait("an ended session has to stay dead", pause)
		if s.Probe(run.Named, aMomentLater) == run.Alive || s.Probe(copied, aMomentLater) == run.Alive {
			return
		}
	}
}

// pausesAfterDeath come before the looks at an ended session, which are made one
// second after its death and, where slow cases are wanted, six.
func pausesAfterDeath(t run.Terms) []run.Duration {
	pauses := []run.Duration{run.Duration(time.Second)}
	if slices.Contains(t.Offers, run.Slow) {
		pauses = append(pauses, run.Duration(5*time.Second))
	}
	return pauses
}

// copied is the session of the copied cookies.
const copied = "copy"

func copyIsDead(seen run.Seen) []run.Finding {
	named, old := seen.Evidence.LastProbe(run.Named, run.After), seen.Evidence.LastProbe(copied, run.After)
	if named == nil || old == nil {
		return notThrough()
	}
	out := namedEnds(seen)
	switch {
	case old.State == run.Unknown:
		out = append(out, unclear("nobody can tell whether the old cookie works")...)
	case old.State == run.Alive && named.State == run.Dead:
		out = append(out, inForce(seen, run.Security,
			"the cookie from before the logout still opens the session",
			"dead on the server", "alive with the copied cookie: "+old.Why)...)
	case old.State == run.Dead && named.State == run.Dead:
		out = append(out, staysEnded(seen)...)
	}
	return out
}

// staysEnded judges the later looks at a session that was seen dead.
func staysEnded(seen run.Seen) []run.Finding {
	for _, session := range []string{run.Named, copied} {
		later := seen.Evidence.LastProbe(session, aMomentLater)
		switch {
		case later == nil:
		case later.State == run.Alive:
			return inForce(seen, run.Security, "an ended session came back to life",
				"dead for good", "dead at first, and a moment later "+saw(later))
		case later.State == run.Unknown:
			return unclear("nobody can tell whether the ended session stays dead: " + later.Why)
		case later.State == run.Dead:
		}
	}
	return nil
}

// beforeRefresh is the variant that keeps the cookies from before a refresh, and
// refreshed the label of what the issuer knows after it.
const (
	beforeRefresh = "before-refresh"
	refreshed     = "refreshed"
)

// everySurface looks at every further way to use a session, before and after.
func everySurface(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	if v.Slug == beforeRefresh {
		s.CopyCookies(run.Named, copied)
		s.LookUpRefresh(run.Named, run.Before)
		s.RefreshTokens(run.Named)
		s.LookUpRefresh(run.Named, refreshed)
		s.Send(run.Sending{Recipe: v.Recipe})
		s.AwaitDeath(run.Named, run.After)
		s.AwaitDeath(copied, run.After)
		return
	}
	s.ProbeSurfaces(run.Named, run.Before)
	s.Send(run.Sending{Recipe: v.Recipe})
	s.AwaitDeath(run.Named, run.After)
	s.Settle()
	s.ProbeSurfaces(run.Named, run.After)
}

func deadEverywhere(seen run.Seen) []run.Finding {
	if seen.Variant.Slug == beforeRefresh {
		return oldTokensDead(seen)
	}
	e := seen.Evidence
	named, surfaces := e.LastProbe(run.Named, run.After), surfaces(e)
	if named == nil || len(surfaces) == 0 {
		return notThrough()
	}
	out := namedEnds(seen)
	for _, name := range surfaces {
		before, after := e.LastProbe(name, run.Before), e.LastProbe(name, run.After)
		surface := strings.TrimPrefix(name, run.Named+"@")
		switch {
		case before == nil || before.State != run.Alive:
			out = append(out, unclear("the surface "+surface+" did not show the session before the logout: is target.surfaces right?")...)
		case after == nil || after.State == run.Unknown:
			out = append(out, unclear("nobody can tell whether the session lives at the surface "+surface)...)
		case after.State == run.Alive && named.State == run.Dead:
			finding := inForce(seen, run.Security, "the ended session lives on at the surface "+surface,
				"dead at every surface", surface+" is "+saw(after))
			finding[0].Cause = "if what proves the session there is a self-contained access token, it may live until it expires"
			out = append(out, finding...)
		}
	}
	return out
}

// oldTokensDead asks for a refresh that the issuer saw: else there are no cookies
// from before one.
func oldTokensDead(seen run.Seen) []run.Finding {
	before, after := refreshAt(seen.Evidence, run.Before), refreshAt(seen.Evidence, refreshed)
	if before != nil && after != nil && before.Issued && after.Uses == before.Uses {
		return unclear("the target asked the issuer for no new tokens: is target.refresh a page that refreshes them?")
	}
	return copyIsDead(seen)
}

// surfaces are the sessions under which the further surfaces were asked.
func surfaces(e run.Evidence) []string {
	var names []string
	for _, event := range e.Events {
		if event.Probe != nil && strings.HasPrefix(event.Session, run.Named+"@") && !slices.Contains(names, event.Session) {
			names = append(names, event.Session)
		}
	}
	return names
}

// watched looks at the session at once and again and again, up to a minute.
// Only a session that lives is waited for, so it takes no time at a prompt
// target; the looks after 30 and 60 s are made where slow cases are wanted.
func watched(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	answer := s.Send(run.Sending{Recipe: v.Recipe})
	if s.AwaitDeath(run.Named, run.After) == run.Dead || !answer.Accepted() {
		return
	}
	looks := []run.Duration{run.Duration(5 * time.Second)}
	if slices.Contains(s.Terms().Offers, run.Slow) {
		looks = append(looks, run.Duration(30*time.Second), run.Duration(tolerated))
	}
	s.WatchDeath(run.Named, run.After, looks...)
}

// tolerated is how long a session may outlive its logout before that is a
// finding.
const tolerated = time.Minute

func deadAtOnce(seen run.Seen) []run.Finding {
	sent, after := seen.Evidence.Sent(run.CaseSend), seen.Evidence.LastProbe(run.Named, run.After)
	if sent == nil || after == nil {
		return notThrough()
	}
	declared := time.Duration(seen.Context.Terms.Declares.DeathWithin)
	took := after.After.Duration().Round(time.Millisecond)
	switch {
	case after.State != run.Dead && sent.Answer.Accepted() && !slices.Contains(seen.Context.Terms.Offers, run.Slow) && verdict.Unfounded(seen) == "":
		return unclear("the session lives seconds after the logout was answered; for how long is seen only where slow cases are wanted (--slow)")
	case after.State != run.Dead || !sent.Answer.Accepted():
		return namedEnds(seen)
	case took > tolerated+time.Second:
		return inForce(seen, run.Security, fmt.Sprintf("the session outlived its logout by %v", took), "dead at once", "dead after "+took.String())
	case took == 0:
		return nil
	case took <= declared:
		return worthKnowing(fmt.Sprintf("the session dies %v after the answer, within the declared %v", took, declared), saw(after))
	}
	return worthKnowing(fmt.Sprintf("the session dies %v after the answer; the target declares %v (death_within)", took, declared), saw(after))
}

// otherNodes ends a session at one node and asks all others.
func otherNodes(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.ProbeAt(run.Named, run.AtReplica, beforeThere)
	s.Send(run.Sending{Recipe: v.Recipe})
	s.AwaitDeath(run.Named, run.After)
	s.Settle()
	s.ProbeAt(run.Named, run.AtReplica, afterThere)
}

// Labels of the probes at other nodes.
const (
	beforeThere = "before-there"
	afterThere  = "after-there"
)

func deadAtAllNodes(seen run.Seen) []run.Finding {
	named, asked := seen.Evidence.LastProbe(run.Named, run.After), 0
	if named == nil {
		return notThrough()
	}
	out := namedEnds(seen)
	for _, event := range seen.Evidence.Events {
		switch {
		case event.Probe == nil:
		case event.Label == beforeThere && event.Probe.State != run.Alive:
			return append(out, unclear("another node did not know the session before the logout: do the nodes share their sessions? "+saw(event.Probe))...)
		case event.Label == afterThere:
			asked++
			if event.Probe.State == run.Unknown {
				out = append(out, unclear("nobody can tell whether the session lives at another node: "+event.Probe.Why)...)
			}
			if event.Probe.State == run.Alive && named.State == run.Dead {
				out = append(out, inForce(seen, run.Security, "the ended session lives on at another node",
					"dead at every node", "the other node says "+saw(event.Probe))...)
			}
		}
	}
	if asked == 0 {
		return notThrough()
	}
	return out
}
