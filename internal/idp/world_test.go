package idp_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/loggedout/loggedout/internal/idp"
)

// A world is a running server.
type world struct {
	*idp.Server
	base, control string
}

// start runs a server on free ports.
func start(t testing.TB, change ...func(*idp.Options)) *world {
	t.Helper()
	protocol, control := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	o := idp.Options{BaseURL: "http://" + protocol.Listener.Addr().String()}
	for _, c := range change {
		c(&o)
	}
	s, err := idp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	protocol.Config.Handler, control.Config.Handler = s.Protocol(), s.Control()
	protocol.Start()
	control.Start()
	t.Cleanup(func() {
		protocol.Close()
		control.Close()
		s.Close()
	})
	return &world{Server: s, base: protocol.URL, control: control.URL}
}

// issuers is an option.
func issuers(all ...idp.IssuerOptions) func(*idp.Options) {
	return func(o *idp.Options) { o.Issuers = all }
}

// browser keeps cookies and follows no redirect.
func browser(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// A reply is an answer that was read.
type reply struct {
	status   int
	header   http.Header
	body     string
	location *url.URL // of a redirect, or empty
}

func read(t testing.TB, answer *http.Response, err error) reply {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := reply{status: answer.StatusCode, header: answer.Header, body: string(body), location: &url.URL{}}
	if l, err := answer.Location(); err == nil {
		out.location = l
	}
	return out
}

func fetch(t testing.TB, c *http.Client, target string) reply {
	t.Helper()
	answer, err := c.Get(target)
	return read(t, answer, err)
}

func send(t testing.TB, c *http.Client, target string, form url.Values) reply {
	t.Helper()
	answer, err := c.PostForm(target, form)
	return read(t, answer, err)
}

// call does a control call and reads the answer into out.
func (w *world) call(t testing.TB, method, path, body string, out any) reply {
	t.Helper()
	request, err := http.NewRequest(method, w.control+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	got := read(t, answer, err)
	if out != nil {
		if err := json.Unmarshal([]byte(got.body), out); err != nil {
			t.Fatalf("%s %s: %d %s: %v", method, path, got.status, got.body, err)
		}
	}
	return got
}

// An app is a relying party made of two independent libraries.
type app struct {
	oauth    oauth2.Config
	provider *oidc.Provider
}

const callback = "https://app.example/callback?keep=1"

func newApp(t testing.TB, issuer, id, secret string) *app {
	t.Helper()
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		t.Fatal(err)
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader // not to try a code twice
	return &app{provider: provider, oauth: oauth2.Config{
		ClientID: id, ClientSecret: secret, Endpoint: endpoint, RedirectURL: callback,
		Scopes: []string{"openid", "profile", "email"},
	}}
}

// A ticket is what a login came to.
type ticket struct {
	raw    string
	token  *oauth2.Token
	id     *oidc.IDToken
	claims map[string]any
}

func (k ticket) sid() string {
	sid, _ := k.claims["sid"].(string)
	return sid
}

// login runs the whole code flow with PKCE for a user.
func (a *app) login(t testing.TB, b *http.Client, sub string) ticket {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	at := a.oauth.AuthCodeURL("state-1", oidc.Nonce("nonce-of-"+sub), oauth2.S256ChallengeOption(verifier),
		oauth2.SetAuthURLParam("login_hint", sub))
	got := fetch(t, b, at)
	query := got.location.Query()
	if got.status != http.StatusFound || query.Get("code") == "" {
		t.Fatalf("login of %s: %d %s %s", sub, got.status, got.location, got.body)
	}
	return a.redeem(t, query.Get("code"), verifier)
}

func (a *app) redeem(t testing.TB, code, verifier string) ticket {
	t.Helper()
	ctx := context.Background()
	token, err := a.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := a.provider.Verifier(&oidc.Config{ClientID: a.oauth.ClientID}).Verify(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	out := ticket{raw: raw, token: token, id: id}
	if err := id.Claims(&out.claims); err != nil {
		t.Fatal(err)
	}
	return out
}
