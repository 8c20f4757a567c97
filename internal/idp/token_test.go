package idp_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/loggedout/loggedout/internal/idp"
)

// secretClient is registered in full.
var secretClient = idp.Client{
	ID: "app", Secret: "s:ecret&", RedirectURIs: []string{callback}, PostLogoutRedirectURIs: []string{"https://app.example/bye?x=1"},
}

// code gets an authorization code by hand.
func code(t *testing.T, a *app, options ...oauth2.AuthCodeOption) string {
	t.Helper()
	options = append(options, oauth2.SetAuthURLParam("login_hint", "alice"))
	q := fetch(t, browser(t), a.oauth.AuthCodeURL("s", options...)).location.Query()
	if q.Get("code") == "" {
		t.Fatalf("no code: %v", q)
	}
	return q.Get("code")
}

func TestCodeIsGoodOnce(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	a.oauth.Scopes = append(a.oauth.Scopes, "offline_access")
	c := code(t, a)
	first := a.redeem(t, c, "")
	_, err := a.oauth.Exchange(context.Background(), c)
	if err == nil || !strings.Contains(err.Error(), "invalid_grant") {
		t.Fatalf("the second use: %v", err)
	}
	if _, err := a.provider.UserInfo(context.Background(), oauth2.StaticTokenSource(first.token)); err == nil {
		t.Error("the access token of a stolen code is still good")
	}
	refresh := a.oauth.TokenSource(context.Background(), &oauth2.Token{RefreshToken: first.token.RefreshToken})
	if _, err := refresh.Token(); err == nil {
		t.Error("the refresh token of a stolen code is still good")
	}
}

func TestRefusedTokenRequests(t *testing.T) {
	w := start(t, issuers(idp.IssuerOptions{Name: "default", Clients: []idp.Client{secretClient}}))
	a := newApp(t, w.base+"/default", "app", secretClient.Secret)
	verifier := oauth2.GenerateVerifier()
	challenge := oauth2.S256ChallengeOption(verifier)
	plain := []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("code_challenge", verifier), oauth2.SetAuthURLParam("code_challenge_method", "plain")}
	tests := []struct {
		name   string
		asked  []oauth2.AuthCodeOption
		change url.Values
		status int
		code   string
	}{
		{"right", nil, nil, 200, ""},
		{"PKCE S256", []oauth2.AuthCodeOption{challenge}, url.Values{"code_verifier": {verifier}}, 200, ""},
		{"PKCE plain", plain, url.Values{"code_verifier": {verifier}}, 200, ""},
		{"PKCE without a verifier", []oauth2.AuthCodeOption{challenge}, nil, 400, "invalid_grant"},
		{"PKCE with another verifier", []oauth2.AuthCodeOption{challenge}, url.Values{"code_verifier": {verifier[1:] + "x"}}, 400, "invalid_grant"},
		{"PKCE with a verifier too short", []oauth2.AuthCodeOption{challenge}, url.Values{"code_verifier": {"short"}}, 400, "invalid_grant"},
		{"a verifier nobody asked for", nil, url.Values{"code_verifier": {verifier}}, 400, "invalid_grant"},
		{"another redirect URI", nil, url.Values{"redirect_uri": {callback + "&"}}, 400, "invalid_grant"},
		{"no redirect URI", nil, url.Values{"redirect_uri": nil}, 400, "invalid_grant"},
		{"wrong secret", nil, url.Values{"client_secret": {"wrong"}}, 401, "invalid_client"},
		{"no secret", nil, url.Values{"client_secret": nil}, 401, "invalid_client"},
		{"no client", nil, url.Values{"client_id": nil}, 401, "invalid_client"},
		{"another client", nil, url.Values{"client_id": {"stranger"}}, 400, "invalid_grant"},
		{"unknown code", nil, url.Values{"code": {"nonsense"}}, 400, "invalid_grant"},
		{"no grant type", nil, url.Values{"grant_type": nil}, 400, "invalid_request"},
		{"another grant type", nil, url.Values{"grant_type": {"password"}}, 400, "unsupported_grant_type"},
		{"a parameter twice", nil, url.Values{"code_verifier": {verifier, verifier}}, 400, "invalid_request"},
		{"unknown refresh token", nil, url.Values{"grant_type": {"refresh_token"}}, 400, "invalid_grant"},
	}
	for _, tt := range tests {
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {code(t, a, tt.asked...)}, "redirect_uri": {callback},
			"client_id": {"app"}, "client_secret": {secretClient.Secret},
		}
		maps.Copy(form, tt.change)
		got := send(t, http.DefaultClient, w.base+"/default/token", form)
		if got.status != tt.status || !strings.Contains(got.body, tt.code) {
			t.Errorf("%s: %d %s", tt.name, got.status, got.body)
		}
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: header %v", tt.name, got.header)
		}
	}
	// The same client by HTTP Basic, right and wrong.
	a.login(t, browser(t), "alice")
	a.oauth.ClientSecret = "wrong"
	if _, err := a.oauth.Exchange(context.Background(), code(t, a)); err == nil || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("wrong secret by Basic: %v", err)
	}
}

