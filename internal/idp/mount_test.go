package idp_test

import (
	"net/http"
	"testing"

	"github.com/loggedout/loggedout/internal/idp"
)

// What is mounted has every path with its name, and no issuer has it.
func TestMountedHandlers(t *testing.T) {
	guest := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte(r.URL.Path))
	})
	w := start(t, func(o *idp.Options) { o.Mount = map[string]http.Handler{"guest": guest} })
	for path, status := range map[string]int{
		"/guest":              418,
		"/guest/x/jwks":       418,
		"/default/../guest/x": 418,
		"/.well-known/openid-configuration/guest/x": 418,
		"/default/.well-known/openid-configuration": 200,
		"/guests/jwks":  200,
		"/default/else": 404,
	} {
		if got := fetch(t, browser(t), w.base+path); got.status != status || status == 418 && got.body != path {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := w.Requests(); len(got) != 7 {
		t.Errorf("%d requests were recorded", len(got))
	}
	if err := w.PutUser("guest", idp.User{Sub: "alice"}); err == nil {
		t.Error("an issuer was made that nobody can reach")
	}
}
