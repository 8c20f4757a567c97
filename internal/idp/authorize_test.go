package idp_test

import (
	"maps"
	"math/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/loggedout/loggedout/internal/idp"
)

func TestRefusedAuthenticationRequests(t *testing.T) {
	w := start(t,
		issuers(
			idp.IssuerOptions{Name: "default", Clients: []idp.Client{secretClient}},
			idp.IssuerOptions{Name: "strict", Strict: true, Clients: []idp.Client{{ID: "bare"}, secretClient}, Users: []idp.User{{Sub: "alice"}}},
		))
	tests := []struct {
		name   string
		change url.Values
		issuer string
		page   bool // an error page, and no redirect
		code   string
	}{
		{"right", nil, "default", false, ""},
		{"no client", url.Values{"client_id": nil}, "default", true, "invalid_request"},
		{"no redirect URI", url.Values{"redirect_uri": nil}, "default", true, "invalid_request"},
		{"unregistered redirect URI", url.Values{"redirect_uri": {"https://app.example/callback"}}, "default", true, "invalid_request"},
		{"redirect URI with a fragment", url.Values{"client_id": {"any"}, "redirect_uri": {callback + "#x"}}, "default", true, "invalid_request"},
		{"redirect URI that is a script", url.Values{"client_id": {"any"}, "redirect_uri": {"javascript:alert(1)"}}, "default", true, "invalid_request"},
		{"relative redirect URI", url.Values{"client_id": {"any"}, "redirect_uri": {"/callback"}}, "default", true, "invalid_request"},
		{"a parameter twice", url.Values{"redirect_uri": {callback, callback}}, "default", true, "invalid_request"},
		{"unknown client, strict", url.Values{"client_id": {"any"}}, "strict", true, "invalid_request"},
		{"no registered redirect URI, strict", url.Values{"client_id": {"bare"}}, "strict", true, "invalid_request"},
		{"unknown user, strict", url.Values{"login_hint": {"mallory"}}, "strict", false, "access_denied"},
		{"known user, strict", nil, "strict", false, ""},
		{"no response type", url.Values{"response_type": nil}, "default", false, "invalid_request"},
		{"implicit flow", url.Values{"response_type": {"id_token"}}, "default", false, "unsupported_response_type"},
		{"fragment mode", url.Values{"response_mode": {"fragment"}}, "default", false, "invalid_request"},
		{"request object", url.Values{"request": {"x"}}, "default", false, "request_not_supported"},
		{"request by reference", url.Values{"request_uri": {"x"}}, "default", false, "request_uri_not_supported"},
		{"no openid", url.Values{"scope": {"profile"}}, "default", false, "invalid_scope"},
		{"unknown challenge method", url.Values{"code_challenge": {oauth2.GenerateVerifier()}, "code_challenge_method": {"S512"}}, "default", false, "invalid_request"},
		{"short challenge", url.Values{"code_challenge": {"short"}, "code_challenge_method": {"S256"}}, "default", false, "invalid_request"},
		{"method without challenge", url.Values{"code_challenge_method": {"S256"}}, "default", false, "invalid_request"},
		{"none with login", url.Values{"prompt": {"none login"}}, "default", false, "invalid_request"},
		{"unknown prompt", url.Values{"prompt": {"dance"}}, "default", false, "invalid_request"},
		{"bad max_age", url.Values{"max_age": {"-1"}}, "default", false, "invalid_request"},
		{"long nonce", url.Values{"nonce": {strings.Repeat("n", 2000)}}, "default", false, "invalid_request"},
		{"long login", url.Values{"login_hint": {strings.Repeat("n", 256)}}, "default", false, "invalid_request"},
		{"control character in a login", url.Values{"login_hint": {"a\nb"}}, "default", false, "invalid_request"},
	}
	for _, tt := range tests {
		form := url.Values{
			"client_id": {"app"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"}, "login_hint": {"alice"},
		}
		maps.Copy(form, tt.change)
		got := fetch(t, browser(t), w.base+"/"+tt.issuer+"/authorize?"+form.Encode())
		q := got.location.Query()
		if tt.page {
			if got.status != http.StatusBadRequest || got.header.Get("Location") != "" || !strings.Contains(got.body, tt.code) {
				t.Errorf("%s: %d %s %s", tt.name, got.status, got.location, got.body)
			}
			continue
		}
		if got.status != http.StatusFound || q.Get("error") != tt.code || (q.Get("code") == "") != (tt.code != "") || q.Get("state") != "s" ||
			q.Get("iss") != w.base+"/"+tt.issuer {
			t.Errorf("%s: %d %s %s", tt.name, got.status, got.location, got.body)
		}
	}
}

func TestLoginAgainWhenAskedFor(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	w := start(t, func(o *idp.Options) { o.Clock = func() time.Time { return now } })
	a, b := newApp(t, w.base+"/default", "app", ""), browser(t)
	at := a.oauth.AuthCodeURL("s")
	if q := fetch(t, b, at+"&login_hint=alice").location.Query(); q.Get("code") == "" {
		t.Fatal("no login")
	}
	first := w.SessionsOf("default", "alice")[0]
	if _, err := w.SetClock(idp.ClockSetting{Advance: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, b, at+"&max_age=60"); got.location.Query().Get("code") == "" {
		t.Error("a session of 60s is too old for max_age=60")
	}
	for _, more := range []string{"&max_age=0", "&max_age=59", "&prompt=login", "&prompt=select_account", "&login_hint=bob&prompt=select_account"} {
		if got := fetch(t, b, at+more); got.status != http.StatusOK || !strings.Contains(got.body, "autofocus") {
			t.Errorf("%s: %d, no login page", more, got.status)
		}
	}
	if q := fetch(t, b, at+"&max_age=59&prompt=none").location.Query(); q.Get("error") != "login_required" {
		t.Errorf("too old, and silent: %v", q)
	}
	if q := fetch(t, b, at+"&prompt=login&login_hint=alice").location.Query(); q.Get("code") == "" {
		t.Errorf("login again: %v", q)
	}
	again := w.SessionsOf("default", "alice")
	if len(again) != 1 || again[0].ID != first.ID || again[0].AuthTime.Sub(first.AuthTime) != time.Minute {
		t.Errorf("sessions %+v", again)
	}
}

func TestCookieIsOfTheIssuerAlone(t *testing.T) {
	w := start(t, issuers(idp.IssuerOptions{}, idp.IssuerOptions{Name: "default"}))
	root, path, b := newApp(t, w.base, "app", ""), newApp(t, w.base+"/default", "app", ""), browser(t)
	root.login(t, b, "alice")
	got := fetch(t, b, path.oauth.AuthCodeURL("s")+"&prompt=none").location.Query()
	if got.Get("error") != "login_required" {
		t.Fatalf("the session of one issuer is good at another: %v", got)
	}
	path.login(t, b, "bob")
	for name, a := range map[string]*app{"root": root, "path": path} {
		if q := fetch(t, b, a.oauth.AuthCodeURL("s")+"&prompt=none").location.Query(); q.Get("code") == "" {
			t.Errorf("%s: %v", name, q)
		}
	}
	if len(w.SessionsOf("", "alice")) != 1 || len(w.SessionsOf("default", "bob")) != 1 {
		t.Errorf("sessions %+v", w.Sessions())
	}
	header := fetch(t, browser(t), path.oauth.AuthCodeURL("s")+"&login_hint=al").header.Get("Set-Cookie")
	for _, want := range []string{"mockidp_session=", "Path=/default", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(header, want) {
			t.Errorf("cookie %q lacks %s", header, want)
		}
	}
}

func TestIdentifiersComeFromTheGivenSource(t *testing.T) {
	same := func() (cookie, code string) {
		w := start(t, func(o *idp.Options) { o.Rand = rand.New(rand.NewSource(1)) })
		got := fetch(t, browser(t), newApp(t, w.base+"/default", "app", "").oauth.AuthCodeURL("s")+"&login_hint=alice")
		return got.header.Get("Set-Cookie"), got.location.Query().Get("code")
	}
	cookie, code := same()
	if again, more := same(); cookie == "" || code == "" || again != cookie || more != code {
		t.Errorf("%s %s, then %s %s", cookie, code, again, more)
	}
	w := start(t, func(o *idp.Options) { o.Rand = strings.NewReader("soon over") })
	q := fetch(t, browser(t), newApp(t, w.base+"/default", "app", "").oauth.AuthCodeURL("s")+"&login_hint=alice").location.Query()
	if q.Get("error") != "server_error" || q.Get("code") != "" {
		t.Errorf("without a source: %v", q)
	}
}
