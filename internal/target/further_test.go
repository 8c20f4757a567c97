package target

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// member is a page that names whoever has the cookie of a session.
func member(rw http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie("user")
	if err != nil {
		rw.WriteHeader(http.StatusUnauthorized)
		return
	}
	_, _ = fmt.Fprint(rw, cookie.Value)
}

// Another node gets the cookies of the receiver wherever it stands; another
// part of the receiver only where a browser would send them.
func TestOtherNodesGetTheSameCookies(t *testing.T) {
	base := served(t, func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			http.SetCookie(rw, &http.Cookie{Name: "user", Value: "alice", Path: "/"})
			return
		}
		member(rw, r)
	})
	byRequest := func(c *config.Config) { c.Target.Login.Request = &config.Request{URL: base + "/login"} }
	home := aimed(t, base, byRequest)
	elsewhere := aimed(t, strings.Replace(served(t, member), "127.0.0.1", "localhost", 1))
	b, login := home.Login(within(t), alice)
	if login.Error != "" {
		t.Fatal(login.Error)
	}
	for name, row := range map[string]struct {
		browser *Browser
		want    run.State
	}{
		"at home": {b, run.Alive}, "at a node": {b.AtNode(elsewhere), run.Alive}, "at another part": {b.At(elsewhere), run.Dead},
		"a copy at a node": {b.AtNode(elsewhere).Copy(), run.Alive},
	} {
		if probe := row.browser.Probe(within(t), alice); probe.State != row.want {
			t.Errorf("%s: %+v, want %s", name, probe, row.want)
		}
	}
}

// Every surface has its own idea of how it answers who is nobody.
func TestSurfaces(t *testing.T) {
	base := served(t, func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/me":
			http.Redirect(rw, r, "/login", http.StatusFound)
		case "/api":
			rw.WriteHeader(http.StatusForbidden)
		default:
			rw.WriteHeader(http.StatusAccepted)
			_, _ = fmt.Fprint(rw, "for alice")
		}
	})
	target := aimed(t, base, func(c *config.Config) {
		c.Target.Surfaces = map[string]config.Probe{
			"feed": {URL: base + "/feed", Alive: config.Alive{Status: []int{202}, Contains: "for {{.Sub}}"}}, "api": {URL: base + "/api"},
		}
	})
	if got := target.Surfaces(); !slices.Equal(got, []string{"api", "feed"}) {
		t.Errorf("surfaces %q", got)
	}
	target.KnowAnonymous(http.StatusFound)
	target.KnowAnonymousAt("api", http.StatusForbidden)
	target.KnowAnonymousAt("none", http.StatusForbidden)
	for surface, want := range map[string]run.State{"api": run.Dead, "feed": run.Alive, "none": run.Unknown} {
		if probe := target.NewBrowser().ProbeSurface(within(t), surface, alice); probe.State != want {
			t.Errorf("%s: %+v, want %s", surface, probe, want)
		}
	}
	target.KnowAnonymousAt("api", http.StatusUnauthorized)
	if probe := target.NewBrowser().ProbeSurface(within(t), "api", alice); probe.State != run.Unknown {
		t.Errorf("a guard of a surface: %+v", probe)
	}
}

// A token is shown under every name that login pages look for, and nobody goes
// on to the issuer, which would log the user in by itself.
func TestTokensShownToALogin(t *testing.T) {
	var asked []string
	base := served(t, func(rw http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch r.URL.Path {
		case "/login":
			q := r.URL.Query()
			if q.Get("jwt") != "a.b.c" || q.Get("token") != "a.b.c" || q.Get("id_token") != "a.b.c" || q.Get("lang") != "de" {
				t.Errorf("asked for %s", r.URL)
			}
			http.Redirect(rw, r, "/next", http.StatusFound)
		case "/next":
			http.Redirect(rw, r, "/default/authorize?client_id=app", http.StatusFound)
		default:
			member(rw, r)
		}
	})
	target := aimed(t, base, func(c *config.Config) { c.Target.Login.URL += "?lang=de" })
	if probe := target.ProbeLogin(within(t), "a.b.c", alice); probe.State != run.Dead {
		t.Errorf("%+v", probe)
	}
	if !slices.Equal(asked, []string{"/login", "/next", "/me"}) {
		t.Errorf("asked for %q", asked)
	}
	if probe := target.ProbeBearer(within(t), "no\nheader", alice); probe.State != run.Unknown {
		t.Errorf("what no header can carry: %+v", probe)
	}
}

func TestHooks(t *testing.T) {
	var posted []string
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		posted = append(posted, r.Method+" "+r.PostFormValue("NEW_SECRET"))
		if r.URL.Path == "/broken" {
			http.Error(rw, "no such store", http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	dir := t.TempDir()
	hook := func(text string) error {
		target := aimed(t, "http://127.0.0.1:1", func(c *config.Config) { c.Dir, c.Target.Hooks.RotateSecret = dir, text })
		return target.Hook(within(t), run.RotateSecret, map[string]string{"NEW_SECRET": "a b&c"})
	}
	if err := hook(`printf %s "$NEW_SECRET" >told`); err != nil {
		t.Error(err)
	}
	if told, err := os.ReadFile(filepath.Join(dir, "told")); err != nil || string(told) != "a b&c" {
		t.Errorf("the command was told %q (%v)", told, err)
	}
	if err := hook(server.URL); err != nil || !slices.Equal(posted, []string{"POST a b&c"}) {
		t.Errorf("posted %q (%v)", posted, err)
	}
	if err := hook("sleep 1 & exit 0"); err != nil { // it may leave something running
		t.Error(err)
	}
	for text, want := range map[string]string{
		"": "no hook is configured: give target.hooks.rotate_secret", "echo 'the " + clientSecret + "' >&2; exit 4": "the [redacted]",
		`echo "cannot set $NEW_SECRET" >&2; exit 4`: "cannot set [redacted]",
		server.URL + "/broken":                      "status 500: no such store", "http://127.0.0.1:1/": "nothing listens there",
	} {
		if err := hook(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
