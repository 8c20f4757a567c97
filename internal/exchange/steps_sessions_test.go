package exchange

import (
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// elsewhere is alice at the second client.
var elsewhere = run.Visitor{User: "alice", At: run.AtSecondClient}

func TestPlacesHaveSessionsOfTheirOwn(t *testing.T) {
	for name, everywhere := range map[string]bool{"told apart": false, "mixed up": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.wrong.everywhere = everywhere
			e := whole(t, w.act(t, func(s run.Steps) {
				s.Enter(run.Named, alice)
				s.Enter("there", elsewhere)
				s.Send(run.Sending{Session: "there", Recipe: fixtures.Valid()})
				s.AwaitDeath("there", run.After)
				s.Probe(run.Named, run.After)
			}))
			expectState(t, e, "there", run.After, run.Dead)
			want := run.Alive
			if everywhere {
				want = run.Dead
			}
			expectState(t, e, run.Named, run.After, want)
			if w.logouts[0].Place != "second" || w.logouts[0].Aud != "second" {
				t.Errorf("the token came to %q, made for %v", w.logouts[0].Place, w.logouts[0].Aud)
			}
			for _, event := range e.Events {
				if there := event.Session == "there"; there != (event.Place == run.AtSecondClient) {
					t.Errorf("the place of %+v", event)
				}
			}
		})
	}
}

func TestToAndByAreFreeToChoose(t *testing.T) {
	w := newWorld(t)
	home, second := run.Home, run.AtSecondClient
	e := whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.Send(run.Sending{Recipe: fixtures.Valid(), To: &second})
		s.Send(run.Sending{Recipe: fixtures.Valid(), By: &second, To: &home})
	}))
	got := w.logouts
	if got[0].Place != "second" || got[0].Aud != "home" || got[1].Place != "home" || got[1].Aud != "second" {
		t.Errorf("%+v", got)
	}
	if places := []run.Place{e.Events[len(e.Events)-3].Place, e.Events[len(e.Events)-2].Place}; places[0] != second || places[1] != home {
		t.Errorf("recorded at %q", places)
	}
}

func TestAPlaceThatIsNotThere(t *testing.T) {
	expectFault(t, newWorld(t).act(t, func(s run.Steps) {
		s.Enter(run.Named, run.Visitor{User: "alice", At: run.AtSecondIssuer})
	}), run.ByHarness, "not configured")
}

func TestTryEnter(t *testing.T) {
	for name, refuses := range map[string]bool{"let in": false, "refused": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			var state run.State
			e := whole(t, w.act(t, func(s run.Steps) {
				w.wrong.refusesLogin = refuses
				state = s.TryEnter(run.Named, alice)
			}))
			want := run.Alive
			if refuses {
				want = run.Dead
			}
			expectState(t, e, run.Named, run.After, want)
			if state != want {
				t.Errorf("said %s", state)
			}
			for _, event := range e.Events {
				if event.Login != nil && event.Session == run.Named && (event.Login.Error != "") != refuses {
					t.Errorf("%+v", event.Login)
				}
			}
		})
	}
	w := newWorld(t)
	expectFault(t, w.act(t, func(s run.Steps) {
		w.wrong.refusesLogin = true
		s.Enter(run.Named, alice)
	}), run.ByTarget, "nobody could log in")
}

// In the middle of a login a token can be sent about the session, which the
// target does not know yet.
func TestEnterMeanwhile(t *testing.T) {
	w := newWorld(t)
	e := whole(t, w.act(t, func(s run.Steps) {
		s.EnterMeanwhile(run.Named, alice, func() {
			s.Send(run.Sending{Recipe: fixtures.Valid()})
		})
		s.Probe(run.Named, run.After)
	}))
	expectState(t, e, run.Named, run.After, run.Alive)
	if sid := w.logouts[0].Sid; sid != "sid-at-the-issuer" {
		t.Errorf("the token named the session %q", sid)
	}
	var order []string
	for _, event := range e.Events {
		switch {
		case event.Issuer != nil:
			order = append(order, string(event.Issuer.Do))
		case event.Send != nil:
			order = append(order, "send")
		case event.Login != nil && event.Session == run.Named:
			order = append(order, "login "+event.Login.Sid)
		}
	}
	if !slices.Equal(order, []string{"hold", "send", "release", "login sid-2"}) {
		t.Errorf("in the order %q", order)
	}
}

