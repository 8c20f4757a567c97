package cases

import (
	"slices"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Slugs and labels that scripts and judges of the requests share.
const (
	bothUsers   = "two-users"
	tokenOfHome = "token-of-home"
	unknownApp  = "unknown"

	meanwhile = "meanwhile"
	strangers = "stranger-"
	second    = "second"
)

// neverBoth judges two tokens in one request: a forged one does nothing, and of
// two good ones one counts at most.
func neverBoth(seen run.Seen) []run.Finding {
	named, other := seen.Evidence.LastProbe(run.Named, run.After), seen.Evidence.LastProbe("bob", run.After)
	if named == nil || other == nil || other.State != run.Dead {
		return nil
	}
	finding := run.Finding{
		Severity: run.Security, Breach: true,
		Expected: "one token counts at most", Actual: "the session of the second user is dead: " + other.Why,
	}
	switch {
	case seen.Variant.Slug != bothUsers:
		finding.Verdict, finding.Text = run.Fail, "a forged token beside a good one ended the session that it names"
	case named.State == run.Dead:
		finding.Verdict, finding.Text = verdict.Broken(seen.Case.Level), "both of two tokens in one request were acted on"
	default:
		return []run.Finding{{Verdict: run.Note, Text: "the second of two tokens in one request was taken, and the first was not"}}
	}
	return []run.Finding{finding}
}

// besideSlow sends a request that hardly moves, and beside it one as it should
// be, about somebody else.
func besideSlow(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Enter(bob.Session, bob.Who)
	s.SendAll([]run.Sending{
		{Recipe: v.Recipe, Request: v.Carrier()},
		{Session: bob.Session, Label: meanwhile, Recipe: v.Recipe, Request: post().OnWire(fixtures.Wire{After: headStart})},
	})
	s.AwaitDeath(bob.Session, run.After)
	s.Settle()
	s.Probe(run.Named, run.After)
	s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}

// headStart is how long the slow request goes on alone.
const headStart = 2 * time.Second

// othersServed: the request beside the slow one was answered as always, and
// before the slow one was over. That the slow one was closed within its time is
// judged with all answers.
func othersServed(seen run.Seen) []run.Finding {
	var slow, other *run.Event
	for _, event := range seen.Evidence.Events {
		switch {
		case event.Send == nil:
		case event.Label == run.CaseSend:
			slow = &event
		case event.Label == meanwhile:
			other = &event
		}
	}
	bobs := seen.Evidence.LastProbe(bob.Session, run.After)
	if slow == nil || other == nil || bobs == nil {
		return unclear("the exchange was not carried through")
	}
	out := verdict.Refused(seen)
	late := over(*other) > over(*slow) && slow.Send.Answer.Took.Duration() > 2*headStart
	switch {
	case other.Send.Answer.Accepted() && bobs.State == run.Dead && !late:
		return out
	case verdict.Unfounded(seen) != "":
		return append(out, unclear("a request beside the slow one fails as "+verdict.Unfounded(seen))...)
	}
	actual := verdict.Status(other.Send.Answer) + ", the session is " + string(bobs.State)
	if late {
		actual += ", and the answer came when the slow request was over"
	}
	return append(out, run.Finding{
		Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Conformance,
		Text:     "while a slow request is being read, others are not served",
		Expected: "a request beside it is answered at once, and ends its session", Actual: actual,
	})
}

// over is when the answer to a request had come.
func over(sent run.Event) run.Millis { return sent.At + sent.Send.Answer.Took }

// otherPath brings a token for home to the second client: one about a session
// at home, or one that names a session at the second client. The controls are
// the twin at the place of that session, and a good token at the other's path.
func otherPath(s run.Steps, v run.Variant) {
	home, there := run.Home, run.AtSecondClient
	at := there
	if v.Slug == tokenOfHome {
		at = home
	}
	s.Enter(run.Named, run.Visitor{User: alice.User, At: at})
	s.Enter(second, run.Visitor{User: alice.User, At: there})
	s.Send(run.Sending{Recipe: v.Recipe, By: &home, To: &there})
	survivor(s)
	s.Probe(second, run.After)
	s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
	s.Send(run.Sending{Label: second, Session: second, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(second, run.AfterTwin)
}

// otherPathRefuses: neither the session that the token names nor another one of
// the user at the second client ends, and good tokens end both.
func otherPathRefuses(seen run.Seen) []run.Finding {
	out := verdict.Refused(seen)
	after, control := seen.Evidence.LastProbe(second, run.After), seen.Evidence.LastProbe(second, run.AfterTwin)
	switch {
	case after == nil || control == nil:
		return append(out, unclear("the exchange was not carried through")...)
	case after.State == run.Dead:
		out = append(out, run.Finding{
			Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security, Breach: true,
			Text:     "a token for one app ended the user's session at another",
			Expected: "the session at the other app lives", Actual: "it is dead: " + after.Why,
		})
	case control.State != run.Dead:
		out = append(out, unclear("a good token does not end a session at the second client, so that its refusals prove nothing")...)
	}
	return out
}

// askForStrangers brings good tokens to apps that nobody knows, one after
// another, to see that they are all answered alike.
func askForStrangers(s run.Steps, standard func()) {
	standard()
	for _, name := range []string{"admin", "another-app", "0"} {
		s.Send(run.Sending{Label: strangers + name, Recipe: valid(), Request: post().To("${path|parent}/" + name)})
	}
}

// strangersAreAlike compares what the unknown apps were answered: a difference
// tells which apps there are. The variants share these answers, so that one of
// them says it.
func strangersAreAlike(seen run.Seen) []run.Finding {
	answers := slices.DeleteFunc(seen.Evidence.Sends(strangers), func(s *run.Send) bool { return s.Answer.Throttled() })
	if seen.Variant.Slug != unknownApp || len(answers) == 0 {
		return nil
	}
	kind := func(a run.Answer) string { return verdict.Status(a) + " " + a.Header["Content-Type"] }
	for _, each := range answers[1:] {
		if was := kind(answers[0].Answer); kind(each.Answer) != was {
			return []run.Finding{{
				Verdict: run.Warn, Severity: run.Conformance,
				Text:     "apps that nobody knows are answered in different ways",
				Expected: was, Actual: kind(each.Answer) + " at " + each.URL,
			}}
		}
	}
	return nil
}
