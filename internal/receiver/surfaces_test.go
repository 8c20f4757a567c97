package receiver

import (
	"net/http"
	"strings"
	"testing"
)

// surfaces are the pages besides me that tell who is logged in.
var surfaces = []string{"api/me", "api/token/me", "events"}

func TestSurfaces(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		if surfaceLives("")(w) {
			t.Error("a surface lives on")
		}
		b := w.login("alice", "s1")
		for path, want := range map[string]string{
			"api/me": `{"user":"alice"}`, "api/token/me": `{"user":"alice"}`, "events": "event: user\ndata: {\"user\":\"alice\"}\n\n",
		} {
			res := b.get("/app/" + b.app + "/" + path)
			if got := text(res); strings.TrimSpace(got) != strings.TrimSpace(want) || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %q %v", path, got, res.Header)
			}
			if res := w.newBrowser().get("/app/" + b.app + "/" + path); res.StatusCode != 401 || strings.Contains(text(res), "alice") {
				t.Errorf("%s without a session: %d", path, res.StatusCode)
			}
		}
	}
}

func TestAPITokenIsNoSession(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	var token string
	for _, cookie := range b.client.Jar.Cookies(mustURL(t, w.server.URL+"/app/web/api/token/me")) {
		if cookie.Name == "token_web" {
			token = cookie.Value
		}
	}
	bearer := func(path, token string) int {
		req, err := http.NewRequest("GET", w.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		return w.done(res, err).StatusCode
	}
	for path, want := range map[string]int{
		"/app/web/api/token/me": 200, "/app/web/me": 401, "/app/web/api/me": 401, "/app/web-second/api/token/me": 401,
	} {
		if got := bearer(path, token); got != want {
			t.Errorf("%s with the API token: %d", path, got)
		}
	}
	// A logout token opens nothing (BCL 4.1).
	for _, path := range []string{"me", "api/me", "api/token/me", "events"} {
		if got := bearer("/app/web/"+path, w.token(object{"sub": "alice"})); got != 401 {
			t.Errorf("%s with a logout token: %d", path, got)
		}
	}
}
