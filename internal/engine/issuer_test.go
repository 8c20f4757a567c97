package engine

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
)

// startIssuer runs the issuer of a configuration.
func startIssuer(t testing.TB, change func(*config.Config)) issuer {
	t.Helper()
	c := config.Default()
	c.Issuer.Listen = "127.0.0.1:0"
	change(&c)
	listener, err := listenerOf(Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	c.Issuer.URL = base + "/default"
	if second := c.Target.Second.Issuer; second != nil {
		second.IssuerURL = base + second.IssuerURL
	}
	i, err := newIssuer(Options{Config: c, Listener: listener, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.start())
	return i
}

// everywhere has all places that an issuer serves.
func everywhere(c *config.Config) {
	c.Target.Second.Client = &config.App{Client: config.Client{ID: "app-2", Secret: strings.Repeat("2", 32)}}
	c.Target.Second.Issuer = &config.App{IssuerURL: "/other", Client: config.Client{ID: "app-other", Alg: "ES256"}}
	c.Target.Replicas = []string{"http://127.0.0.1:1"}
}

// logIn does as a target does: it gets a code for a user, and redeems it.
func logIn(t testing.TB, issuer, client, secret, sub, nonce string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := url.Values{
		"response_type": {"code"}, "scope": {"openid"}, "client_id": {client}, "redirect_uri": {"http://app.example/cb"},
		"login_hint": {sub}, "nonce": {nonce},
	}
	answer, err := b.Get(issuer + "/authorize?" + ask.Encode())
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	at, err := answer.Location()
	if err != nil {
		t.Fatalf("%s: %v", answer.Status, err)
	}
	answer, err = b.PostForm(issuer+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {at.Query().Get("code")}, "redirect_uri": {"http://app.example/cb"},
		"client_id": {client}, "client_secret": {secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var tokens struct {
		IDToken string `json:"id_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&tokens); err != nil || tokens.IDToken == "" {
		t.Fatalf("%s: %v", answer.Status, err)
	}
	return tokens.IDToken
}

// verify checks a token with the keys that an issuer publishes.
func verify(t testing.TB, issuer, token string) map[string]any {
	t.Helper()
	answer, err := http.Get(issuer + "/jwks")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := parsed.Claims(&set, &claims); err != nil {
		t.Fatalf("%s does not verify %s: %v", issuer, token, err)
	}
	return claims
}

// At every place, tokens are made by its issuer for its client, about the
// sessions that are there.
func TestTokensOfEveryPlace(t *testing.T) {
	i := startIssuer(t, everywhere)
	other := strings.Replace(i.url(), "/default", "/other", 1)
	for place, at := range map[run.Place]struct{ issuer, client, secret string }{
		run.Home:           {i.url(), "app", config.Default().Client.Secret},
		run.AtSecondClient: {i.url(), "app-2", strings.Repeat("2", 32)},
		run.AtSecondIssuer: {other, "app-other", ""},
		run.AtReplica:      {i.url(), "app", config.Default().Client.Secret},
	} {
		if err := i.Foresee(t.Context(), place, "alice", exchange.Wish{Sid: "equal-sid"}); err != nil {
			t.Fatal(err)
		}
		idToken := logIn(t, at.issuer, at.client, at.secret, "alice", "nonce@"+string(place))
		about, err := i.Session(t.Context(), place, "alice")
		if err != nil {
			t.Fatal(err)
		}
		if want := (exchange.Session{Sub: "alice", Sid: "equal-sid", Nonce: "nonce@" + string(place), IDToken: idToken, Place: place}); about != want {
			t.Errorf("%s: session %+v", place, about)
		}
		token, err := i.Mint(t.Context(), place, fixtures.Valid().With("was", `"${id_token}"`).With("more", `"${more}"`), about, map[string]string{"more": "x"})
		if err != nil {
			t.Fatal(err)
		}
		claims := verify(t, at.issuer, token.Wire)
		if claims["iss"] != at.issuer || claims["aud"] != at.client || claims["sub"] != "alice" || claims["sid"] != "equal-sid" ||
			claims["was"] != idToken || claims["more"] != "x" {
			t.Errorf("%s: claims %v", place, claims)
		}
		known, err := i.Refresh(t.Context(), place, about)
		if err != nil || !known.Issued || known.Offline || known.Revoked || known.Uses != 0 {
			t.Errorf("%s: %+v, %v", place, known, err)
		}
	}
	// The other issuer's key is what a recipe at home calls that.
	foreign, err := i.Mint(t.Context(), run.Home, fixtures.Valid().SignedBy(fixtures.OtherIssuer).SignedWith("ES256"), exchange.Session{Sub: "alice", Sid: "s"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	verify(t, other, foreign.Wire)
}

// Who logs in again in an older session is where they logged in last.
func TestNewestLogin(t *testing.T) {
	i := startIssuer(t, func(*config.Config) {})
	secret := config.Default().Client.Secret
	for _, nonce := range []string{"first", "second"} {
		logIn(t, i.url(), "app", secret, "alice", nonce)
		if about, err := i.Session(t.Context(), run.Home, "alice"); err != nil || about.Nonce != nonce {
			t.Errorf("%s: %+v, %v", nonce, about, err)
		}
	}
	if err := i.Foresee(t.Context(), run.Home, "alice", exchange.Wish{WithoutSid: true}); err != nil {
		t.Fatal(err)
	}
	logIn(t, i.url(), "app", secret, "alice", "third")
	if about, err := i.Session(t.Context(), run.Home, "alice"); err != nil || about.Nonce != "third" || about.Sid != "" {
		t.Errorf("%+v, %v", about, err)
	}
	if _, err := i.Session(t.Context(), run.Home, "nobody"); err == nil {
		t.Error("nobody has a session")
	}
}

func TestHeldLoginIsSeenMeanwhile(t *testing.T) {
	i := startIssuer(t, everywhere)
	reached, release, err := i.Hold(t.Context(), run.AtSecondClient, "alice")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 1)
	go func() { done <- logIn(t, i.url(), "app-2", strings.Repeat("2", 32), "alice", "n") }()
	<-reached
	about, err := i.Session(t.Context(), run.AtSecondClient, "alice")
	if err != nil || about.IDToken == "" {
		t.Errorf("%+v, %v", about, err)
	}
	release()
	if got := <-done; got != about.IDToken {
		t.Errorf("got %s", got)
	}
}

func TestServedKeysOfTheIssuer(t *testing.T) {
	i := startIssuer(t, everywhere)
	look := func() string {
		answer, err := http.Get(i.url() + "/jwks")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	usual := look()
	if err := i.Serve(t.Context(), fixtures.JWKS{Body: "${x}"}, map[string]string{"x": "told"}); err != nil {
		t.Fatal(err)
	}
	told := look()
	if err := i.ServeAsUsual(t.Context()); err != nil {
		t.Fatal(err)
	}
	if told != "told" || look() != usual {
		t.Errorf("served %q", told)
	}
	if n, err := i.Fetches(t.Context()); err != nil || n != 3 {
		t.Errorf("%d fetches, %v", n, err)
	}
}

// Near canaries stand on the issuer's own origin, far ones on another.
func TestCanariesOfTheIssuer(t *testing.T) {
	for profile, near := range map[run.Profile]bool{run.OIDC: true, run.SharedSecret: false} {
		i := startIssuer(t, func(c *config.Config) {
			c.Profile, c.Secret.Text = profile, strings.Repeat("s", 32)
		})
		values := i.Canary("one")
		if near != (values["canary"] != values["canary.far"]) || near && !strings.HasPrefix(i.url(), "http://"+values["canary.host"]+"/") {
			t.Errorf("%s: %v", profile, values)
		}
		asked := []string{
			values["canary"] + "/jwks.json", values["canary.far"] + "/.well-known/openid-configuration", "http://" + values["canary.far.host"] + "/stray",
			strings.Replace(values["canary"], "/canary/", "/tenant/../canary/", 1),
		}
		for _, at := range asked {
			answer, err := http.Get(at)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
		}
		if hits, err := i.Hits(t.Context(), "one"); err != nil || len(hits) != len(asked) {
			t.Errorf("%s: %+v, %v", profile, hits, err)
		}
		if hits, err := i.Hits(t.Context(), "two"); err != nil || len(hits) != 0 {
			t.Errorf("%s: another canary has %+v, %v", profile, hits, err)
		}
	}
}

func TestPlacesThatAreNotThere(t *testing.T) {
	for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
		i := startIssuer(t, func(c *config.Config) { c.Profile, c.Secret.Text = profile, "s" })
		if _, err := i.Mint(t.Context(), run.AtSecondClient, fixtures.Valid(), exchange.Session{Sub: "alice"}, nil); err == nil {
			t.Errorf("%s: a token of nowhere", profile)
		}
	}
}

func TestIssuersThatCannotBeServed(t *testing.T) {
	for name, change := range map[string]func(*config.Config){
		"a second issuer elsewhere": func(c *config.Config) {
			c.Target.Second.Issuer = &config.App{IssuerURL: "http://elsewhere.example/other", Client: config.Client{ID: "x"}}
		},
		"encryption without a key": func(c *config.Config) { c.Client.EncryptionAlg = "RSA-OAEP" },
		"a JWK set that is none":   func(c *config.Config) { c.Client.JWKS = "{" },
	} {
		c := config.Default()
		c.Issuer.Listen = "127.0.0.1:0"
		change(&c)
		if _, err := newIssuer(Options{Config: c, Clock: time.Now}); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}
