package main_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/run"
)

// A receiver whose logins work and whose logout endpoint does one thing
// whatever it is sent never looks conformant, and refuses nothing: without a
// control that works, every hostile case is inconclusive.
func TestEndpointThatAlwaysDoesTheSame(t *testing.T) {
	always := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	tests := map[string]struct {
		answer http.HandlerFunc
		code   int
		says   string
	}{
		"400":              {always(400), 1, "was refused"},
		"200":              {always(200), 1, "yet the session lives"},
		"500":              {always(500), 1, "was refused"},
		"404":              {always(404), 1, "is target.logout_url right?"},
		"401":              {always(401), 1, "it has to answer without a session"},
		"403":              {always(403), 1, "forgery check"},
		"302":              {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }, 1, "login wall"},
		"429":              {always(429), 3, "no answer that can be judged"},
		"no answer at all": {hangUp, 3, "closed before the answer was whole"},
	}
	// Two of them meet the whole catalogue, the others a part that has hostile
	// cases of each kind.
	whole := []string{"200", "400"}
	for name, tt := range tests {
		for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
			t.Run(name+"/"+string(profile), func(t *testing.T) {
				t.Parallel()
				file := aimAt(t, demo.Options{Profile: profile, Wrap: logoutOnly(tt.answer)}, func(c *config.Config) {
					c.Run.Timeout = run.Duration(1e9)
				})
				args := []string{"run", "-c", file}
				if !slices.Contains(whole, name) {
					args = append(args, "--group", "OK,HDR,CLM,RSP")
				}
				got := call(t, args...)
				if got.code != tt.code || !strings.Contains(squeeze(got.out), tt.says) {
					t.Errorf("exit %d, want %d and %q\n%s", got.code, tt.code, tt.says, got.out)
				}
				nothingIsProved(t, document(t, file))
			})
		}
	}
}

// nothingIsProved holds that no case that expects a refusal has passed.
func nothingIsProved(t *testing.T, doc *run.Run) {
	t.Helper()
	if doc.Summary.Conformant {
		t.Error("called conformant")
	}
	hostile := 0
	for _, c := range doc.Cases {
		for _, v := range c.Variants {
			if v.Expect != run.Refuse || v.Verdict == run.NotApplicable {
				continue
			}
			hostile++
			if v.Verdict != run.Inconclusive {
				t.Errorf("%s/%s is %s without a control that works: %v", c.ID, v.Slug, v.Verdict, v.Finding())
			}
		}
	}
	if hostile < 30 {
		t.Errorf("only %d hostile variants were seen", hostile)
	}
}

// A target that does the same thing at every URL cannot even log anybody in.
func TestTargetThatAlwaysDoesTheSame(t *testing.T) {
	page := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body)) // a client that went away
		}
	}
	handlers := map[string]http.HandlerFunc{
		"200":                 page(200, "ok"),
		"400":                 page(400, "no"),
		"500":                 page(500, "oops"),
		"login page":          page(200, `<form method="post"><input name="user"><input type="password" name="p"></form>`),
		"redirect loop":       func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) },
		"escape bytes":        page(200, "\x1b]0;owned\x07\x1b[31mred\x1b[2J"),
		"endless":             endless,
		"hangs up":            func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"never answers":       func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"names everybody":     func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, strings.Repeat(r.URL.String(), 3)) },
		"half an answer":      halfAnAnswer,
		"body without an end": trickle,
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, doc := aimless(t, "http", handler)
			if got.code != 3 {
				t.Errorf("exit %d, want 3\n%s%s", got.code, got.out, got.err)
			}
			if doc.Observed.Proof == nil || doc.Observed.Proof.OK || doc.Observed.Proof.Problem == "" {
				t.Errorf("the aim was proved: %+v", doc.Observed.Proof)
			}
			if doc.Summary.Pass+doc.Summary.Note+doc.Summary.Fail+doc.Summary.Warn > 0 {
				t.Errorf("something was judged: %+v", doc.Summary)
			}
			if strings.Contains(asJSON(t, doc), `\u001b`) {
				t.Error("an escape byte reached the run document")
			}
		})
	}
	t.Run("broken TLS", func(t *testing.T) {
		t.Parallel()
		if got, _ := aimless(t, "https", page(200, "plain text")); got.code != 3 || !strings.Contains(squeeze(got.out), "TLS") {
			t.Errorf("exit %d\n%s", got.code, got.out)
		}
	})
	t.Run("no HTTP", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Write([]byte("SSH-2.0-\x1b[31mnothing\r\n"))
				_ = conn.Close()
			}
		}()
		got := call(t, "run", "-c", aimedAt(t, "http://"+listener.Addr().String()))
		if got.code != 3 || !strings.Contains(squeeze(got.out), "no HTTP") {
			t.Errorf("exit %d\n%s", got.code, got.out)
		}
	})
}

// endless would send far more than anybody can keep.
func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", fmt.Sprint(10<<30))
	chunk := make([]byte, 1<<20)
	for r.Context().Err() == nil {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func halfAnAnswer(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte("only this"))
	panic(http.ErrAbortHandler)
}

func trickle(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte("more is to come"))
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	<-r.Context().Done()
}

// aimless tests a server that does the same thing at every URL.
func aimless(t *testing.T, scheme string, handler http.HandlerFunc) (outcome, *run.Run) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	file := aimedAt(t, scheme+"://"+listener.Addr().String())
	return call(t, "run", "-c", file), document(t, file)
}

func aimedAt(t *testing.T, base string) (file string) {
	t.Helper()
	c := config.Default()
	c.Profile = run.SharedSecret
	c.Secret.Text = demo.Secret
	c.Report.Dir = t.TempDir()
	c.Run.Timeout = run.Duration(5e8)
	c.Target.LogoutURL, c.Target.Probe.URL = base+"/logout", base+"/me"
	c.Target.Login.Request = &config.Request{URL: base + "/login", Form: map[string]string{"uid": "{{.Sub}}"}}
	return write(t, c)
}

// squeeze undoes the wrapping of lines.
func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }
