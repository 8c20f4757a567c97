package receiver

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestMethods(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		b := w.login("alice", "s1")
		query := "?logout_token=" + w.token(object{"sub": "alice"})
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"} {
			for _, name := range []string{w.app(), "unknown", ""} {
				req, err := http.NewRequest(method, w.server.URL+"/auth/logout/"+name+query, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("X-HTTP-Method-Override", "POST")
				res, err := http.DefaultClient.Do(req)
				res = w.done(res, err)
				if res.StatusCode != 405 || res.Header.Get("Allow") != "POST" || !b.alive("alice") {
					t.Errorf("%s %s: %d, Allow %q", method, name, res.StatusCode, res.Header.Get("Allow"))
				}
			}
		}
	}
}

func TestForm(t *testing.T) {
	w := newWorld(t, "")
	const kind = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		kind, query, body string // TOKEN stands for a good one
		good              bool
	}{
		"plain":             {kind, "", "logout_token=TOKEN", true},
		"charset":           {kind + "; charset=UTF-8", "", "logout_token=TOKEN", true},
		"mixed case":        {"Application/X-WWW-Form-URLEncoded", "", "logout_token=TOKEN", true},
		"escaped name":      {kind, "", "logout%5Ftoken=TOKEN", true},
		"extra fields":      {kind, "", "a=1&a=2&sub=bob&all=true&logout_token=TOKEN", true},
		"bad token in URL":  {kind, "?logout_token=x", "logout_token=TOKEN", true},
		"only in URL":       {kind, "?logout_token=TOKEN", "", false},
		"good token in URL": {kind, "?logout_token=TOKEN", "logout_token=x", false},
		"empty body":        {kind, "", "", false},
		"empty value":       {kind, "", "logout_token=", false},
		"other fields only": {kind, "", "a=1", false},
		"twice":             {kind, "", "logout_token=TOKEN&logout_token=x", false},
		"same twice":        {kind, "", "logout_token=TOKEN&logout_token=TOKEN", false},
		"other name":        {kind, "", "Logout_Token=TOKEN", false},
		"array name":        {kind, "", "logout_token[]=TOKEN", false},
		"blank before":      {kind, "", "logout_token=+TOKEN", false},
		"bad escape":        {kind, "", "a=%zz&logout_token=TOKEN", false},
		"JSON":              {"application/json", "", `{"logout_token":"TOKEN"}`, false},
		"raw":               {"application/jwt", "", "TOKEN", false},
		"text":              {"text/plain", "", "logout_token=TOKEN", false},
		"no type":           {"", "", "logout_token=TOKEN", false},
		"broken type":       {kind + "; =", "", "logout_token=TOKEN", false},
		"too large":         {kind, "", "a=" + strings.Repeat("x", maxBody) + "&logout_token=TOKEN", false},
		"nearly too large":  {kind, "", "a=" + strings.Repeat("x", maxBody-4096) + "&logout_token=TOKEN", true},
	} {
		t.Run(name, func(t *testing.T) {
			here := *w
			here.TB = t
			b, bob := here.login("alice", "s1"), here.login("bob", "s2")
			put := strings.NewReplacer("TOKEN", here.token(object{"sub": "alice"})).Replace
			req, err := http.NewRequest("POST", here.server.URL+"/auth/logout/web"+put(c.query), strings.NewReader(put(c.body)))
			if err != nil {
				t.Fatal(err)
			}
			if c.kind != "" {
				req.Header.Set("Content-Type", c.kind)
			}
			res, err := http.DefaultClient.Do(req)
			res = here.done(res, err)
			if c.good == b.alive("alice") || !bob.alive("bob") {
				t.Errorf("%d: alice lives %v, bob lives %v", res.StatusCode, b.alive("alice"), bob.alive("bob"))
			}
			if !c.good {
				here.isRefusal(res, 400)
			}
		})
	}
}

func TestUnknownAppsAreAllAlike(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	good := url.Values{"logout_token": {w.token(object{"sub": "alice"})}}.Encode()
	empty := url.Values{"logout_token": {macToken(nil, nil, object{"sub": "alice"})}}.Encode()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, name := range []string{"/nobody", "/", "", "/web/", "//web", "/../web", "/%22'", "/web/x", "/WEB", "/%2e%2e"} {
		for _, form := range []string{good, empty, "", "logout_token=x"} {
			res, err := client.Post(w.server.URL+"/auth/logout"+name, "application/x-www-form-urlencoded", strings.NewReader(form))
			w.isRefusal(w.done(res, err), 400)
		}
	}
	if !b.alive("alice") {
		t.Error("the session has ended")
	}
}

// A browser's traces change nothing, with or without them.
func TestCallerDoesNotMatter(t *testing.T) {
	w := newWorld(t, "")
	for _, traces := range []bool{false, true} {
		alice, bob := w.login("alice", "s1"), w.login("bob", "s2")
		form := url.Values{"logout_token": {w.token(object{"sub": "alice"})}}.Encode()
		req, err := http.NewRequest("POST", w.server.URL+"/auth/logout/web", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "User-Agent": {""}}
		client := http.DefaultClient
		if traces {
			client = bob.client
			req.Header = http.Header{
				"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {"https://evil.example"},
				"Sec-Fetch-Site": {"cross-site"}, "Authorization": {"Bearer x"}, "Accept": {"text/html"},
			}
			req.Host = "evil.example"
		}
		res, err := client.Do(req)
		if res = w.done(res, err); res.StatusCode != 200 || alice.alive("alice") || !bob.alive("bob") {
			t.Errorf("traces %v: %d", traces, res.StatusCode)
		}
	}
}

func TestServerBoundsWhatComesIn(t *testing.T) {
	s := NewServer(http.NotFoundHandler())
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 {
		t.Errorf("a limit is missing: %+v", s)
	}
}
