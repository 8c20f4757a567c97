package cases

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// slowScout records what a script does with a target that takes the changed
// keys at the n-th try.
type slowScout struct {
	run.Steps

	alg      string
	tries, n int
	did      []string
	served   fixtures.JWKS
}

func (s *slowScout) Serve(keys fixtures.JWKS) { s.did, s.served = append(s.did, "serve"), keys }
func (s *slowScout) Enter(session string, _ run.Visitor) {
	s.did = append(s.did, "enter "+session)
}

func (s *slowScout) Send(what run.Sending) run.Answer {
	s.did = append(s.did, "send "+what.Session)
	return run.Answer{}
}

func (s *slowScout) AwaitDeath(string, string) run.State {
	if s.tries++; s.tries >= s.n {
		return run.Dead
	}
	return run.Alive
}
func (s *slowScout) Wait(string, run.Duration) { s.did = append(s.did, "wait") }
func (s *slowScout) Terms() run.Terms          { return run.Terms{Alg: s.alg} }

func TestBesideGoesOnWhenTheKeysAreKnown(t *testing.T) {
	at := func(n int) (*slowScout, string) {
		s := &slowScout{n: n, alg: "RS256"}
		beside(`{"kty":"?"}`)(s, func() { s.did = append(s.did, "standard") })
		return s, strings.Join(s.did, ", ")
	}
	s, did := at(1)
	if want := "serve, enter scout, send scout, standard"; did != want {
		t.Errorf("known at once: %s", did)
	}
	if len(s.served.Also) != 2 || s.served.Also[0] != `{"kty":"?"}` || !strings.Contains(s.served.Also[1], "${fresh}") {
		t.Errorf("served %v", s.served)
	}
	for _, n := range []int{2, 3} { // known later, and never
		if _, did := at(n); did != "serve, enter scout, send scout, wait, send scout, standard" {
			t.Errorf("try %d: %s", n, did)
		}
	}
}

func TestBesideForLeavesTheRegisteredAlone(t *testing.T) {
	for alg, want := range map[string]bool{"ES256": false, "RS256": true} {
		s := &slowScout{n: 1, alg: alg}
		besideFor("ES256", "{}")(s, func() { s.did = append(s.did, "standard") })
		if slices.Contains(s.did, "serve") != want || !slices.Contains(s.did, "standard") {
			t.Errorf("%s: %v", alg, s.did)
		}
	}
}

func TestScouted(t *testing.T) {
	probed := func(session string, state run.State) run.Event {
		return run.Event{Session: session, Label: run.After, Probe: &run.Probe{State: state}}
	}
	sent := run.Event{Session: scout, Label: scout, Send: &run.Send{}}
	for name, c := range map[string]struct {
		events []run.Event
		clear  bool
	}{
		"scout died":            {[]run.Event{sent, probed(scout, run.Dead), probed(run.Named, run.Alive)}, true},
		"scout lives":           {[]run.Event{sent, probed(scout, run.Alive), probed(run.Named, run.Alive)}, false},
		"nobody can tell":       {[]run.Event{sent, probed(scout, run.Unknown), probed(run.Named, run.Alive)}, false},
		"a breach all the same": {[]run.Event{sent, probed(scout, run.Alive), probed(run.Named, run.Dead)}, true},
		"no scout was needed":   {[]run.Event{probed(run.Named, run.Alive)}, true},
		"never came to it":      {[]run.Event{sent, probed(scout, run.Alive)}, true},
	} {
		got := scouted(run.Seen{Evidence: run.Evidence{Events: c.events}})
		if c.clear != (len(got) == 0) || len(got) > 0 && got[0].Verdict != run.Inconclusive {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWithoutDelay(t *testing.T) {
	took := func(label string, d time.Duration) run.Event {
		return run.Event{Label: label, Send: &run.Send{Answer: run.Answer{Took: run.ToMillis(d)}}}
	}
	for name, c := range map[string]struct {
		sent, twin time.Duration
		warns      bool
	}{
		"at once":     {time.Millisecond, time.Millisecond, false},
		"slow target": {6 * time.Second, 5 * time.Second, false},
		"slept":       {5010 * time.Millisecond, 10 * time.Millisecond, true},
	} {
		seen := run.Seen{Evidence: run.Evidence{Events: []run.Event{took(run.CaseSend, c.sent), took(run.TwinSend, c.twin)}}}
		if got := withoutDelay(seen); c.warns != (len(got) == 1) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := withoutDelay(run.Seen{}); got != nil {
		t.Errorf("nothing was sent: %v", got)
	}
}
