package target

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

func TestProbe(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		header map[string]string
		body   string
		state  run.State
		why    string
	}{
		"names the user":       {200, nil, "Welcome, alice!", run.Alive, "status 200, names alice"},
		"no content":           {204, nil, "", run.Dead, "status 204"},
		"names nobody":         {200, nil, "Welcome!", run.Dead, "status 200, does not name alice"},
		"names another":        {200, nil, "Welcome, bob!", run.Dead, "status 200, does not name alice"},
		"in other letters":     {200, nil, "Welcome, Alice!", run.Dead, "status 200, does not name alice"},
		"an empty page":        {200, nil, "", run.Dead, "status 200, does not name alice"},
		"created, with name":   {201, nil, "alice", run.Dead, "status 201"},
		"not logged in":        {401, nil, "who is alice?", run.Dead, "status 401"},
		"not allowed":          {403, nil, "alice may not", run.Dead, "status 403"},
		"not there":            {404, nil, "alice", run.Dead, "status 404"},
		"to the login":         {302, map[string]string{"Location": "/login"}, "alice", run.Dead, "status 302, redirects elsewhere"},
		"to the issuer":        {303, map[string]string{"Location": "/default/authorize?client_id=app"}, "", run.Dead, "status 303, redirects elsewhere"},
		"to nowhere":           {307, nil, "", run.Dead, "status 307, redirects elsewhere"},
		"to no URL":            {302, map[string]string{"Location": "http://[bad?code=c0de"}, "", run.Dead, "status 302, redirects elsewhere"},
		"throttled":            {429, nil, "alice", run.Unknown, "status 429 says nothing about the session"},
		"broken":               {500, nil, "alice", run.Unknown, "status 500 says nothing about the session"},
		"overloaded":           {503, nil, "alice", run.Unknown, "status 503 says nothing about the session"},
		"long, without name":   {200, nil, strings.Repeat("x", maxBody+1), run.Unknown, "status 200, and the first 1048576 bytes do not name alice"},
		"as long as it may be": {200, nil, strings.Repeat("x", maxBody), run.Dead, "status 200, does not name alice"},
		"long, with name":      {200, nil, "alice" + strings.Repeat("x", maxBody), run.Alive, "status 200, names alice"},
		"the name at the end":  {200, nil, strings.Repeat("x", maxBody-5) + "alice", run.Alive, "status 200, names alice"},
		"a form to go on":      {200, map[string]string{"Content-Type": "text/html"}, selfPosting("/default/authorize", `<input type=hidden name=client_id value=app>`), run.Dead, "status 200, does not name alice"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			base := served(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if r.Method != http.MethodGet || r.URL.Path != "/me" {
					t.Errorf("asked %s %s", r.Method, r.URL)
				}
				for name, value := range c.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			probe := aimed(t, base).NewBrowser().Probe(within(t), alice)
			if probe.State != c.state || probe.Why != c.why || probe.Status != c.status {
				t.Errorf("got %+v, want %s: %s", probe, c.state, c.why)
			}
			if n := asked.Load(); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func TestProbeThatBreaksOff(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(net.Conn)
		why    string
		change func(*config.Config)
	}{
		"never answered": {func(net.Conn) {}, "no whole answer before the deadline", hasty},
		"half an answer": {func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nWelcome, ")
			_ = conn.Close()
		}, "closed before the answer was whole", func(*config.Config) {}},
		"half a refusal": {func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\nno")
		}, "no whole answer before the deadline", hasty},
	} {
		t.Run(name, func(t *testing.T) {
			w := serveWire(t, func(conn net.Conn, _ *http.Request) { c.answer(conn) })
			probe := aimed(t, w.base, c.change).NewBrowser().Probe(within(t), alice)
			if probe.State != run.Unknown {
				t.Errorf("got %+v", probe)
			}
			contains(t, "why", probe.Why, c.why)
		})
	}
}

// The name may stand in the URL, and the answer may have to say it in a way.
func TestProbeAsDescribed(t *testing.T) {
	base := served(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != "proxy" || password != "pw" || r.URL.Path != "/users/a b/é" || r.URL.Query().Get("of") != "a b/é" {
			t.Errorf("asked %s as %s", r.RequestURI, user)
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"user":"a b/é"}`)
	})
	target := aimed(t, base, func(c *config.Config) {
		c.Target.Probe.URL = strings.Replace(base, "http://", "http://proxy:pw@", 1) + "/users/{{.Sub}}?of={{.Sub}}"
		c.Target.Probe.Alive = config.Alive{Status: []int{200, 202}, Contains: `"user":"{{.Sub}}"`}
	})
	if probe := target.NewBrowser().Probe(within(t), User{Sub: "a b/é"}); probe.State != run.Alive {
		t.Errorf("got %+v", probe)
	}
}

// What the target sets while it is asked is kept, as a browser does: sessions
// that are renewed go on.
func TestProbeKeepsCookies(t *testing.T) {
	var n atomic.Int64
	base := served(t, func(w http.ResponseWriter, r *http.Request) {
		want := n.Add(1) - 1
		if cookie, err := r.Cookie("turn"); want > 0 && (err != nil || cookie.Value != strings.Repeat("x", int(want))) {
			t.Errorf("turn %d: %v", want, cookie)
		}
		http.SetCookie(w, &http.Cookie{Name: "turn", Value: strings.Repeat("x", int(want)+1)})
		_, _ = io.WriteString(w, "alice")
	})
	browser := aimed(t, base).NewBrowser()
	for range 3 {
		if probe := browser.Probe(within(t), alice); probe.State != run.Alive {
			t.Errorf("got %+v", probe)
		}
	}
}

// A refusal that a browser without a session does not get may come from a guard
// that bans senders of bad tokens.
func TestProbeBehindAGuard(t *testing.T) {
	for name, c := range map[string]struct {
		anonymous, status int
		want              run.State
	}{
		"as without a session":   {302, 302, run.Dead},
		"refused as ever":        {403, 403, run.Dead},
		"banned":                 {302, 403, run.Unknown},
		"gone":                   {401, 404, run.Unknown},
		"not logged in":          {302, 401, run.Dead},
		"elsewhere":              {401, 302, run.Dead},
		"nothing is known of it": {0, 403, run.Dead},
	} {
		t.Run(name, func(t *testing.T) {
			base := served(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(c.status) })
			target := aimed(t, base)
			if c.anonymous != 0 {
				target.KnowAnonymous(c.anonymous)
			}
			if got := target.NewBrowser().Probe(within(t), alice); got.State != c.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}
