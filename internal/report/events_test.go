package report

import (
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Every kind of event is told in a line that says what was seen.
func TestEventsAreTold(t *testing.T) {
	three := 3
	for want, e := range map[string]run.Event{
		"login named at second-client: logged in as alice, 4 requests":          {Session: "named", Place: run.AtSecondClient, Login: &run.Login{Sub: "alice", Requests: 4}},
		"canary named (case): nobody came to http://c/1":                        {Session: "named", Label: "case", Canary: &run.Canary{URL: "http://c/1"}},
		"canary: 1 request at http://c/1: GET /1 from 127.0.0.1":                {Canary: &run.Canary{URL: "http://c/1", Hits: []run.CanaryHit{{Method: "GET", Path: "/1", From: "127.0.0.1"}}}},
		"canary: 5 requests at u: GET /, GET /, GET /, and 2 more":              {Canary: &run.Canary{URL: "u", Hits: []run.CanaryHit{{Method: "GET", Path: "/"}, {Method: "GET", Path: "/"}, {Method: "GET", Path: "/"}, {}, {}}}},
		"hook: restart was called":                                              {Hook: &run.Hook{Name: run.Restart}},
		"hook: store_down failed: exit status 1":                                {Hook: &run.Hook{Name: run.StoreDown, Error: "exit status 1"}},
		"issuer: its keys were fetched 3 times":                                 {Issuer: &run.Issuer{Do: run.Count, Fetches: &three}},
		"issuer: publish the key of the role next":                              {Issuer: &run.Issuer{Do: run.Publish, Role: fixtures.Next}},
		"issuer: from now on its keys are status 500, held back for 1m0s":       {Issuer: &run.Issuer{Do: run.Serve, Keys: &fixtures.JWKS{Status: 500, Delay: time.Minute}}},
		"issuer: from now on its keys are 2 entries behind the honest ones":     {Issuer: &run.Issuer{Do: run.Serve, Keys: &fixtures.JWKS{Also: []string{"{}", "{}"}}}},
		"issuer: from now on its keys are a connection that is closed":          {Issuer: &run.Issuer{Do: run.Serve, Keys: &fixtures.JWKS{Drop: true}}},
		"issuer: from now on its keys are the honest ones":                      {Issuer: &run.Issuer{Do: run.Serve, Keys: &fixtures.JWKS{}}},
		"issuer: its keys are served as usual again":                            {Issuer: &run.Issuer{Do: run.ServeAsUsual}},
		"issuer: a token answer is held back":                                   {Issuer: &run.Issuer{Do: run.Hold}},
		"refresh named: no refresh token was issued":                            {Session: "named", Refresh: &run.RefreshToken{}},
		"refresh: the refresh token was used 1 time and is revoked":             {Refresh: &run.RefreshToken{Issued: true, Uses: 1, Revoked: true}},
		"refresh: the refresh token, with offline_access, was used 0 times and": {Refresh: &run.RefreshToken{Issued: true, Offline: true}},
		"copy copy: the cookies of named":                                       {Session: "copy", CopyOf: "named"},
	} {
		if got := toldEvent(e); !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	long := run.Event{Issuer: &run.Issuer{Do: run.Serve, Keys: &fixtures.JWKS{Body: strings.Repeat("x", 1e6)}}}
	if got := toldEvent(long); len(got) > 300 || !strings.Contains(got, "(1000000 bytes)") {
		t.Errorf("a huge document is told in %d bytes", len(got))
	}
}
