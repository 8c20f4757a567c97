package idp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/idp"
)

func TestPaths(t *testing.T) {
	w := start(t)
	closed := start(t, issuers(idp.IssuerOptions{Name: "default"}), func(o *idp.Options) { o.OnlyListed = true })
	tests := []struct {
		world  *world
		method string
		path   string
		status int
		holds  string
	}{
		{w, "GET", "/default/.well-known/openid-configuration", 200, `"issuer":"` + w.base + `/default"`},
		{w, "GET", "/any.thing/.well-known/oauth-authorization-server", 200, `"issuer":"` + w.base + `/any.thing"`},
		{w, "GET", "/.well-known/oauth-authorization-server/default", 200, `"issuer":"` + w.base + `/default"`},
		{w, "GET", "/default/.well-known/jwks.json", 200, `"kid"`},
		{w, "HEAD", "/default/jwks", 200, ""},
		{w, "GET", "/healthz", 200, "ok"},
		{w, "GET", "/default/isalive", 200, "ok"},
		{w, "GET", "/health", 200, "ok"},
		{w, "GET", "/", 404, w.base + "/default/.well-known/openid-configuration"},
		{w, "GET", "/.well-known/openid-configuration", 404, "root issuer"},
		{w, "GET", "/token/jwks", 404, "name is that of an endpoint"},
		{w, "GET", "/a%20b/jwks", 404, "letters"},
		{w, "GET", "/a/b/jwks", 404, "no such endpoint"},
		{w, "GET", "/default/nothing", 404, "no such endpoint"},
		{w, "GET", "/favicon.ico", 404, ""},
		{w, "GET", "/default/token", 405, "use POST"},
		{w, "DELETE", "/default/authorize", 405, "use GET or POST"},
		{w, "OPTIONS", "/default/token", 204, ""},
		{w, "GET", "/default/authorize?" + strings.Repeat("x", 40<<10), 414, ""},
		{closed, "GET", "/default/jwks", 200, ""},
		{closed, "GET", "/third/jwks", 404, "only the configured issuers"},
	}
	for _, tt := range tests {
		request, err := http.NewRequest(tt.method, tt.world.base+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if got := read(t, answer, err); got.status != tt.status || !strings.Contains(got.body, tt.holds) {
			t.Errorf("%s %.60s: %d %s", tt.method, tt.path, got.status, got.body)
		}
	}
	request, err := http.NewRequest(http.MethodPost, w.base+"/default/token", strings.NewReader("a="+strings.Repeat("x", 100<<10)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(request)
	if got := read(t, answer, err); got.status != 400 || !strings.Contains(got.body, "65536 bytes") {
		t.Errorf("a body without end: %d %s", got.status, got.body)
	}
}

func TestIssuersOnDemandAreBounded(t *testing.T) {
	w := start(t, func(o *idp.Options) { o.Limits.Issuers = 2 })
	for path, want := range map[string]int{"/a": 200, "/b": 200} {
		if got := fetch(t, browser(t), w.base+path+"/.well-known/openid-configuration"); got.status != want {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if got := fetch(t, browser(t), w.base+"/c/.well-known/openid-configuration"); got.status != 404 || !strings.Contains(got.body, "no more") {
		t.Errorf("a third: %d %s", got.status, got.body)
	}
}

func TestBaseURLWithAPath(t *testing.T) {
	w := start(t, func(o *idp.Options) { o.BaseURL += "/idp/" })
	a := newApp(t, w.base+"/idp/default", "app", "")
	b := browser(t)
	a.login(t, b, "alice")
	if q := fetch(t, b, a.oauth.AuthCodeURL("s")+"&prompt=none").location.Query(); q.Get("code") == "" {
		t.Errorf("the cookie does not come back: %v", q)
	}
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]idp.Options{
		"no base URL":       {},
		"base without host": {BaseURL: "http://"},
		"base with query":   {BaseURL: "http://x?y"},
		"ftp":               {BaseURL: "ftp://x"},
		"reserved name":     {BaseURL: "http://x", Issuers: []idp.IssuerOptions{{Name: "token"}}},
		"twice":             {BaseURL: "http://x", Issuers: []idp.IssuerOptions{{Name: "a"}, {Name: "a"}}},
		"algorithm":         {BaseURL: "http://x", Issuers: []idp.IssuerOptions{{Name: "a", SigningAlgs: []string{"HS256"}}}},
		"client twice":      {BaseURL: "http://x", Issuers: []idp.IssuerOptions{{Clients: []idp.Client{{ID: "a"}, {ID: "a"}}}}},
		"client":            {BaseURL: "http://x", Issuers: []idp.IssuerOptions{{Clients: []idp.Client{{ID: ""}}}}},
		"user twice":        {BaseURL: "http://x", Issuers: []idp.IssuerOptions{{Users: []idp.User{{Sub: "a"}, {Sub: "a"}}}}},
		"user":              {BaseURL: "http://x", Issuers: []idp.IssuerOptions{{Users: []idp.User{{}}}}},
		"sid or not": {BaseURL: "http://x", Issuers: []idp.IssuerOptions{{Clients: []idp.Client{
			{ID: "a", WithoutSid: true, BackchannelLogoutSessionRequired: true},
		}}}},
	} {
		if _, err := idp.New(o); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestRecordsAreBounded(t *testing.T) {
	w := start(t, func(o *idp.Options) { o.Limits.Requests, o.Limits.Deliveries = 3, 2 })
	for range 5 {
		fetch(t, browser(t), w.base+"/healthz?client_secret=hidden")
		if _, err := w.Deliver(t.Context(), idp.DeliveryRequest{Token: "x", URL: w.base + "/healthz"}); err != nil {
			t.Fatal(err)
		}
	}
	requests, deliveries := w.Requests(), w.Deliveries()
	if len(requests) != 3 || requests[2].ID != 10 || len(deliveries) != 2 || deliveries[1].ID != 5 || deliveries[1].Status != 405 {
		t.Errorf("%+v\n%+v", requests, deliveries)
	}
	for _, r := range requests {
		if strings.Contains(r.Query, "hidden") {
			t.Errorf("a secret is shown: %+v", r)
		}
	}
}