func TestOldCode(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	c := code(t, a)
	if _, err := w.SetClock(idp.ClockSetting{Advance: 2 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.oauth.Exchange(context.Background(), c); err == nil || !strings.Contains(err.Error(), "older") {
		t.Fatalf("an old code: %v", err)
	}
}

func TestRefreshTokens(t *testing.T) {
	for name, scopes := range map[string][]string{"session": {"openid"}, "offline": {"openid", "offline_access"}} {
		w := start(t)
		a := newApp(t, w.base+"/default", "app", "")
		a.oauth.Scopes = scopes
		first := a.redeem(t, code(t, a), "")
		old := &oauth2.Token{RefreshToken: first.token.RefreshToken}
		fresh, err := a.oauth.TokenSource(context.Background(), old).Token()
		if err != nil {
			t.Fatal(err)
		}
		if raw, _ := fresh.Extra("id_token").(string); raw == "" || fresh.AccessToken == first.token.AccessToken {
			t.Errorf("%s: refreshed %+v", name, fresh)
		}
		w.EndAll(context.Background())
		_, err = a.oauth.TokenSource(context.Background(), old).Token()
		if offline := name == "offline"; offline != (err == nil) {
			t.Errorf("%s: after the logout: %v", name, err)
		}
	}
}

func TestUserinfo(t *testing.T) {
	w := start(t, issuers(idp.IssuerOptions{Name: "default", Users: []idp.User{
		{Sub: "alice", Claims: map[string]any{"groups": []string{"staff ${sub}"}, "name": "Alice", "phone_number": "1"}},
	}}))
	a := newApp(t, w.base+"/default", "app", "")
	k := a.redeem(t, code(t, a), "")
	at := w.base + "/default/userinfo"
	got := send(t, http.DefaultClient, at, url.Values{"access_token": {k.token.AccessToken}})
	if got.status != 200 || !strings.Contains(got.body, `"staff ${sub}"`) || strings.Contains(got.body, "phone") {
		t.Fatalf("by form: %d %s", got.status, got.body)
	}
	if groups, _ := k.claims["groups"].([]any); len(groups) != 1 || groups[0] != "staff ${sub}" {
		t.Fatalf("ID token %v", k.claims)
	}
	for _, header := range []string{"", "Bearer wrong", "Basic x"} {
		request, err := http.NewRequest(http.MethodGet, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", header)
		answer, err := http.DefaultClient.Do(request)
		if got := read(t, answer, err); got.status != 401 || !strings.Contains(got.header.Get("WWW-Authenticate"), "invalid_token") {
			t.Errorf("%q: %d %v", header, got.status, got.header)
		}
	}
}
