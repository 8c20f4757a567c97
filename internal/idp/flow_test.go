package idp_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/loggedout/loggedout/internal/idp"
)

func TestCodeFlowWithIndependentLibraries(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	got := a.login(t, browser(t), "alice")
	if got.id.Subject != "alice" || got.id.Nonce != "nonce-of-alice" || got.sid() == "" {
		t.Fatalf("ID token %v", got.claims)
	}
	if got.claims["auth_time"] == nil || got.claims["email"] != "alice@example.com" {
		t.Fatalf("ID token %v", got.claims)
	}
	info, err := a.provider.UserInfo(context.Background(), oauth2.StaticTokenSource(got.token))
	if err != nil || info.Subject != "alice" || info.Email != "alice@example.com" {
		t.Fatalf("userinfo %v %v", info, err)
	}
	var metadata struct {
		Backchannel bool     `json:"backchannel_logout_supported"`
		Session     bool     `json:"backchannel_logout_session_supported"`
		EndSession  string   `json:"end_session_endpoint"`
		Algs        []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := a.provider.Claims(&metadata); err != nil {
		t.Fatal(err)
	}
	if !metadata.Backchannel || !metadata.Session || metadata.EndSession != w.base+"/default/endsession" || metadata.Algs[0] != "RS256" {
		t.Fatalf("metadata %+v", metadata)
	}
	sessions := w.SessionsOf("default", "alice")
	if len(sessions) != 1 || len(sessions[0].Logins) != 1 {
		t.Fatalf("sessions %+v", sessions)
	}
	login := sessions[0].Logins[0]
	if login.IDToken != got.raw || login.Sid != got.sid() || login.Nonce != got.id.Nonce || login.ClientID != "app" {
		t.Fatalf("login %+v", login)
	}
}

func TestEverySigningAlgorithm(t *testing.T) {
	algs := []string{"PS256", "RS384", "ES256", "ES384", "ES512", "EdDSA", "HS256"}
	var clients []idp.Client
	for _, alg := range algs {
		clients = append(clients, idp.Client{ID: alg, IDTokenSignedResponseAlg: alg, Secret: "too short for a library"})
	}
	for _, name := range []string{"default", "other", "third"} {
		w := start(t, issuers(idp.IssuerOptions{Name: name, Clients: clients}))
		for _, alg := range algs {
			a := newApp(t, w.base+"/"+name, alg, clients[0].Secret)
			if alg == "HS256" { // go-oidc takes no HMAC: the token is only looked at
				got := fetch(t, browser(t), a.oauth.AuthCodeURL("s", oauth2.SetAuthURLParam("login_hint", "al")))
				token, err := a.oauth.Exchange(context.Background(), got.location.Query().Get("code"))
				if err != nil {
					t.Fatal(err)
				}
				raw, _ := token.Extra("id_token").(string)
				end := fetch(t, browser(t), w.base+"/"+name+"/endsession?id_token_hint="+raw)
				if end.status != http.StatusOK || len(w.SessionsOf(name, "al")) != 0 {
					t.Errorf("an HS256 hint was answered with %d", end.status)
				}
				continue
			}
			if got := a.login(t, browser(t), "alice"); got.id.Subject != "alice" {
				t.Errorf("%s: %v", alg, got.claims)
			}
		}
	}
}

func TestStateAndResponseModes(t *testing.T) {
	w := start(t)
	state := strings.Repeat("x", 100) + `!"#$%&'()*+,-./:;<=>?@[\]^_{|}~ äß`
	at := w.base + "/default/authorize?" + url.Values{
		"client_id": {"app"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"},
		"state": {state}, "login_hint": {"alice"}, "unknown": {"ignored"},
	}.Encode()
	got := fetch(t, browser(t), at)
	q := got.location.Query()
	if q.Get("state") != state || q.Get("iss") != w.base+"/default" || q.Get("keep") != "1" || q.Get("code") == "" {
		t.Fatalf("redirect %s", got.location)
	}
	page := fetch(t, browser(t), at+"&response_mode=form_post")
	if page.status != http.StatusOK || !strings.Contains(page.body, `action="`+callback+`"`) || !strings.Contains(page.body, "submit()") {
		t.Fatalf("form post page %s", page.body)
	}
	if !strings.Contains(page.body, `name="code"`) || strings.Contains(page.body, `"#$%`) {
		t.Fatalf("form post page %s", page.body)
	}
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'sha256-") {
		t.Fatalf("policy %q", csp)
	}
}

func TestPromptNone(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	b := browser(t)
	silent := a.oauth.AuthCodeURL("s", oauth2.SetAuthURLParam("prompt", "none"))
	if q := fetch(t, b, silent).location.Query(); q.Get("error") != "login_required" || q.Get("code") != "" || q.Get("state") != "s" {
		t.Fatalf("without a session: %v", q)
	}
	first := a.login(t, b, "alice")
	q := fetch(t, b, silent).location.Query()
	if q.Get("code") == "" {
		t.Fatalf("with a session: %v", q)
	}
	token, err := a.oauth.Exchange(context.Background(), q.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := a.provider.Verifier(&oidc.Config{ClientID: "app"}).Verify(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Sid string }
	if err := id.Claims(&claims); err != nil || claims.Sid != first.sid() {
		t.Fatalf("sid %q, want that of the first login %q (%v)", claims.Sid, first.sid(), err)
	}
	for name, more := range map[string]string{"another user": "&login_hint=bob", "a hint of another": "&id_token_hint=" + first.raw + "x"} {
		if q := fetch(t, b, silent+more).location.Query(); q.Get("error") != "login_required" {
			t.Errorf("%s: %v", name, q)
		}
	}
	if q := fetch(t, b, silent+"&id_token_hint="+first.raw).location.Query(); q.Get("code") == "" {
		t.Errorf("own hint: %v", q)
	}
}

func TestLoginPageKeepsTheRequest(t *testing.T) {
	w := start(t, issuers(idp.IssuerOptions{Name: "default", Users: []idp.User{{Sub: `<b>"bob"`}}}))
	a := newApp(t, w.base+"/default", "app", "")
	verifier := oauth2.GenerateVerifier()
	b := browser(t)
	page := fetch(t, b, a.oauth.AuthCodeURL("st&ate", oidc.Nonce("n"), oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("ui_locales", `"><script>`)))
	if page.status != http.StatusOK || !strings.Contains(page.body, "autofocus") || !strings.Contains(page.body, "&lt;b&gt;&#34;bob&#34;") {
		t.Fatalf("login page %s", page.body)
	}
	if strings.Contains(page.body, "<script>") || strings.Contains(page.body, "<b>") {
		t.Fatalf("a parameter was not escaped: %s", page.body)
	}
	form := url.Values{
		"client_id": {"app"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"}, "state": {"st&ate"},
		"nonce": {"n"}, "code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"},
		"prompt": {"login"},
	}
	for name, value := range form {
		if name != "prompt" && !strings.Contains(page.body, `name="`+name+`"`) {
			t.Errorf("the page lost %s=%s", name, value)
		}
	}
	form["login"] = []string{"", "carol"} // an empty field, and a button
	got := send(t, b, w.base+"/default/authorize", form)
	if got.status != http.StatusSeeOther || got.location.Query().Get("state") != "st&ate" {
		t.Fatalf("after the page: %d %s", got.status, got.location)
	}
	if k := a.redeem(t, got.location.Query().Get("code"), verifier); k.id.Subject != "carol" {
		t.Fatalf("logged in as %s", k.id.Subject)
	}
	form["cancel"] = []string{"yes"}
	if q := send(t, b, w.base+"/default/authorize", form).location.Query(); q.Get("error") != "access_denied" {
		t.Fatalf("given up: %v", q)
	}
}
