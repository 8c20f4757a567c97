package receiver

import (
	"net/http"
	"testing"
)

func TestRefresh(t *testing.T) {
	w := newWorld(t, "")
	if got := w.newBrowser().get("/app/web/refresh").StatusCode; got != http.StatusUnauthorized {
		t.Errorf("without a session: %d", got)
	}
	if got := w.loginAt("web-other", "alice", "s1").get("/app/web-other/refresh").StatusCode; got != http.StatusConflict {
		t.Errorf("without a refresh token: %d", got)
	}
	b := w.login("alice", "s1")
	if !b.shows("refresh", "alice") || !b.alive("alice") {
		t.Error("a session cannot refresh its tokens")
	}
	for name, change := range map[string]func(object){
		"another user":   func(c object) { c["sub"] = "bob" },
		"another issuer": func(c object) { c["iss"] = "https://evil.example" },
	} {
		w.issuer.change = change
		if got := b.get("/app/web/refresh").StatusCode; got != http.StatusBadGateway || !b.alive("alice") {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestLogoutRevokesRefreshTokens(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	w.login("alice", "s2")
	w.login("bob", "s3")
	w.refuses(w.token(object{"sub": "alice", "exp": 1}), b, "alice")
	if got := w.issuer.revocations(); got != 0 {
		t.Errorf("a refused token had %d refresh tokens revoked", got)
	}
	w.accepts(w.token(object{"sub": "alice"}), b, "alice")
	if got := w.issuer.revocations(); got != 2 {
		t.Errorf("%d refresh tokens were revoked, want those of both sessions", got)
	}
	offline := w.loginAt("web-second", "alice", "s1")
	if res := w.post("web-second", "logout_token="+w.token(object{"sub": "alice", "aud": "second"})); res.StatusCode != 200 || offline.alive("alice") {
		t.Errorf("logout at the second client: %d", res.StatusCode)
	}
	if got := w.issuer.revocations(); got != 2 {
		t.Error("an offline token was revoked")
	}
}

// Revocation is best effort: the sessions end whatever becomes of it.
func TestLogoutWithoutRevocation(t *testing.T) {
	for name, where := range map[string]any{"none": nil, "nobody there": "http://127.0.0.1:1/", "no URL": 7} {
		w := newWorld(t, "")
		w.issuer.meta["revocation_endpoint"] = where
		b := w.login("alice", "s1")
		if w.accepts(w.token(object{"sub": "alice"}), b, "alice"); w.issuer.revocations() != 0 {
			t.Errorf("%s: revoked", name)
		}
	}
}

func TestRefreshBringsNoSessionBack(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	status := w.refreshMeanwhile(b, func() { w.accepts(w.token(object{"sub": "alice"}), b, "alice") })
	if status != http.StatusUnauthorized || b.alive("alice") {
		t.Errorf("the refresh was answered %d, alive: %v", status, b.alive("alice"))
	}
	if w.issuer.revocations() < 2 {
		t.Error("what the refresh brought was not revoked")
	}
}
