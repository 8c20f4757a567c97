package receiver

import (
	"net/http"
	"testing"
)

func TestStoreDown(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		b := w.login("alice", "s1")
		token := w.token(object{"sub": "alice", "jti": "the one"})
		w.cluster.store.SetDown(true)
		w.isRefusal(w.send(token), http.StatusBadRequest)
		for _, page := range []string{"me", "api/me", "api/token/me", "events"} {
			if got := b.get("/app/" + b.app + "/" + page).StatusCode; got != http.StatusServiceUnavailable {
				t.Errorf("%s without the store: %d", page, got)
			}
		}
		if got := w.newBrowser().login("bob", "s2"); got != http.StatusServiceUnavailable {
			t.Errorf("a login without the store: %d", got)
		}
		w.cluster.store.SetDown(false)
		if !b.alive("alice") {
			t.Error("the session was lost")
		}
		w.accepts(token, b, "alice")
	}
}

func TestNodesShareTheStore(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		b, bob := w.login("alice", "s1"), w.login("bob", "s2")
		token := w.token(object{"sub": "alice", "jti": "shared"})
		w.accepts(token, b, "alice")
		if b.aliveAtReplica("alice") || !bob.aliveAtReplica("bob") {
			t.Error("the other node knows other sessions")
		}
		b = w.login("alice", "s1")
		front := w.server
		w.server = w.replica
		w.refuses(token, b, "alice")
		w.server = front
	}
}

func TestRestart(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		ended := w.login("alice", "s1")
		token := w.token(object{"sub": "alice", "jti": "before"})
		w.accepts(token, ended, "alice")
		kept := w.login("alice", "s2")
		if err := w.cluster.Restart(); err != nil {
			t.Fatal(err)
		}
		if ended.alive("alice") || !kept.alive("alice") {
			t.Error("other sessions live after the restart")
		}
		w.refuses(token, kept, "alice")
		w.accepts(w.token(object{"sub": "alice"}), kept, "alice")
	}
}

// A login that the logout of its own session overtook opens nothing; the next one works.
func TestLogoutOvertakesLogin(t *testing.T) {
	for name, who := range map[string]object{
		"sub": {"sub": "alice"}, "sid": {"sid": "s1"}, "both": {"sub": "alice", "sid": "s1"},
	} {
		w := newWorld(t, "")
		w.issuer.change = func(object) {
			w.issuer.change = nil
			w.rp.apps["web"].sessions.noteEnding(ending{"web", w.issuer.URL, textOf(who["sub"]), textOf(who["sid"])}, w.clock.now())
		}
		b := w.newBrowser()
		if status := b.login("alice", "s1"); status != http.StatusOK || b.alive("alice") {
			t.Errorf("%s: %d, and the session lives: %v", name, status, b.alive("alice"))
		}
		if b.login("alice", "s1"); !b.alive("alice") {
			t.Errorf("%s: the next login is refused", name)
		}
	}
}

func textOf(v any) string { s, _ := v.(string); return s }

func TestLogoutOfOthersOvertakesNobody(t *testing.T) {
	e, now := endings{}, newClock().now()
	e.add(ending{"web", "i", "alice", "s2"}, 5, now)
	e.add(ending{"web", "i", "bob", ""}, 5, now)
	e.add(ending{"web", "i", "", "s3"}, 5, now)
	for _, s := range []session{
		{app: "web", issuer: "i", sub: "alice", sid: "s1", begun: 4},
		{app: "web", issuer: "i", sub: "alice", begun: 4},
		{app: "web", issuer: "j", sub: "bob", sid: "s3", begun: 4},
		{app: "x", issuer: "i", sub: "bob", begun: 4},
		{app: "web", issuer: "i", sub: "bob", begun: 6},
	} {
		if e.overtook(s) {
			t.Errorf("%+v was overtaken", s)
		}
	}
	if !e.overtook(session{app: "web", issuer: "i", sub: "alice", sid: "s2", begun: 4}) {
		t.Error("the very session was not overtaken")
	}
}

func TestEndingsAreForgotten(t *testing.T) {
	e, clock := endings{}, newClock()
	for i := range maxEndings {
		e.add(ending{sub: string(rune('a' + i))}, 1, clock.now())
	}
	clock.advance(loginLife)
	if e.add(ending{sub: "new"}, 2, clock.now()); len(e) != 1 {
		t.Errorf("%d endings are kept", len(e))
	}
}
