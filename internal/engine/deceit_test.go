package engine_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
)

// before stands before the logout endpoint and sees the decoded token of each
// request: its header and its claims as text.
func before(handle func(w http.ResponseWriter, r *http.Request, header, claims string, next http.Handler)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/auth/") || r.Method != http.MethodPost {
				next.ServeHTTP(w, r)
				return
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			form, _ := url.ParseQuery(string(body))
			parts := strings.Split(form.Get("logout_token")+"..", ".")
			header, _ := base64.RawURLEncoding.DecodeString(parts[0])
			claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
			handle(w, r, string(header), string(claims), next)
		})
	}
}

// actLater answers 400 and has the receiver act on the request all the same.
func actLater(w http.ResponseWriter, r *http.Request, delay time.Duration, next http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	late := r.Clone(context.WithoutCancel(r.Context()))
	late.Body = io.NopCloser(bytes.NewReader(body))
	time.AfterFunc(delay, func() { next.ServeHTTP(httptest.NewRecorder(), late) })
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusBadRequest)
}

// deceived are the cases that the deceit is about, and some of each kind beside
// them, which must not get the blame.
var deceived = []string{
	"hdr-alg-none", "clm-no-sub-no-sid", "sem-bystander-user", "rsp-success-status", "clm-exp-past", "clm-aud-wrong",
	"clm-events-missing", "sig-stripped", "sig-tampered", "hdr-crit-unknown", "ok-extra-claims", "sem-sub-ends-all", "sem-relogin-works",
}

// A receiver that is wrong now and then, or late, never looks conformant.
func TestDeceitIsSeen(t *testing.T) {
	t.Parallel()
	var turn atomic.Int64
	tests := map[string]struct {
		defect string
		wrap   func(http.Handler) http.Handler
		fails  string // a case that has to fail; empty: the run must not be conformant
	}{
		"every second unsigned token": {"alg-none-accepted", before(func(w http.ResponseWriter, r *http.Request, header, _ string, next http.Handler) {
			if strings.Contains(header, `"none"`) && turn.Add(1)%2 == 0 {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			next.ServeHTTP(w, r)
		}), "hdr-alg-none"},
		"an unsigned token, 60 ms later": {"alg-none-accepted", before(func(w http.ResponseWriter, r *http.Request, header, _ string, next http.Handler) {
			if strings.Contains(header, `"none"`) {
				actLater(w, r, 60*time.Millisecond, next)
				return
			}
			next.ServeHTTP(w, r)
		}), "hdr-alg-none"},
		"everybody, 100 ms later": {"nobody-means-everybody", before(func(w http.ResponseWriter, r *http.Request, _, claims string, next http.Handler) {
			if claims != "" && !strings.Contains(claims, `"sub":"`) && !strings.Contains(claims, `"sid"`) {
				actLater(w, r, 100*time.Millisecond, next)
				return
			}
			next.ServeHTTP(w, r)
		}), ""},
		"everybody, 400 ms later": {"nobody-means-everybody", before(func(w http.ResponseWriter, r *http.Request, _, claims string, next http.Handler) {
			if claims != "" && !strings.Contains(claims, `"sub":"`) && !strings.Contains(claims, `"sid"`) {
				actLater(w, r, 400*time.Millisecond, next)
				return
			}
			next.ServeHTTP(w, r)
		}), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := drive(t, demo.Options{Profile: run.OIDC, Defect: tt.defect, Wrap: tt.wrap, Alg: quickAlg}, engine.Filter{Cases: deceived})
			if doc.Summary.Fail == 0 && doc.Summary.Inconclusive == 0 {
				t.Errorf("called conformant: %+v", doc.Summary)
			}
			for _, c := range doc.Cases {
				innocent := c.ID != "hdr-alg-none" && c.ID != "clm-no-sub-no-sid" && c.ID != "sem-bystander-user" &&
					c.ID != "rsp-success-status" // what was done was answered with 400
				if c.ID == tt.fails && c.Verdict != run.Fail || innocent && c.Verdict == run.Fail {
					t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
				}
			}
		})
	}
}

// A guard against senders of bad tokens is lawful. It keeps things from being
// told, and is not blamed for what it hides.
func TestGuardsAreNotBlamed(t *testing.T) {
	t.Parallel()
	refusals := func(limit int64, everything bool) func(http.Handler) http.Handler {
		var bad atomic.Int64
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				endpoint := strings.HasPrefix(r.URL.Path, "/auth/")
				if bad.Load() >= limit && (everything || endpoint) {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				if !endpoint {
					next.ServeHTTP(w, r)
					return
				}
				seen := httptest.NewRecorder()
				next.ServeHTTP(seen, r)
				if seen.Code == http.StatusBadRequest {
					bad.Add(1)
				}
				maps.Copy(w.Header(), seen.Header())
				w.WriteHeader(seen.Code)
				_, _ = w.Write(seen.Body.Bytes()) // the harness reads it
			})
		}
	}
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"of the endpoint": refusals(12, false), "of everything": refusals(12, true),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := drive(t, demo.Options{Profile: run.OIDC, Wrap: wrap}, engine.Filter{})
			if doc.Summary.Conformant || doc.Summary.Inconclusive == 0 {
				t.Errorf("%+v", doc.Summary)
			}
			for _, c := range doc.Cases {
				if c.Severity == run.Security {
					t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
				}
			}
		})
	}
}

// Nothing shows that this target is slow but one good token, and a hostile one
// is through before that. It is done again at the pace that was seen in the
// end, and nobody was told otherwise before.
func TestLaterPaceChangesNothingThatWasTold(t *testing.T) {
	t.Parallel()
	const delay = 500 * time.Millisecond
	wrap := before(func(w http.ResponseWriter, r *http.Request, header, claims string, next http.Handler) {
		if strings.Contains(header, `"none"`) || strings.Contains(claims, "department") {
			later(delay)(next).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
	doc := drive(t, demo.Options{Profile: run.SharedSecret, Defect: "alg-none-accepted", Wrap: wrap},
		engine.Filter{Cases: []string{"hdr-alg-none", "ok-extra-claims"}})
	for _, c := range doc.Cases {
		if c.ID == "hdr-alg-none" && c.Verdict != run.Fail {
			t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
		}
	}
}
