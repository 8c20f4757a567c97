package exchange

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

// A world is a receiver with several parts and nodes, and an issuer. It takes
// every token but those whose alg is none.
type world struct {
	runner *Runner
	config config.Config

	mu       sync.Mutex
	sessions map[string]login // by cookie
	logouts  []claims         // what came to logout endpoints
	cookies  []string         // that logins came with
	issuer   issuerLog
	held     *hold
	// on, when set, answers a logout request itself and reports that it did.
	on func(w http.ResponseWriter, c claims) bool
	// tokens reports whether a login or a refresh asks the issuer for tokens.
	tokens bool
	// What is wrong with the receiver.
	wrong defects
}

type login struct{ place, sub, sid string }

type claims struct {
	Place, Alg   string
	Sub, Sid     string
	Issuer, Note string
	Aud          any
	Body         string
}

type defects struct {
	everywhere, apiLives, bearer, embeds, refusesLogin, forgetsSid bool
}

func newWorld(t *testing.T, changes ...func(*config.Config)) *world {
	t.Helper()
	w := &world{sessions: map[string]login{}, tokens: true, issuer: issuerLog{wishes: map[string]Wish{}, hits: map[string][]run.CanaryHit{}}}
	one, other := served(t, w), served(t, w)
	part := func(name string) config.App {
		return config.App{
			Client: config.Client{ID: name, Secret: "the-secret-of-" + name}, LogoutURL: one + "/" + name + "/logout",
			Login: config.Login{Request: &config.Request{URL: one + "/" + name + "/login", Form: map[string]string{"uid": "{{.Sub}}"}}},
			Probe: config.Probe{URL: one + "/" + name + "/me"},
		}
	}
	home, second := part("home"), part("second")
	c := config.Default()
	c.Profile = run.SharedSecret
	c.Client.ID, c.Secret.Text = home.ID, "the-secret-that-home-shares"
	c.Target.LogoutURL, c.Target.Login, c.Target.Probe.URL = home.LogoutURL, home.Login, home.Probe.URL
	c.Target.Second.Client = &second
	c.Target.Replicas = []string{other}
	c.Target.Surfaces = map[string]config.Probe{"api": {URL: one + "/home/api"}, "feed": {URL: one + "/home/feed"}}
	c.Target.Refresh = one + "/home/refresh"
	c.Dir = t.TempDir()
	for _, change := range changes {
		change(&c)
	}
	w.config = c
	w.runner = &Runner{
		Targets: map[run.Place]*target.Target{}, Issuer: w, Terms: c.Terms(), Clock: time.Now,
		Names: &Names{Tag: "t"}, Bystanders: &Bystanders{}, Secret: c.Secret,
		Pace:   &Pace{Timeout: 5 * time.Second},
		Values: map[string]string{"client_secret": c.Secret.Text, "second.secret": second.Secret, "second.client_id": second.ID},
	}
	w.runner.Pace.Learn(0, true)
	for _, place := range []run.Place{run.Home, run.AtSecondClient, run.AtReplica} {
		at, ok := c.At(place)
		if !ok {
			continue
		}
		made, err := target.New(at, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(made.Close)
		w.runner.Targets[place] = made
	}
	return w
}

func served(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// ServeHTTP is the receiver.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	place, page, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch page {
	case "login":
		w.logIn(rw, r, place)
	case "logout":
		w.logOut(rw, r, place)
	case "refresh":
		if w.tokens {
			w.askIssuer()
		}
	case "hook":
		_ = r.ParseForm()
		w.did("hook " + r.PostForm.Get("NEW_SECRET"))
	default:
		w.tell(rw, r, place, page)
	}
}

