package idp_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/loggedout/loggedout/internal/idp"
)

func renew(t testing.TB, w *world, got ticket) reply {
	t.Helper()
	return send(t, browser(t), w.base+"/default/token", url.Values{
		"grant_type": {"refresh_token"}, "client_id": {"app"}, "refresh_token": {got.token.RefreshToken},
	})
}

func revoke(t testing.TB, w *world, client, token string) reply {
	t.Helper()
	return send(t, browser(t), w.base+"/default/revoke", url.Values{"client_id": {client}, "token": {token}, "token_type_hint": {"access_token"}})
}

func userinfo(t testing.TB, w *world, got ticket) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/default/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+got.token.AccessToken)
	answer, err := http.DefaultClient.Do(request)
	return read(t, answer, err).status
}

func TestRevocation(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	first, second := a.login(t, browser(t), "alice"), a.login(t, browser(t), "alice")
	for name, c := range map[string]struct {
		client, token string
		status        int
	}{
		"another client's refresh token": {"thief", first.token.RefreshToken, 400},
		"another client's access token":  {"thief", first.token.AccessToken, 400},
		"nothing":                        {"app", "", 400},
		"an unknown token":               {"app", "unknown", 200},
	} {
		if got := revoke(t, w, c.client, c.token); got.status != c.status {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if renew(t, w, first).status != 200 || userinfo(t, w, first) != 200 {
		t.Fatal("revoked though it was refused")
	}
	if got := revoke(t, w, "app", first.token.AccessToken); got.status != 200 || userinfo(t, w, first) != 401 || renew(t, w, first).status != 200 {
		t.Error("an access token is revoked alone")
	}
	if got := revoke(t, w, "app", second.token.RefreshToken); got.status != 200 || renew(t, w, second).status != 400 || userinfo(t, w, second) != 401 {
		t.Error("a refresh token takes the access tokens with it")
	}
	if renew(t, w, first).status != 200 {
		t.Error("another login's refresh token was revoked as well")
	}
}

func TestRevocationIsAuthenticated(t *testing.T) {
	w := start(t, issuers(idp.IssuerOptions{Name: "default", Clients: []idp.Client{{ID: "app", Secret: "secret"}}}))
	a := newApp(t, w.base+"/default", "app", "secret")
	got := a.login(t, browser(t), "alice")
	if bad := revoke(t, w, "app", got.token.RefreshToken); bad.status != 401 || w.RefreshState("default", "app", "alice", "").Revoked {
		t.Errorf("%d %s", bad.status, bad.body)
	}
}

func TestRefreshStates(t *testing.T) {
	w := start(t, issuers(idp.IssuerOptions{Name: "default", Clients: []idp.Client{
		{ID: "plain", GrantTypes: []string{"authorization_code"}},
		{ID: "bound", GrantTypes: []string{"authorization_code", "refresh_token"}},
	}}))
	for client, want := range map[string]struct{ usual, offline idp.RefreshState }{
		"app":   {idp.RefreshState{Issued: true}, idp.RefreshState{Issued: true, Offline: true}},
		"bound": {idp.RefreshState{Issued: true}, idp.RefreshState{Issued: true, Offline: true}},
		"plain": {idp.RefreshState{}, idp.RefreshState{Issued: true, Offline: true}},
	} {
		a := newApp(t, w.base+"/default", client, "")
		got := a.login(t, browser(t), "alice")
		if state := w.RefreshState("default", client, "alice", ""); state != want.usual || state.Issued != (got.token.RefreshToken != "") {
			t.Errorf("%s: %+v", client, state)
		}
		a.oauth.Scopes = append(a.oauth.Scopes, "offline_access")
		a.login(t, browser(t), "alice")
		if state := w.RefreshState("default", client, "alice", ""); state != want.offline {
			t.Errorf("%s with offline_access: %+v", client, state)
		}
	}
	a := newApp(t, w.base+"/default", "app", "")
	got := a.login(t, browser(t), "bob")
	renew(t, w, got)
	renew(t, w, got)
	if state := w.RefreshState("default", "app", "bob", "nonce-of-bob"); state != (idp.RefreshState{Issued: true, Uses: 2}) {
		t.Errorf("used: %+v", state)
	}
	revoke(t, w, "app", got.token.RefreshToken)
	if state := w.RefreshState("default", "app", "bob", ""); state != (idp.RefreshState{Issued: true, Revoked: true, Uses: 2}) {
		t.Errorf("revoked: %+v", state)
	}
	for name, state := range map[string]idp.RefreshState{
		"another login": w.RefreshState("default", "app", "bob", "nonce-of-nobody"),
		"nobody":        w.RefreshState("default", "app", "nobody", ""),
		"no issuer":     w.RefreshState("nowhere", "app", "bob", ""),
	} {
		if state != (idp.RefreshState{}) {
			t.Errorf("%s: %+v", name, state)
		}
	}
}
