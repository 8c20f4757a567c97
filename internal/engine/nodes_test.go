package engine_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
)

// A session that lives on at the last of several nodes is seen there.
func TestEveryNodeIsAsked(t *testing.T) {
	t.Parallel()
	third := func(c *config.Config) {
		home, err := url.Parse(c.Target.Probe.URL)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(forgetful(httputil.NewSingleHostReverseProxy(&url.URL{Scheme: home.Scheme, Host: home.Host})))
		t.Cleanup(server.Close)
		c.Target.Replicas = append(c.Target.Replicas, server.URL)
	}
	doc := drive(t, demo.Options{Profile: run.OIDC}, engine.Filter{Cases: []string{"sem-replicas"}}, third)
	for _, c := range doc.Cases {
		if c.ID == "sem-replicas" && (c.Verdict != run.Warn || !strings.Contains(c.Finding, "at another node")) {
			t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
		}
	}
}

// forgetful is a node that never hears of a logout: who was logged in there once
// stays so.
func forgetful(next http.Handler) http.Handler {
	var mu sync.Mutex
	alive := map[string]*httptest.ResponseRecorder{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := r.Header.Get("Cookie")
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		mu.Lock()
		defer mu.Unlock()
		if answer.Code == http.StatusOK && who != "" {
			alive[who] = answer
		}
		if before := alive[who]; before != nil {
			answer = before
		}
		copyAnswer(w, answer)
	})
}
