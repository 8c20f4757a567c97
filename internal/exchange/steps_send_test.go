package exchange

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// gate lets requests through when so many of them wait together.
func gate(n int) func(http.ResponseWriter, claims) bool {
	var mu sync.Mutex
	waiting, all := 0, make(chan struct{})
	return func(rw http.ResponseWriter, _ claims) bool {
		mu.Lock()
		if waiting++; waiting == n {
			close(all)
		}
		mu.Unlock()
		select {
		case <-all:
			return false
		case <-time.After(3 * time.Second):
			rw.WriteHeader(http.StatusTeapot) // they came one by one
			return true
		}
	}
}

func TestSendAll(t *testing.T) {
	w := newWorld(t)
	w.on = gate(3)
	var answers []run.Answer
	e := whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.Enter("bob", run.Visitor{User: "bob"})
		answers = s.SendAll([]run.Sending{
			{Label: "a", Recipe: fixtures.Valid()},
			{Label: "b", Recipe: fixtures.Valid().Unsigned("none")},
			{Label: "c", Session: "bob", Recipe: fixtures.Valid()},
		})
		s.AwaitDeath("bob", run.After)
	}))
	var labels []string
	for _, event := range e.Events {
		if event.Send != nil {
			labels = append(labels, event.Session+" "+event.Label)
		}
	}
	if !slices.Equal(labels, []string{"named a", "named b", "bob c"}) {
		t.Errorf("recorded as %q", labels)
	}
	if len(answers) != 3 || answers[0].Status != 200 || answers[1].Status != 400 || answers[2].Status != 200 {
		t.Errorf("%+v", answers)
	}
}

func TestSendCopies(t *testing.T) {
	w := newWorld(t)
	w.on = gate(5)
	e := whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.SendCopies(run.Sending{Recipe: fixtures.Valid()}, 5)
		s.SendAgain("case-3", "again")
	}))
	sends := e.Sends("case-")
	if len(sends) != 5 {
		t.Fatalf("%d were sent", len(sends))
	}
	for _, each := range append(sends, e.Sent("again")) {
		if each.Token.Wire != sends[0].Token.Wire || each.Answer.Status != 200 {
			t.Errorf("%+v", each)
		}
	}
}

func TestNothingIsSentAboutNobody(t *testing.T) {
	for name, script := range map[string]func(run.Steps){
		"one":    func(s run.Steps) { s.Send(run.Sending{Session: "x", Recipe: fixtures.Valid()}) },
		"many":   func(s run.Steps) { s.SendAll([]run.Sending{{Session: "x", Recipe: fixtures.Valid()}}) },
		"copies": func(s run.Steps) { s.SendCopies(run.Sending{Session: "x", Recipe: fixtures.Valid()}, 2) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			expectFault(t, w.act(t, script), run.ByHarness, `a session "x" that it never opened`)
			if len(w.logouts) > 0 {
				t.Error("something was sent")
			}
		})
	}
}

func TestValues(t *testing.T) {
	w := newWorld(t)
	whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.Enter("bob", run.Visitor{User: "bob"})
		s.Send(run.Sending{Recipe: fixtures.Valid(), Label: "first"})
		s.Send(run.Sending{Recipe: fixtures.Valid().With("note", `"${bob.sub} ${second.client_id} ${fresh}"`),
			Request: fixtures.PostForm("logout_token", "${token}", "x", "${path} ${sent.first}")})
	}))
	got := w.logouts[1]
	if !strings.HasPrefix(got.Note, "bob-t-") || !strings.Contains(got.Note, " second fresh-t-") {
		t.Errorf("the note says %q", got.Note)
	}
	if !strings.Contains(got.Body, "x=%2Fhome%2Flogout+ey") {
		t.Errorf("the form is %q", got.Body)
	}
}

// What a live secret signed is shown to nobody, whatever recipe had it sign.
func TestTokensOfLiveSecretsAreElided(t *testing.T) {
	for recipe, live := range map[string]bool{
		"${client_secret}": true, "${second.secret}": true, "${client_secret|trim}": true, "changeme": false,
	} {
		w := newWorld(t)
		e := whole(t, w.act(t, func(s run.Steps) {
			s.Enter(run.Named, alice)
			s.Send(run.Sending{Recipe: fixtures.Valid().Keyed(recipe)})
		}))
		if got := e.Sent(run.CaseSend).Token; got.Elided != live {
			t.Errorf("%s: shown as %+v", recipe, got)
		}
	}
}

// A variant that was throttled is sent once more, and both answers are kept.
func TestThrottledIsSentOnceMore(t *testing.T) {
	c := run.Case{ID: "clm-test", Expect: run.Refuse, Variants: []run.Variant{
		{Slug: "a", Recipe: fixtures.Valid().Unsigned("none")}, {Slug: "b", Recipe: fixtures.Valid().Unsigned("none")},
	}}
	w := newWorld(t)
	requests := 0
	w.on = func(rw http.ResponseWriter, _ claims) bool {
		if requests++; requests == 1 {
			rw.Header().Set("Retry-After", "0")
			rw.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		return false
	}
	got := w.run(t, c)
	a, b := got[0].Sends(run.CaseSend), got[1].Sends(run.CaseSend)
	if len(a) != 2 || a[0].Answer.Status != 429 || a[1].Answer.Status != 400 || a[0].Token.Wire == a[1].Token.Wire || len(b) != 1 {
		t.Errorf("%d and %d requests: %+v", len(a), len(b), a)
	}
	expectState(t, got[0], run.Named, run.AfterTwin, run.Dead)

	// A script of its own sees the answer as it is.
	requests = 0
	w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.Send(run.Sending{Recipe: fixtures.Valid()})
	})
	if requests != 1 {
		t.Errorf("a script of its own sent %d requests", requests)
	}
}

// A target that always throttles is not waited for again and again.
func TestWaitingInVainEnds(t *testing.T) {
	w := newWorld(t)
	w.on = func(rw http.ResponseWriter, _ claims) bool {
		rw.Header().Set("Retry-After", "0")
		rw.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	c := run.Case{ID: "clm-test", Expect: run.Refuse, Variants: []run.Variant{{Slug: "a", Recipe: fixtures.Valid()}}}
	for range 2 * vainTries {
		w.run(t, c)
	}
	if got := len(w.logouts); got != 4*vainTries+vainTries {
		t.Errorf("%d requests", got)
	}
}

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": time.Second, "0": 0, "2": 2 * time.Second, "3600": longestWait, "-1": time.Second, "soon": time.Second,
		"9223372036854775807": longestWait,
	} {
		if got := retryAfter(run.Answer{Header: map[string]string{"Retry-After": text}}); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// What is kept of a big token is small.
func TestBigTokensAreNotKept(t *testing.T) {
	w := newWorld(t)
	w.runner.Values["big"] = strings.Repeat("x", 4<<20)
	e := whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.Send(run.Sending{Recipe: fixtures.Verbatim("${big}"), Request: fixtures.Post().And("note", "${big}")})
	}))
	text, err := json.Marshal(e)
	if err != nil || len(text) > 2*maxShown {
		t.Errorf("%d bytes are kept (%v)", len(text), err)
	}
}
