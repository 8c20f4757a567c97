package engine_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Fronts stand before a receiver, as proxies, guards and frameworks do, and
// answer some requests themselves.

// isLogout reports whether a request is for the logout endpoint.
func isLogout(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/auth/") }

// small takes no large bodies and no long header fields.
func small(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, values := range r.Header {
			if len(strings.Join(values, "")) > 4<<10 {
				http.Error(w, "too long a header", http.StatusRequestHeaderFieldsTooLarge)
				return
			}
		}
		if r.ContentLength > 20<<10 {
			http.Error(w, "too large a body", http.StatusRequestEntityTooLarge)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// front turns away what is no form post before the receiver sees it, with pages
// of its own, and hangs up on large bodies.
func front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := strings.ToLower(r.Header.Get("Content-Type"))
		switch {
		case !isLogout(r):
		case r.ContentLength > 128<<10:
			panic(http.ErrAbortHandler) // hangs up
		case r.Method != http.MethodPost, r.URL.RawQuery != "", strings.Contains(r.URL.EscapedPath(), "%"):
			http.Error(w, "<h1>Forbidden</h1>", http.StatusForbidden)
			return
		case !strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
			http.Error(w, "<h1>Bad request</h1>", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// throttling answers 429 for a while after so many refusals, as guards against
// guessing do.
func throttling(refusals int, pause time.Duration) func(http.Handler) http.Handler {
	var mu sync.Mutex
	refused, until := 0, time.Time{}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !isLogout(r) {
				next.ServeHTTP(w, r)
				return
			}
			mu.Lock()
			closed := time.Now().Before(until)
			mu.Unlock()
			if closed {
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			mu.Lock()
			if answer.Code >= 400 {
				refused++
			}
			if refused >= refusals {
				refused, until = 0, time.Now().Add(pause)
			}
			mu.Unlock()
			copyAnswer(w, answer)
		})
	}
}

// backToTheIssuer sends a browser without a session to the login, as single
// sign-on does.
func backToTheIssuer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, isProbe := strings.CutSuffix(r.URL.Path, "/me")
		if !isProbe {
			next.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if answer.Code == http.StatusUnauthorized {
			http.Redirect(w, r, page+"/login", http.StatusFound)
			return
		}
		copyAnswer(w, answer)
	})
}

// oneEndpoint serves all clients at the logout URL of the first: the token says
// whose it is.
func oneEndpoint(next http.Handler) http.Handler {
	return before(func(w http.ResponseWriter, r *http.Request, _, claims string, next http.Handler) {
		var about struct {
			Iss string `json:"iss"`
			Aud any    `json:"aud"`
		}
		if strings.HasSuffix(r.URL.Path, "/demo") && json.Unmarshal([]byte(claims), &about) == nil {
			name := ""
			switch {
			case about.Aud == "second":
				name = "second"
			case strings.HasSuffix(about.Iss, "/other"):
				name = "other"
			}
			if name != "" {
				r.URL.Path = strings.TrimSuffix(r.URL.Path, "demo") + name
			}
		}
		next.ServeHTTP(w, r)
	})(next)
}

func copyAnswer(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // a sender that hung up loses its answer
}
