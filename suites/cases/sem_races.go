package cases

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Tokens that come at an unlucky moment.

// early labels the token that comes before its session.
const early = "early"

// duringLogin sends the token while the issuer holds back those of the login,
// so that there is a session at the issuer and none at the target. If one comes
// of it, a later token has to end that.
func duringLogin(s run.Steps, v run.Variant) {
	s.EnterMeanwhile(run.Named, alice, func() {
		s.Send(run.Sending{Label: early, Recipe: v.Recipe})
	})
	s.Settle()
	if s.Probe(run.Named, run.After) == run.Dead {
		return
	}
	s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}

func noHalfSession(seen run.Seen) []run.Finding {
	e := seen.Evidence
	sent, named := e.Sent(early), e.LastProbe(run.Named, run.After)
	switch {
	case sent == nil || named == nil:
		return notThrough()
	case named.State == run.Unknown || sent.Answer.Throttled():
		return unclear("nobody can tell what the target made of the token: " + verdict.Status(sent.Answer) + ", the session is " + saw(named))
	case named.State == run.Dead:
		return worthKnowing("a token that comes during the login keeps that session from being made", verdict.Status(sent.Answer)+", the session is "+saw(named))
	}
	twin, ended := e.Sent(run.TwinSend), e.LastProbe(run.Named, run.AfterTwin)
	switch {
	case twin == nil || ended == nil:
		return notThrough()
	case ended.State == run.Dead:
		return worthKnowing("a token that comes during the login is lost on the session that is being made", verdict.Status(sent.Answer)+", the session is "+saw(named))
	}
	if why := verdict.Unfounded(seen); why != "" || ended.State == run.Unknown || twin.Answer.Throttled() {
		return unclear("the control could not be completed: " + verdict.Status(twin.Answer) + ", the session is " + saw(ended))
	}
	return inForce(seen, run.Security, seen.Case.Sends+" left a session that no later token ends",
		"a session that a token ends, or none", "after a further token it is "+saw(ended))
}

// copies is the variant that sends one and the same token.
const copies = "copies"

// sendParallel sends twenty tokens at the same time: copies of one, or all
// different ones.
func sendParallel(s run.Steps, v run.Variant) {
	const many = 20
	s.Enter(run.Named, alice)
	if v.Slug == copies {
		s.SendCopies(run.Sending{Recipe: v.Recipe}, many)
	} else {
		s.SendAll(numbered(run.Sending{Label: run.CaseSend, Recipe: v.Recipe}, many))
	}
	s.AwaitDeath(run.Named, run.After)
}

// numbered makes so many sendings of one, LABEL-1 and so on, each a token of
// its own.
func numbered(what run.Sending, many int) []run.Sending {
	out := make([]run.Sending, many)
	for i := range out {
		out[i] = what
		out[i].Label = fmt.Sprintf("%s-%d", what.Label, i+1)
	}
	return out
}

func deadAfterAll(seen run.Seen) []run.Finding {
	sent, named := seen.Evidence.Sends(run.CaseSend+"-"), seen.Evidence.LastProbe(run.Named, run.After)
	if len(sent) == 0 || named == nil {
		return notThrough()
	}
	odd, accepted, throttled := map[string]bool{}, 0, 0
	for _, each := range sent {
		a := each.Answer
		switch {
		case a.Accepted():
			accepted++
		case a.Throttled():
			throttled++
		case a.Status == 0 || a.Status >= 500: // an invariant is broken, which is told by itself
		case a.Status != http.StatusBadRequest && !slices.Contains(seen.Context.Terms.Declares.RefusalStatus, a.Status):
			odd[verdict.Status(a)] = true
		}
	}
	actual := fmt.Sprintf("%d of %d tokens were accepted, the session is %s", accepted, len(sent), saw(named))
	switch {
	case named.State == run.Unknown:
		return unclear("nobody can tell whether the session lives: " + named.Why)
	case named.State == run.Alive && verdict.Unfounded(seen) != "":
		return unclear(seen.Case.Sends + " fail as " + verdict.Unfounded(seen))
	case named.State == run.Alive && accepted == 0 && throttled > 0:
		return unclear("the target throttled the tokens: " + actual)
	case named.State == run.Alive:
		return inForce(seen, run.Security, "after "+seen.Case.Sends+" the session lives", "the session is dead", actual)
	case accepted == 0:
		return inForce(seen, run.Conformance, "the session ended, yet none of the tokens was answered as a success", "200 to one at least", actual)
	case len(odd) > 0:
		statuses := make([]string, 0, len(odd))
		for status := range odd {
			statuses = append(statuses, status)
		}
		slices.Sort(statuses)
		return worthKnowing("some of the tokens were answered with another status than 200 or 400", strings.Join(statuses, ", "))
	}
	return nil
}

// duringRefresh sends the token while the issuer holds back the new tokens of a
// refresh, and looks at the session when that is through.
func duringRefresh(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.RefreshMeanwhile(run.Named, func() {
		s.Send(run.Sending{Recipe: v.Recipe})
	})
	s.AwaitDeath(run.Named, run.After)
	s.Settle()
	s.Wait("the refresh may write the session once more", run.Duration(lateReserve))
	s.Probe(run.Named, run.After)
}

func staysDead(seen run.Seen) []run.Finding {
	sent, named := seen.Evidence.Sent(run.CaseSend), seen.Evidence.LastProbe(run.Named, run.After)
	switch {
	case sent == nil || named == nil:
		return notThrough()
	case named.State == run.Unknown:
		return unclear("nobody can tell whether the session lives: " + named.Why)
	case named.State == run.Dead:
		return nil
	case verdict.Unfounded(seen) != "":
		return unclear("the session lives, as " + verdict.Unfounded(seen))
	case !sent.Answer.Accepted():
		return unclear("the token was not accepted while the refresh was under way: " + verdict.Status(sent.Answer))
	}
	return inForce(seen, run.Security, "a refresh that was under way kept the ended session alive",
		"dead", verdict.Status(sent.Answer)+", the session is "+saw(named))
}
