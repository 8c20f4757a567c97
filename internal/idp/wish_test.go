package idp_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/idp"
)

func foresee(t testing.TB, w *world, issuer string, wish idp.Wish) {
	t.Helper()
	if err := w.Foresee(issuer, "app", "alice", wish); err != nil {
		t.Fatal(err)
	}
}

// payload is the decoded payload of a token.
func payload(t testing.TB, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no token", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A wish holds for one login of one user at one client.
func TestWishedSid(t *testing.T) {
	w := start(t)
	a, b := newApp(t, w.base+"/default", "app", ""), browser(t)
	foresee(t, w, "default", idp.Wish{Sid: "the-sid"})
	other := newApp(t, w.base+"/default", "other-app", "").login(t, browser(t), "alice")
	bob := a.login(t, browser(t), "bob")
	alice, again := a.login(t, b, "alice"), a.login(t, browser(t), "alice")
	if other.sid() == "the-sid" || bob.sid() == "the-sid" || alice.sid() != "the-sid" || again.sid() == "the-sid" || again.sid() == "" {
		t.Errorf("other client %s, bob %s, alice %s, then %s", other.sid(), bob.sid(), alice.sid(), again.sid())
	}
	if ended, err := w.End(t.Context(), "default", "the-sid"); err != nil || ended.Session.Sub != "alice" {
		t.Errorf("the session of the sid: %+v, %v", ended, err)
	}
	// In the same browser, a login takes over the new sid, and leaves the old.
	first := a.login(t, b, "alice")
	foresee(t, w, "default", idp.Wish{Sid: "next-sid"})
	if second := a.login(t, b, "alice"); second.sid() != "next-sid" || second.sid() == first.sid() {
		t.Errorf("%s, then %s", first.sid(), second.sid())
	}
	if _, err := w.End(t.Context(), "default", first.sid()); err == nil {
		t.Error("the former sid still names the session")
	}
}

// Two issuers may give two users the same sid.
func TestEqualSidsAtTwoIssuers(t *testing.T) {
	w := start(t)
	for _, issuer := range []string{"default", "other"} {
		foresee(t, w, issuer, idp.Wish{Sid: "equal"})
		if got := newApp(t, w.base+"/"+issuer, "app", "").login(t, browser(t), "alice"); got.sid() != "equal" {
			t.Errorf("%s: %s", issuer, got.sid())
		}
	}
	if _, err := w.End(t.Context(), "other", "equal"); err != nil || len(w.SessionsOf("default", "alice")) != 1 {
		t.Errorf("the sessions %+v are left: %v", w.Sessions(), err)
	}
}

// Where a sid was given twice at one issuer, the older session's end leaves it to
// the newer.
func TestSidThatWasGivenTwice(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	var ids []string
	for range 2 {
		foresee(t, w, "default", idp.Wish{Sid: "twice"})
		a.login(t, browser(t), "alice")
	}
	for _, s := range w.SessionsOf("default", "alice") {
		ids = append(ids, s.ID)
	}
	if _, err := w.End(t.Context(), "default", ids[0]); err != nil {
		t.Fatal(err)
	}
	if ended, err := w.End(t.Context(), "default", "twice"); err != nil || ended.Session.ID != ids[1] {
		t.Errorf("%+v, %v", ended, err)
	}
}

func TestWishWithoutSid(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	foresee(t, w, "default", idp.Wish{WithoutSid: true})
	got := a.login(t, browser(t), "alice")
	if _, there := got.claims["sid"]; there {
		t.Errorf("claims %v", got.claims)
	}
	login, _ := w.SessionsOf("default", "alice")[0].Login("app")
	if !login.WithoutSid || login.Sid == "" {
		t.Errorf("login %+v", login)
	}
	fresh, err := a.oauth.TokenSource(context.Background(), &oauth2.Token{RefreshToken: got.token.RefreshToken}).Token()
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := fresh.Extra("id_token").(string)
	if strings.Contains(payload(t, raw), `"sid"`) {
		t.Errorf("the refreshed ID token is %s", payload(t, raw))
	}
}

// Another token goes in the place of the ID token, about the same login.
func TestWishedIDToken(t *testing.T) {
	w := start(t)
	foresee(t, w, "default", idp.Wish{Sid: "the-sid", IDToken: &fixtures.Recipe{
		Base:   fixtures.SubSid,
		Claims: []fixtures.Edit{{Op: fixtures.OpSet, Name: "nonce", Value: `"${nonce}"`}, {Op: fixtures.OpSet, Name: "was", Value: `"${id_token}"`}},
	}})
	a := newApp(t, w.base+"/default", "app", "")
	got := a.login(t, browser(t), "alice")
	was, _ := got.claims["was"].(string)
	if got.sid() != "the-sid" || got.id.Nonce != "nonce-of-alice" || got.claims["events"] == nil || !strings.Contains(payload(t, was), `"nonce":"nonce-of-alice"`) {
		t.Errorf("claims %v", got.claims)
	}
	if login, _ := w.SessionsOf("default", "alice")[0].Login("app"); login.IDToken != got.raw {
		t.Errorf("remembered %s", login.IDToken)
	}
	if got := a.login(t, browser(t), "alice"); got.claims["events"] != nil {
		t.Errorf("the next login has %v", got.claims)
	}
}

func TestWishesAreChecked(t *testing.T) {
	w := start(t, func(o *idp.Options) { o.OnlyListed = true }, issuers(idp.IssuerOptions{Name: "default"}))
	for name, err := range map[string]error{
		"issuer": w.Foresee("nowhere", "app", "alice", idp.Wish{}),
		"user":   w.Foresee("default", "app", "", idp.Wish{}),
		"sid":    w.Foresee("default", "app", "alice", idp.Wish{Sid: strings.Repeat("s", 10_000)}),
	} {
		if err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

// An access token that a client was given can be presented as anything else.
func TestTokensKnowTheAccessToken(t *testing.T) {
	w := start(t)
	got := newApp(t, w.base+"/default", "app", "").login(t, browser(t), "alice")
	recipe := fixtures.Verbatim("${access_token}")
	token, err := w.Mint("default", idp.MintRequest{Recipe: &recipe, Sub: "alice"})
	if err != nil || token.Wire != got.token.AccessToken {
		t.Errorf("%s, %v", token.Wire, err)
	}
	if text, err := json.Marshal(w.Sessions()); err != nil || strings.Contains(string(text), got.token.AccessToken) {
		t.Errorf("it is shown: %s", text)
	}
}
