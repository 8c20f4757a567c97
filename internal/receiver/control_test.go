package receiver

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestControl(t *testing.T) {
	w := newWorld(t, "")
	w.shared = true
	control := httptest.NewServer(w.cluster.Control("forum"))
	defer control.Close()
	post := func(path string, form url.Values, want int) {
		t.Helper()
		res, err := http.PostForm(control.URL+path, form)
		if got := w.done(res, err).StatusCode; got != want {
			t.Errorf("POST %s: %d, want %d", path, got, want)
		}
	}
	b, old := w.login("alice", ""), w.token(object{"sub": "alice"})
	post("/store/down", nil, 204)
	w.refuses503(b)
	post("/store/up", nil, 204)
	post("/secret", url.Values{NewSecret: {"short"}}, 400)
	post("/secret", nil, 400)
	post("/secret", url.Values{NewSecret: {secondSecret}}, 204)
	w.refuses(old, b, "alice")
	post("/restart", nil, 204)
	w.refuses(old, b, "alice")
	w.accepts(macToken([]byte(secondSecret), nil, object{"sub": "alice"}), b, "alice")
	post("/other", nil, 404)
	if res, err := http.Get(control.URL + "/restart"); w.done(res, err).StatusCode != 405 {
		t.Error("GET restarts")
	}
	if err := w.cluster.ReplaceSecret("web", []byte(testSecret)); err == nil {
		t.Error("a secret was given to an application without")
	}
}

func (w *world) refuses503(b *browser) {
	w.Helper()
	if got := b.get("/app/" + b.app + "/me").StatusCode; got != http.StatusServiceUnavailable {
		w.Errorf("answered %d without the store", got)
	}
}
