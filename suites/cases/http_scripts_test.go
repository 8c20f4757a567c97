package cases_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
	"github.com/loggedout/loggedout/suites/cases"
)

// An exchange written as a judge sees it.
type seen []run.Event

func (s seen) probe(session, label string, state run.State) seen {
	var now run.Millis
	for _, event := range s {
		if event.Send != nil {
			now = max(now, event.At+event.Send.Answer.Took)
		}
	}
	return append(s, run.Event{Session: session, Label: label, At: now, Probe: &run.Probe{State: state}})
}

func (s seen) send(label string, at, took run.Millis, a run.Answer) seen {
	a.Took = took
	return append(s, run.Event{Session: run.Named, Label: label, At: at, Send: &run.Send{Answer: a}})
}

// judgedAs gives the verdict on a variant, and the worst that was said.
func judgedAs(t *testing.T, id, slug string, events seen) (run.Verdict, string) {
	t.Helper()
	all := cases.All()
	c := all[slices.IndexFunc(all, func(c run.Case) bool { return c.ID == id })]
	v := c.Variants[slices.IndexFunc(c.Variants, func(v run.Variant) bool { return v.Slug == slug })]
	terms := run.Terms{Profile: run.OIDC, Alg: "RS256", Declares: run.DefaultDeclares(), Offers: run.Needs()}
	got := verdict.Variant(run.Seen{
		Case: c, Variant: v, Demand: c.Demand(v, terms), Evidence: run.Evidence{Events: events},
		Context: run.Context{Terms: terms, Baselines: map[string]run.Baseline{"ok-sub-sid": {OK: true}}},
	})
	if f := got.Finding(); f != nil {
		return got.Verdict, f.Text
	}
	return got.Verdict, ""
}

func expect(t *testing.T, id, slug string, events seen, want run.Verdict, says string) {
	t.Helper()
	if got, text := judgedAs(t, id, slug, events); got != want || !strings.Contains(text, says) {
		t.Errorf("%s/%s: %s: %q, want %s: %q", id, slug, got, text, want, says)
	}
}

var (
	ok200 = run.Answer{Status: 200}
	bad   = run.Answer{Status: 400}
)

func TestNeverBoth(t *testing.T) {
	const id = "http-param-duplicate"
	after := func(a run.Answer, named, bob run.State) seen {
		return seen{}.send(run.CaseSend, 0, 1, a).probe(run.Named, run.After, named).probe("bob", run.After, bob).
			send(run.TwinSend, 2, 1, ok200).probe(run.Named, run.AfterTwin, run.Dead)
	}
	expect(t, id, "good-bad", after(bad, run.Alive, run.Alive), run.Pass, "")
	expect(t, id, "good-bad", after(ok200, run.Dead, run.Alive), run.Note, "ended the session")
	expect(t, id, "bad-good", after(ok200, run.Alive, run.Dead), run.Fail, "a forged token beside a good one")
	expect(t, id, "two-users", after(bad, run.Alive, run.Alive), run.Note, "was refused, which is allowed")
	expect(t, id, "two-users", after(ok200, run.Dead, run.Alive), run.Note, "ended the session, which is allowed")
	expect(t, id, "two-users", after(ok200, run.Alive, run.Dead), run.Note, "")
	expect(t, id, "two-users", after(ok200, run.Dead, run.Dead), run.Warn, "both of two tokens")
}

func TestOthersAreServedBesideASlowOne(t *testing.T) {
	const id, slug = "http-slow-body", "byte-a-second"
	exchange := func(slow run.Answer, slowTook run.Millis, other run.Answer, otherTook run.Millis, bob run.State) seen {
		return seen{}.send(run.CaseSend, 0, slowTook, slow).send("meanwhile", 0, otherTook, other).
			probe("bob", run.After, bob).probe(run.Named, run.After, run.Alive).
			send(run.TwinSend, 70_000, 1, ok200).probe(run.Named, run.AfterTwin, run.Dead)
	}
	closed, hung := run.Answer{Error: "the connection was reset"}, run.Answer{Error: "no whole answer", Timeout: true}
	expect(t, id, slug, exchange(closed, 30_000, ok200, 2_010, run.Dead), run.Pass, "")
	expect(t, id, slug, exchange(run.Answer{Status: 408}, 30_000, ok200, 2_010, run.Dead), run.Pass, "")
	expect(t, id, slug, exchange(bad, 10, ok200, 2_010, run.Dead), run.Pass, "") // which was over before the other began
	expect(t, id, slug, exchange(hung, 60_000, ok200, 2_010, run.Dead), run.Warn, "got no answer")
	expect(t, id, slug, exchange(closed, 30_000, ok200, 30_010, run.Dead), run.Warn, "others are not served")
	expect(t, id, slug, exchange(closed, 30_000, hung, 10_000, run.Alive), run.Warn, "")
	expect(t, id, slug, exchange(closed, 30_000, bad, 2_010, run.Alive), run.Warn, "others are not served")
	expect(t, id, slug, seen{}, run.Inconclusive, "not carried through")
}

