package demo_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/receiver"
	"github.com/loggedout/loggedout/internal/run"
)

// All that the configuration aims at is there.
func TestStart(t *testing.T) {
	for _, profile := range run.Profiles() {
		t.Run(string(profile), func(t *testing.T) {
			d, err := demo.Start(t.Context(), demo.Options{Profile: profile, Clock: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if d.Issuer != nil {
				defer func() { _ = d.Issuer.Close() }()
			}
			if err := d.Config.Check(); err != nil {
				t.Error(err)
			}
			c := d.Config.Target
			expect := func(want int, at string) {
				t.Helper()
				res, err := http.Get(at)
				status(t, want, at, res, err)
			}
			expect(http.StatusUnauthorized, c.Probe.URL)
			expect(http.StatusOK, c.Replicas[0])
			for _, surface := range c.Surfaces {
				expect(http.StatusUnauthorized, surface.URL)
			}
			expect(http.StatusUnauthorized, c.Second.Client.Probe.URL)
			if profile != run.SharedSecret {
				expect(http.StatusUnauthorized, c.Refresh)
				expect(http.StatusUnauthorized, c.Second.Issuer.Probe.URL)
				expect(http.StatusUnauthorized, c.Second.Encrypted.Probe.URL)
			}
			call := func(want int, at string, form url.Values) {
				t.Helper()
				res, err := http.PostForm(at, form)
				status(t, want, at, res, err)
			}
			call(http.StatusNoContent, c.Hooks.StoreDown, nil)
			call(http.StatusNoContent, c.Hooks.StoreUp, nil)
			call(http.StatusNoContent, c.Hooks.Restart, nil)
			if profile == run.SharedSecret {
				call(http.StatusNoContent, c.Hooks.RotateSecret, url.Values{receiver.NewSecret: {demo.SecondSecret}})
			}
		})
	}
}

func status(t *testing.T, want int, at string, res *http.Response, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != want {
		t.Errorf("%s: %d, want %d", at, res.StatusCode, want)
	}
}