func TestALoginThatAsksForNoTokens(t *testing.T) {
	w := newWorld(t)
	w.tokens = false
	sent := false
	expectFault(t, w.act(t, func(s run.Steps) {
		s.EnterMeanwhile(run.Named, alice, func() { sent = true })
	}), run.ByTarget, "before the target asked the issuer for tokens")
	if sent {
		t.Error("something was done in a meantime that never was")
	}
}

func TestLoginsGoAsForeseen(t *testing.T) {
	w := newWorld(t)
	token := fixtures.Valid()
	e := whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, run.Visitor{User: "alice", Sid: "${fresh}"})
		s.Enter("bob", run.Visitor{User: "bob", Sid: "${named.sid}"})
		s.Enter("none", run.Visitor{User: "carol", WithoutSid: true})
		s.TryEnter("odd", run.Visitor{User: "dora", IDToken: &token})
	}))
	got := w.dids("foresee")
	fresh := strings.Split(got[0], `"`)[1]
	want := []string{
		`foresee home "` + fresh + `" false false`, `foresee home "` + fresh + `" false false`,
		`foresee home "" true false`, `foresee home "" false true`,
	}
	if !slices.Equal(got, want) || !strings.HasPrefix(fresh, "fresh-") {
		t.Errorf("foreseen %q, want %q", got, want)
	}
	_ = e
	expectFault(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, run.Visitor{User: "alice", Sid: "${nobody.sid}"})
	}), run.ByHarness, "${nobody.sid}")
}

func TestABrowserMayBeUsedAgain(t *testing.T) {
	w := newWorld(t)
	whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.Enter("own", alice)
		s.Enter("again", run.Visitor{User: "alice", Browser: run.Named})
	}))
	if !slices.Equal(w.cookies, []string{"cookie-2"}) {
		t.Errorf("logins came with the cookies %q", w.cookies)
	}
}

// A name may be any text, and one user has one name at every place.
func TestNames(t *testing.T) {
	w := newWorld(t)
	e := whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, run.Visitor{User: "älice"})
		s.Enter("there", run.Visitor{User: "älice", At: run.AtSecondClient})
		s.Enter("other", run.Visitor{User: "Älice"})
	}))
	var subs []string
	for _, event := range e.Events {
		if event.Login != nil && event.Session != run.Bystander {
			subs = append(subs, event.Login.Sub)
		}
	}
	if subs[0] != subs[1] || subs[1] == subs[2] || !strings.HasPrefix(subs[0], "älice-") || !strings.HasPrefix(subs[2], "Älice-") {
		t.Errorf("%q", subs)
	}
}

func TestRefresh(t *testing.T) {
	w := newWorld(t)
	e := whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.RefreshTokens(run.Named)
		s.RefreshMeanwhile(run.Named, func() { s.Send(run.Sending{Recipe: fixtures.Valid()}) })
		s.AwaitDeath(run.Named, run.After)
		s.LookUpRefresh(run.Named, "at last")
	}))
	expectState(t, e, run.Named, run.After, run.Dead)
	if known := e.Events[len(e.Events)-2].Refresh; known == nil || !known.Issued {
		t.Errorf("what the issuer knows is %+v", known)
	}
}

func TestARefreshThatAsksForNoTokens(t *testing.T) {
	w := newWorld(t)
	expectFault(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		w.tokens = false
		s.RefreshMeanwhile(run.Named, func() {})
	}), run.ByTarget, "target.refresh")
}