func (w *world) logIn(rw http.ResponseWriter, r *http.Request, place string) {
	_ = r.ParseForm()
	sub := r.PostForm.Get("uid")
	if sub == "" && w.wrong.embeds {
		sub = read(r.Form.Get("jwt")).Sub
	}
	if sub == "" || w.wrong.refusesLogin {
		http.Error(rw, "no", http.StatusForbidden)
		return
	}
	if w.tokens {
		w.askIssuer()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if cookie, err := r.Cookie("session"); err == nil {
		w.cookies = append(w.cookies, cookie.Value)
	}
	sid := fmt.Sprintf("sid-%d", len(w.sessions)+1)
	if wish, ok := w.issuer.wishes[sub]; ok {
		sid = wish.Sid
		delete(w.issuer.wishes, sub)
	}
	id := fmt.Sprintf("cookie-%d", len(w.sessions)+1)
	w.sessions[id] = login{place, sub, sid}
	http.SetCookie(rw, &http.Cookie{Name: "session", Value: id, Path: "/"})
}

// askIssuer is how the receiver asks for tokens.
func (w *world) askIssuer() {
	w.mu.Lock()
	held := w.held
	w.held = nil
	w.mu.Unlock()
	if held != nil {
		close(held.reached)
		<-held.released
	}
}

func read(token string) claims {
	var out claims
	parts := strings.Split(token+"..", ".")
	header, _ := base64.RawURLEncoding.DecodeString(parts[0])
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	_ = json.Unmarshal(header, &out)
	_ = json.Unmarshal(payload, &out)
	return out
}

func (w *world) logOut(rw http.ResponseWriter, r *http.Request, place string) {
	_ = r.ParseForm()
	c := read(r.PostForm.Get("logout_token"))
	c.Place, c.Body = place, r.PostForm.Encode()
	w.mu.Lock()
	w.logouts = append(w.logouts, c)
	on := w.on
	w.mu.Unlock()
	switch {
	case on != nil && on(rw, c):
	case c.Alg == "none":
		rw.WriteHeader(http.StatusBadRequest)
	default:
		w.end(c)
	}
}

// end ends the sessions that a token names.
func (w *world) end(c claims) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, s := range w.sessions {
		here := s.place == c.Place || w.wrong.everywhere
		if here && s.sub == c.Sub && (c.Sid == "" || c.Sid == s.sid || w.wrong.everywhere) {
			s.sub = "" // the page api may still know the cookie
			w.sessions[id] = login{place: s.place, sid: "was " + c.Sub}
		}
	}
}

// tell names the user of a session.
func (w *world) tell(rw http.ResponseWriter, r *http.Request, place, page string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && w.wrong.bearer {
		_, _ = io.WriteString(rw, read(token).Sub)
		return
	}
	cookie, err := r.Cookie("session")
	if err != nil {
		http.Error(rw, "who?", http.StatusUnauthorized)
		return
	}
	found, ok := w.sessions[cookie.Value]
	if w.wrong.apiLives && page == "api" {
		found.sub = strings.TrimPrefix(found.sid, "was ")
	}
	if !ok || found.place != place || found.sub == "" {
		http.Error(rw, "who?", http.StatusUnauthorized)
		return
	}
	_, _ = io.WriteString(rw, found.sub)
}

func (w *world) did(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.issuer.did = append(w.issuer.did, what)
}

var alice = run.Visitor{User: "alice"}

// act carries a script out and gives its evidence.
func (w *world) act(t *testing.T, script func(run.Steps)) run.Evidence {
	t.Helper()
	c := run.Case{
		ID: "sem-test", Expect: run.Revoke, Steps: func(s run.Steps, _ run.Variant) { script(s) },
		Variants: []run.Variant{{Slug: "one", Recipe: fixtures.Valid()}},
	}
	return w.run(t, c)[0]
}

// run carries all exchanges of a case out and gives the evidence by variant.
func (w *world) run(t *testing.T, c run.Case) []run.Evidence {
	t.Helper()
	var out []run.Evidence
	for _, job := range Jobs(c, w.runner.Terms) {
		out = append(out, w.runner.Run(t.Context(), job)...)
	}
	return out
}

// whole is evidence without a fault.
func whole(t *testing.T, e run.Evidence) run.Evidence {
	t.Helper()
	if e.Fault != nil {
		t.Fatalf("by %s: %s", e.Fault.By, e.Fault.Text)
	}
	return e
}

// expectState holds the last probe of a session against a state.
func expectState(t *testing.T, e run.Evidence, session, label string, want run.State) *run.Probe {
	t.Helper()
	got := e.LastProbe(session, label)
	if got == nil || got.State != want {
		t.Fatalf("%s %s is %+v, want %s", session, label, got, want)
	}
	return got
}

// expectFault holds a fault against whose it is and a word of it.
func expectFault(t *testing.T, e run.Evidence, by run.FaultBy, word string) {
	t.Helper()
	if e.Fault == nil || e.Fault.By != by || !strings.Contains(e.Fault.Text, word) {
		t.Errorf("fault %+v, want one by %s with %q", e.Fault, by, word)
	}
}

// dids are the entries of the issuer's log that begin that way.
func (w *world) dids(prefix string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, each := range w.issuer.did {
		if strings.HasPrefix(each, prefix) {
			out = append(out, each)
		}
	}
	return out
}