func TestTokensOfAnotherApp(t *testing.T) {
	const id, slug = "http-path-app-mismatch", "token-of-home"
	exchange := func(a run.Answer, named, second, control run.State) seen {
		return seen{}.send(run.CaseSend, 0, 1, a).probe(run.Named, run.After, named).probe("second", run.After, second).
			send(run.TwinSend, 2, 1, ok200).probe(run.Named, run.AfterTwin, run.Dead).
			send("second", 3, 1, ok200).probe("second", run.AfterTwin, control)
	}
	expect(t, id, slug, exchange(bad, run.Alive, run.Alive, run.Dead), run.Pass, "")
	expect(t, id, slug, exchange(ok200, run.Dead, run.Alive, run.Dead), run.Fail, "ended the session")
	expect(t, id, slug, exchange(ok200, run.Alive, run.Dead, run.Dead), run.Fail, "the user's session at another")
	expect(t, id, slug, exchange(bad, run.Alive, run.Alive, run.Alive), run.Inconclusive, "prove nothing")
}

func TestUnknownAppsAreAnsweredAlike(t *testing.T) {
	const id = "http-path-app-unknown"
	exchange := func(last run.Answer) seen {
		return seen{}.send(run.CaseSend, 0, 1, bad).probe(run.Named, run.After, run.Alive).
			send(run.TwinSend, 2, 1, ok200).probe(run.Named, run.AfterTwin, run.Dead).
			send("stranger-a", 3, 1, bad).send("stranger-b", 4, 1, last)
	}
	expect(t, id, "unknown", exchange(bad), run.Pass, "")
	expect(t, id, "unknown", exchange(run.Answer{Status: 401}), run.Warn, "answered in different ways")
	expect(t, id, "unknown", exchange(run.Answer{Status: 429}), run.Pass, "")
	expect(t, id, "quotes", exchange(run.Answer{Status: 401}), run.Pass, "")
}

// What stands before an endpoint may turn odd requests away; that is no fault,
// and a hang or a crash is.
func TestOddRequestsMayBeTurnedAway(t *testing.T) {
	exchange := func(a run.Answer) seen {
		return seen{}.send(run.CaseSend, 0, 1, a).probe(run.Named, run.After, run.Alive).
			send(run.TwinSend, 2, 1, ok200).probe(run.Named, run.AfterTwin, run.Dead)
	}
	odd := func(a run.Answer, want run.Verdict, says string) {
		t.Helper()
		expect(t, "http-body-oversize", "ten-mib", exchange(a), want, says)
	}
	for _, status := range []int{400, 404, 405, 413, 415, 431, 501, 505} {
		odd(run.Answer{Status: status}, run.Pass, "")
	}
	odd(run.Answer{Error: "the connection was reset"}, run.Pass, "")
	odd(run.Answer{Status: 413, Error: "the body broke off"}, run.Pass, "")
	odd(run.Answer{Error: "no whole answer before the deadline", Timeout: true}, run.Warn, "got no answer")
	odd(run.Answer{Status: 500}, run.Warn, "server error")
	odd(run.Answer{Status: 502}, run.Warn, "server error")
	odd(run.Answer{Status: 400, Error: "the body goes on", Truncated: true}, run.Warn, "broken answer")
	// To drop an ordinary request is one.
	expect(t, "http-param-missing-or-empty", "blank-body", exchange(run.Answer{Error: "the connection was reset"}), run.Warn, "got no answer")
}
