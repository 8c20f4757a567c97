package idp_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/idp"
)

func serve(t testing.TB, w *world, keys fixtures.JWKS) {
	t.Helper()
	if err := w.Serve("default", keys, map[string]string{"canary.far": "http://far.example"}); err != nil {
		t.Fatal(err)
	}
}

func TestJWKSIsServedAsTold(t *testing.T) {
	w := start(t)
	usual := fetch(t, browser(t), w.base+"/default/jwks")
	for name, c := range map[string]struct {
		keys   fixtures.JWKS
		status int
		body   string // contained
		header http.Header
	}{
		"down":          {fixtures.JWKS{Status: 500}, 500, "", nil},
		"garbage":       {fixtures.JWKS{Body: "<html>"}, 200, "<html>", http.Header{"Content-Type": {"application/json"}}},
		"wrong type":    {fixtures.JWKS{Header: []fixtures.Field{{Name: "content-type", Value: "text/html"}}}, 200, usual.body, http.Header{"Content-Type": {"text/html"}}},
		"no type":       {fixtures.JWKS{Header: []fixtures.Field{{Name: "Content-Type"}}}, 200, usual.body, http.Header{"Content-Type": nil}},
		"another host":  {fixtures.JWKS{Status: 302, Header: []fixtures.Field{{Name: "Location", Value: "${canary.far}/jwks.json"}}}, 302, "", http.Header{"Location": {"http://far.example/jwks.json"}}},
		"more entries":  {fixtures.JWKS{Also: []string{`{"kty":"?"}`}}, 200, `,{"kty":"?"}]`, nil},
		"an attacker's": {fixtures.JWKS{Body: `{"keys":[${rogue.jwk}]}`}, 200, `{"keys":[{"use":"sig","kty":"RSA"`, nil},
		"huge":          {fixtures.JWKS{Pad: 1 << 20}, 200, `"kid":"pad-001000"`, nil},
	} {
		serve(t, w, c.keys)
		got := fetch(t, browser(t), w.base+"/default/jwks")
		if got.status != c.status || !strings.Contains(got.body, c.body) || c.body == "" && got.body != "" {
			t.Errorf("%s: %d %.200s", name, got.status, got.body)
		}
		for field, want := range c.header {
			if strings.Join(got.header[field], "\n") != strings.Join(want, "\n") {
				t.Errorf("%s: %s is %q, want %q", name, field, got.header[field], want)
			}
		}
	}
	if other := fetch(t, browser(t), w.base+"/other/jwks"); other.status != 200 || strings.Contains(other.body, "pad-") {
		t.Errorf("another issuer answers %d %.200s", other.status, other.body)
	}
	if total := w.Stats().Issuers["default"].JWKS.Total; total != 9 {
		t.Errorf("%d fetches were counted", total)
	}
	if err := w.ServeAsUsual("default"); err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, browser(t), w.base+"/default/jwks"); got.body != usual.body {
		t.Errorf("afterwards: %s", got.body)
	}
}

// What is published while something else is served shows in both.
func TestServedJWKSFollowsTheKeys(t *testing.T) {
	w := start(t)
	serve(t, w, fixtures.JWKS{Also: []string{`{"kty":"?"}`}})
	before := fetch(t, browser(t), w.base+"/default/jwks").body
	if err := w.Publish("default", fixtures.Next); err != nil {
		t.Fatal(err)
	}
	after := fetch(t, browser(t), w.base+"/default/jwks").body
	if strings.Count(before, `"kid"`) != 1 || strings.Count(after, `"kid"`) != 2 || !strings.HasSuffix(after, `,{"kty":"?"}]}`+"\n") {
		t.Errorf("before %s, after %s", before, after)
	}
}

func TestJWKSIsDropped(t *testing.T) {
	w := start(t)
	serve(t, w, fixtures.JWKS{Drop: true})
	answer, err := http.Get(w.base + "/default/jwks")
	if err == nil {
		answer.Body.Close()
		t.Errorf("answered %s", answer.Status)
	}
	if _, err := oidc.NewProvider(t.Context(), w.base+"/default"); err != nil {
		t.Errorf("the rest is gone as well: %v", err)
	}
}

// An answer that is held back comes when its time is over, at once when the
// service is as usual again, and never when the client is gone.
func TestJWKSIsDelayed(t *testing.T) {
	w := start(t)
	serve(t, w, fixtures.JWKS{Delay: time.Millisecond, Body: "late"})
	if got := fetch(t, browser(t), w.base+"/default/jwks"); got.body != "late" {
		t.Errorf("late: %s", got.body)
	}
	serve(t, w, fixtures.JWKS{Delay: time.Minute, Body: "late"})
	asked := make(chan string, 1)
	go func() {
		answer, err := http.Get(w.base + "/default/jwks")
		if err != nil {
			asked <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		asked <- string(body)
	}()
	await(t, func() bool { return w.Stats().JWKS.Total == 2 })
	if err := w.ServeAsUsual("default"); err != nil {
		t.Fatal(err)
	}
	if got := <-asked; !strings.HasPrefix(got, `{"keys":[{`) {
		t.Errorf("as usual again: %s", got)
	}
	serve(t, w, fixtures.JWKS{Delay: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+"/default/jwks", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			answer.Body.Close()
		}
		asked <- ""
	}()
	await(t, func() bool { return w.Stats().JWKS.Total == 3 })
	cancel()
	<-asked
	await(t, func() bool { return len(w.Requests()) == 3 }) // it is recorded when it ends
}

func TestWhatCannotBeServedIsRefused(t *testing.T) {
	w := start(t)
	serve(t, w, fixtures.JWKS{Body: "former"})
	for name, keys := range map[string]fixtures.JWKS{
		"placeholder": {Body: "${nobody}"},
		"header":      {Header: []fixtures.Field{{Name: "X", Value: "${nobody}"}}},
		"status":      {Status: 99},
		"delay":       {Delay: 24 * time.Hour},
	} {
		if err := w.Serve("default", keys, nil); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
	if got := fetch(t, browser(t), w.base+"/default/jwks"); got.body != "former" {
		t.Errorf("answered %s", got.body)
	}
	if err := w.Reset(); err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, browser(t), w.base+"/default/jwks"); got.body == "former" {
		t.Error("a reset leaves what was told")
	}
}

// The text of the JWKS stands in every recipe, as it is served.
func TestTokensKnowTheJWKS(t *testing.T) {
	w := start(t)
	recipe := fixtures.Verbatim("${jwks}")
	token, err := w.Mint("default", idp.MintRequest{Recipe: &recipe, ClientID: "app", Sub: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, browser(t), w.base+"/default/jwks"); got.body != token.Wire {
		t.Errorf("served %s, minted %s", got.body, token.Wire)
	}
}

// await looks until something holds.
func await(t testing.TB, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("it did not come to hold")
		}
	}
}
