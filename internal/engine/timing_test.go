package engine_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
)

// later is a receiver that answers a logout at once and does it a moment
// afterwards, as one with a queue does.
func later(delay time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/auth/") {
				next.ServeHTTP(w, r)
				return
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			copied := func() *http.Request {
				c := r.Clone(r.Context())
				c.Body = io.NopCloser(bytes.NewReader(body))
				return c
			}
			queued := copied().WithContext(noDeadline{r.Context()})
			// What is refused is refused at once; what is accepted is done later.
			if strings.Contains(string(body), "logout_token=") && r.Method == http.MethodPost {
				time.AfterFunc(delay, func() { next.ServeHTTP(httptest.NewRecorder(), queued) })
				w.Header().Set("Cache-Control", "no-store")
				w.WriteHeader(http.StatusOK)
				return
			}
			next.ServeHTTP(w, copied())
		})
	}
}

// A receiver that ends sessions late is lawful; that its answers come before
// the tokens are looked at shows in the status rule alone.
func TestLateDeathIsNoFailure(t *testing.T) {
	t.Parallel()
	doc := drive(t, demo.Options{Profile: run.SharedSecret, Wrap: later(150 * time.Millisecond)},
		engine.Filter{Groups: []string{"OK", "SIG", "CLM", "RSP", "SEM"}})
	for _, c := range doc.Cases {
		// What was queued while the store was down is lost, and was answered with 200.
		lawful := c.ID != "rsp-refusal-status" && c.ID != "sem-store-failure"
		if c.Verdict == run.Fail && lawful || c.Verdict == run.Inconclusive || c.Verdict == run.HarnessError {
			t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
		}
	}
}

// A hostile token that does its work late is a breach all the same.
func TestLateBreachIsSeen(t *testing.T) {
	t.Parallel()
	doc := drive(t, demo.Options{Profile: run.SharedSecret, Defect: "alg-none-accepted", Wrap: later(150 * time.Millisecond)},
		engine.Filter{Cases: []string{"hdr-alg-none", "clm-exp-past"}})
	for _, c := range doc.Cases {
		switch c.ID {
		case "hdr-alg-none":
			if c.Verdict != run.Fail {
				t.Errorf("a late breach is %s: %s", c.Verdict, c.Finding)
			}
		case "clm-exp-past":
			if c.Verdict == run.Fail {
				t.Errorf("%s: %s", c.ID, c.Finding)
			}
		}
	}
}

// A target that throttles is not said to refuse.
func TestThrottledIsInconclusive(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	n := 0
	doc := drive(t, demo.Options{Profile: run.SharedSecret, Wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			if strings.HasPrefix(r.URL.Path, "/auth/") {
				n++
			}
			late := n > 20
			mu.Unlock()
			if late && strings.HasPrefix(r.URL.Path, "/auth/") {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			next.ServeHTTP(w, r)
		})
	}}, engine.Filter{})
	if doc.Summary.Fail > 0 || doc.Summary.Inconclusive == 0 || doc.Summary.Conformant {
		t.Errorf("%+v", doc.Summary)
		for _, c := range doc.Cases {
			if c.Verdict == run.Fail {
				t.Logf("%s: %s", c.ID, c.Finding)
			}
		}
	}
}

// The wrong reading of the secret is the commonest reason for a dead baseline,
// and it is named.
func TestOtherEncodingIsNamed(t *testing.T) {
	t.Parallel()
	doc := drive(t, demo.Options{Profile: run.SharedSecret}, engine.Filter{}, func(c *config.Config) {
		// The operator and the second account of the demo read secrets as text.
		c.Target.Hooks.RotateSecret, c.Target.Second = "", config.Second{}
		c.Secret.Encoding = config.Base64
		c.Secret.Text = "dGhlLXB1YmxpYy1zZWNyZXQtb2YtdGhlLWRlbW8tcmVjZWl2ZXI="
	})
	if !doc.Summary.Conformant {
		t.Fatalf("the secret as base64: %+v", doc.Summary)
	}
	doc = drive(t, demo.Options{Profile: run.SharedSecret}, engine.Filter{}, func(c *config.Config) {
		c.Secret.Text = "dGhlLXB1YmxpYy1zZWNyZXQtb2YtdGhlLWRlbW8tcmVjZWl2ZXI="
	})
	if doc.Observed.OtherEncoding != config.Base64 {
		t.Errorf("observed %+v", doc.Observed)
	}
	for _, c := range doc.Cases {
		if c.ID == "ok-sub-only" {
			if f := c.Worst().Finding(); f == nil || !strings.Contains(f.Cause, "secret.encoding to base64") {
				t.Errorf("the cause is not named: %+v", f)
			}
		}
	}
}

// noDeadline is the context of work that goes on after the answer.
type noDeadline struct{ context.Context }

func (noDeadline) Done() <-chan struct{} { return nil }

func (noDeadline) Err() error { return nil }
