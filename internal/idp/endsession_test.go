package idp_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/idp"
)

const (
	bye   = "https://app.example/bye?x=1"
	state = `s!"#$%&'()*+,-./:;<=>?@[\]^_{|}~ ` + "0123456789012345678901234567890123456789"
)

// endWorld has a registered client whose receiver is known, and one user of it.
func endWorld(t *testing.T) (*world, *receivers, *app, *http.Client, ticket) {
	t.Helper()
	v, client := &receivers{}, secretClient
	client.BackchannelLogoutURI = "http://app.example/out"
	w := start(t, issuers(idp.IssuerOptions{Name: "default", Clients: []idp.Client{client}}),
		func(o *idp.Options) { o.Delivery.Client = &http.Client{Transport: v} })
	a, b := newApp(t, w.base+"/default", "app", client.Secret), browser(t)
	return w, v, a, b, a.login(t, b, "alice")
}

func TestLogoutWithAHint(t *testing.T) {
	for _, path := range []string{"endsession", "end_session", "logout"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			w, v, a, b, k := endWorld(t)
			form := url.Values{"id_token_hint": {k.raw}, "post_logout_redirect_uri": {bye}, "state": {state}, "client_id": {"app"}}
			if _, err := w.SetClock(idp.ClockSetting{Advance: 24 * time.Hour}); err != nil { // the hint has expired
				t.Fatal(err)
			}
			at := w.base + "/default/" + path
			got := reply{}
			if method == http.MethodGet {
				got = fetch(t, b, at+"?"+form.Encode())
			} else {
				got = send(t, b, at, form)
			}
			q := got.location.Query()
			if !strings.HasPrefix(got.location.String(), "https://app.example/bye?x=1&state=") || q.Get("state") != state || len(q) != 2 {
				t.Fatalf("%s %s: %d %s %s", method, path, got.status, got.location, got.body)
			}
			if len(v.tokens("app.example")) != 1 || len(w.Sessions()) != 0 {
				t.Errorf("told %v, left %+v", v.tokens("app.example"), w.Sessions())
			}
			if q := fetch(t, b, a.oauth.AuthCodeURL("s")+"&prompt=none").location.Query(); q.Get("error") != "login_required" {
				t.Errorf("after the logout: %v", q)
			}
			// Once more: nobody is logged in, and that is no error.
			if got := fetch(t, b, at+"?"+form.Encode()); got.location.Query().Get("state") != state {
				t.Errorf("again: %d %s", got.status, got.location)
			}
		}
	}
}

func TestRefusedLogoutRequests(t *testing.T) {
	w, v, _, b, k := endWorld(t)
	other := newApp(t, w.base+"/other", "app", "").login(t, browser(t), "alice")
	spoiled := k.raw[:len(k.raw)-20] + "AAAAAAAAAAAAAAAAAAAA"
	token, err := w.Mint("default", idp.MintRequest{Sub: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]url.Values{
		"modified hint":            {"id_token_hint": {spoiled}, "post_logout_redirect_uri": {bye}},
		"hint that is no token":    {"id_token_hint": {"x"}},
		"hint of another issuer":   {"id_token_hint": {other.raw}, "post_logout_redirect_uri": {bye}},
		"logout token as hint":     {"id_token_hint": {token.Wire}},
		"another client_id":        {"id_token_hint": {k.raw}, "client_id": {"b"}},
		"unregistered URI":         {"id_token_hint": {k.raw}, "post_logout_redirect_uri": {"https://app.example/bye"}},
		"unregistered, no hint":    {"client_id": {"app"}, "post_logout_redirect_uri": {bye + "&y=2"}},
		"URI of nobody":            {"post_logout_redirect_uri": {bye}},
		"a script":                 {"client_id": {"any"}, "post_logout_redirect_uri": {"javascript:alert(1)"}},
		"a parameter twice":        {"state": {"1", "2"}},
		"a client id without end":  {"client_id": {strings.Repeat("c", 600)}},
		"URI with a fragment":      {"client_id": {"any"}, "post_logout_redirect_uri": {"https://x.example/#f"}},
		"hint signed with a guess": {"id_token_hint": {"eyJhbGciOiJIUzI1NiJ9." + strings.Split(k.raw, ".")[1] + ".AAAA"}},
	} {
		got := fetch(t, b, w.base+"/default/endsession?"+form.Encode())
		if got.status != http.StatusBadRequest || got.header.Get("Location") != "" {
			t.Errorf("%s: %d %s", name, got.status, got.location)
		}
	}
	if len(w.SessionsOf("default", "alice")) != 1 || len(v.tokens("app.example")) != 0 {
		t.Error("a refused request ended a session")
	}
}

var confirmation = regexp.MustCompile(`name="confirm" value="([^"]+)"`)

func TestLogoutIsAskedForWithoutAFittingHint(t *testing.T) {
	w, v, a, b, _ := endWorld(t)
	at := w.base + "/default/endsession"
	stranger := a.login(t, browser(t), "bob")
	for name, form := range map[string]url.Values{
		"no parameters":          {},
		"a client and no hint":   {"client_id": {"app"}, "post_logout_redirect_uri": {bye}, "state": {`"><script>`}},
		"a hint of another user": {"id_token_hint": {stranger.raw}, "post_logout_redirect_uri": {bye}},
	} {
		got := fetch(t, b, at+"?"+form.Encode())
		if got.status != http.StatusOK || !confirmation.MatchString(got.body) || strings.Contains(got.body, "<script>") {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	form := url.Values{"client_id": {"app"}, "post_logout_redirect_uri": {bye}, "state": {state}, "answer": {"yes"}, "confirm": {"guess"}}
	page := send(t, b, at, form)
	found := confirmation.FindStringSubmatch(page.body)
	if found == nil || len(w.Sessions()) != 2 {
		t.Fatalf("a forged confirmation: %d %s", page.status, page.body)
	}
	form.Set("confirm", found[1])
	form.Set("answer", "no")
	if got := send(t, b, at, form); got.status != http.StatusOK || len(w.Sessions()) != 2 {
		t.Fatalf("no: %d %s", got.status, got.body)
	}
	form.Set("answer", "yes")
	got := send(t, b, at, form)
	if got.status != http.StatusSeeOther || got.location.Query().Get("state") != state || len(w.SessionsOf("default", "alice")) != 0 {
		t.Fatalf("yes: %d %s", got.status, got.location)
	}
	if len(v.tokens("app.example")) != 1 || len(w.SessionsOf("default", "bob")) != 1 {
		t.Error("the wrong session ended")
	}
	// Nobody is logged in any more: a page with a link, for nobody vouches for
	// the redirect.
	got = fetch(t, b, at+"?client_id=app&post_logout_redirect_uri="+url.QueryEscape(bye))
	if got.status != http.StatusOK || !strings.Contains(got.body, "https://app.example/bye") {
		t.Errorf("without a session: %d %s", got.status, got.body)
	}
}

func TestHintOutlivesARotation(t *testing.T) {
	w, _, _, b, k := endWorld(t)
	for range 2 {
		if err := w.Rotate("default", false); err != nil {
			t.Fatal(err)
		}
	}
	fetch(t, b, w.base+"/default/endsession?id_token_hint="+k.raw)
	if len(w.SessionsOf("default", "alice")) != 0 {
		t.Error("a hint signed before the rotation ended nothing")
	}
}

func TestHintWithoutACookieEndsItsSession(t *testing.T) {
	w, _, a, _, k := endWorld(t)
	a.login(t, browser(t), "alice") // another session of the user
	got := fetch(t, browser(t), w.base+"/default/endsession?id_token_hint="+k.raw)
	left := w.SessionsOf("default", "alice")
	if got.status != http.StatusOK || len(left) != 1 || left[0].Logins[0].Sid == k.sid() {
		t.Fatalf("%d, left %+v", got.status, left)
	}
	if !strings.Contains(got.body, "200") {
		t.Errorf("the page does not say what the client answered: %s", got.body)
	}
}

func TestClientWithoutRegistrationMayGoAnywhere(t *testing.T) {
	w, b := start(t), browser(t)
	k := newApp(t, w.base+"/default", "app", "").login(t, b, "alice")
	form := url.Values{"id_token_hint": {k.raw}, "post_logout_redirect_uri": {"com.example.app:/bye"}, "state": {"s"}}
	got := fetch(t, b, w.base+"/default/endsession?"+form.Encode())
	if got.header.Get("Location") != "com.example.app:/bye?state=s" || len(w.Sessions()) != 0 {
		t.Errorf("%d %s", got.status, got.header.Get("Location"))
	}
}
