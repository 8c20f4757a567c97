package receiver

import (
	"errors"
	"sync"
	"testing"
	"time"
)

func TestSidEndsOneSession(t *testing.T) {
	w := newWorld(t, "")
	one, two, bob := w.login("alice", "s1"), w.login("alice", "s2"), w.login("bob", "s3")
	w.accepts(w.token(object{"sid": "s1"}), one, "alice")
	if !two.alive("alice") || !bob.alive("bob") {
		t.Error("another session has ended")
	}
	w.accepts(w.token(object{"sid": "s2", "sub": "alice"}), two, "alice")
	if !bob.alive("bob") {
		t.Error("another session has ended")
	}
}

func TestSidOfSeveralSessions(t *testing.T) {
	w := newWorld(t, "")
	one, two := w.login("alice", "s1"), w.login("alice", "s1")
	w.accepts(w.token(object{"sid": "s1"}), one, "alice")
	if two.alive("alice") {
		t.Error("the second session of that sid lives")
	}
}

func TestSubEndsAllSessionsOfTheUser(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		one, two, three, bob := w.login("alice", "s1"), w.login("alice", "s2"), w.login("alice", ""), w.login("bob", "s3")
		w.accepts(w.token(object{"sub": "alice"}), one, "alice")
		if two.alive("alice") || three.alive("alice") || !bob.alive("bob") {
			t.Error("not exactly the user's sessions have ended")
		}
	}
}

func TestSubAndSidMustAgree(t *testing.T) {
	w := newWorld(t, "")
	alice, bob := w.login("alice", "s1"), w.login("bob", "s2")
	w.refuses(w.token(object{"sub": "alice", "sid": "s2"}), alice, "alice")
	if !bob.alive("bob") {
		t.Error("the session of bob has ended")
	}
}

func TestUnknownNamesAreDoneAlready(t *testing.T) {
	w := newWorld(t, "")
	alice := w.login("alice", "s1")
	for _, who := range []object{{"sub": "nobody"}, {"sid": "none"}, {"sub": "alice", "sid": "none"}} {
		if res := w.send(w.token(who)); res.StatusCode != 200 || !alice.alive("alice") {
			t.Errorf("%v: %d", who, res.StatusCode)
		}
	}
	w.accepts(w.token(object{"sub": "alice"}), alice, "alice")
	w.accepts(w.token(object{"sub": "alice"}), alice, "alice")
}

func TestAppsAndIssuersAreApart(t *testing.T) {
	var other *fakeIssuer
	w := newWorld(t, "", func(c *Config) {
		other = newIssuer(t, newClock())
		web := *c.Apps[0].OIDC
		web.Issuer = other.URL
		c.Apps = append(c.Apps, App{Name: "web2", OIDC: &web}, App{
			Name:         "forum2",
			SharedSecret: &SharedSecret{Secret: []byte(testSecret)},
		})
	})
	b := w.login("alice", "s1")
	other.next = object{"sub": "alice", "sid": "s1"}
	second := w.newBrowser()
	if second.app = "web2"; second.get("/app/web2/login").StatusCode != 200 || !second.alive("alice") {
		t.Fatal("login at the second issuer failed")
	}
	w.accepts(w.token(object{"sub": "alice", "sid": "s1"}), b, "alice")
	if !second.alive("alice") {
		t.Error("the other issuer's session has ended")
	}
	w.isRefusal(w.post("web2", "logout_token="+w.token(object{"sub": "alice"})), 400)
	w.isRefusal(w.post("forum", "logout_token="+w.token(object{"sub": "alice"})), 400)

	w.shared = true
	here := w.login("alice", "")
	there := w.newBrowser()
	there.app = "forum2"
	if there.alive("alice") || w.post("forum2", "logout_token="+w.token(object{"sub": "alice"})).StatusCode != 200 {
		t.Error("forum2 does not work")
	}
	if !here.alive("alice") {
		t.Error("the session at the other app has ended")
	}
}

func TestReplay(t *testing.T) {
	w := newWorld(t, "")
	now := w.clock.now().Unix()
	for _, w.shared = range []bool{false, true} {
		for name, token := range map[string]string{
			"exp":    w.token(object{"sub": "alice", "jti": "a", "exp": now + 120}),
			"no exp": macToken([]byte(testSecret), nil, object{"sub": "alice", "jti": "b"}),
		} {
			if name == "no exp" && !w.shared {
				continue
			}
			b := w.login("alice", "s1")
			w.accepts(token, b, "alice")
			b = w.login("alice", "s1")
			w.refuses(token, b, "alice")
			w.accepts(w.token(object{"sub": "alice", "jti": name}), b, "alice")
		}
	}
}

func TestReplayMemoryEnds(t *testing.T) {
	m, clock := newReplayMemory(), newClock()
	id := tokenID{"i", "a"}
	m.add(id, clock.now().Add(time.Minute), clock.now())
	m.add(tokenID{"i", "far"}, clock.now().Add(replayMax), clock.now())
	if !m.has(id, clock.now()) || m.has(tokenID{"j", "a"}, clock.now()) {
		t.Error("ids are not kept per issuer")
	}
	clock.advance(2 * time.Minute)
	m.add(tokenID{"i", "b"}, clock.now().Add(time.Minute), clock.now())
	if m.has(id, clock.now()) || len(m.until) != 2 {
		t.Errorf("%d ids are kept, want the two that have not expired", len(m.until))
	}
}

// The sender may repeat a token whose logout failed (BCL 2.5).
func TestFailedLogoutDoesNotBurnTheToken(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	p := &w.rp.apps["web"].parts
	end := p.endSessions
	p.endSessions = func(*logout, []session) error { return errors.New("the store is down") }
	token := w.token(object{"sub": "alice"})
	w.refuses(token, b, "alice")
	p.endSessions = end
	w.accepts(token, b, "alice")
}

func TestSessionsAreDeadOnTheServer(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		b := w.login("alice", "s1")
		old := b.copied()
		w.accepts(w.token(object{"sub": "alice"}), b, "alice")
		first, second := old.alive("alice"), old.alive("alice")
		if first || second {
			t.Error("a copy of the cookie still works")
		}
		if b.login("alice", "s1") != 200 || !b.alive("alice") || old.alive("alice") {
			t.Error("logging in again does not work, or revives the old cookie")
		}
	}
}

func TestSessionsEndByThemselves(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	w.clock.advance(sessionLife - time.Second)
	if !b.alive("alice") {
		t.Error("the session ended early")
	}
	w.clock.advance(time.Second)
	if b.alive("alice") {
		t.Error("the session lives for ever")
	}
}

func TestParallelLogouts(t *testing.T) {
	w := newWorld(t, "")
	b, bob := w.login("alice", "s1"), w.login("bob", "s2")
	same := w.token(object{"sub": "alice"})
	var group sync.WaitGroup
	for range 10 {
		own := w.token(object{"sub": "alice"})
		for _, token := range []string{same, own} {
			group.Go(func() {
				if status := w.send(token).StatusCode; status != 200 && (status != 400 || token == own) {
					t.Errorf("answered %d", status)
				}
			})
		}
	}
	group.Wait()
	if b.alive("alice") || !bob.alive("bob") {
		t.Error("not exactly the user's session has ended")
	}
}

func TestStoreForgetsWhatEnded(t *testing.T) {
	s := newSessionStore()
	for i := range byte(3) {
		if err := s.add(session{key: sessionKey{i}, token: sessionKey{i}, app: "a", sub: "u", sid: string('a' + rune(i))}); err != nil {
			t.Fatal(err)
		}
	}
	s.remove(s.withSub(owner{"a", "", "u"})...)
	s.remove(session{key: sessionKey{1}})
	if len(s.byKey)+len(s.bySub)+len(s.bySid)+len(s.byToken) != 0 {
		t.Errorf("left over: %+v", s)
	}
}
