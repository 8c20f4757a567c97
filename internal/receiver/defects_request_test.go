package receiver

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

func init() {
	maps.Copy(wrongdoings, requestWrongdoings)
}

const formType = "application/x-www-form-urlencoded"

// ask makes any request of the logout endpoint; fields of the header are given as name, value.
func (w *world) ask(method, query, body, kind string, header ...string) *http.Response {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.server.URL+"/auth/logout/"+w.app()+query, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	return w.done(res, err)
}

func form(tokens ...string) string { return url.Values{"logout_token": tokens}.Encode() }

// about is a good token.
func (w *world) about(sub string) string { return w.token(object{"sub": sub}) }

// requestWrongdoings say of each defect of requestDefects what only the broken receiver does.
var requestWrongdoings = map[string]func(*world) bool{
	"method-overridden": func(w *world) bool {
		b := w.login("alice", "s1")
		w.ask("GET", "?"+form(w.about("alice")), "", formType, "X-HTTP-Method-Override", "POST")
		return !b.alive("alice")
	},
	"query-first": func(w *world) bool {
		b := w.login("alice", "s1")
		w.ask("POST", "?"+form(w.about("alice")), form("bad"), formType)
		return !b.alive("alice")
	},
	"any-content-type": func(w *world) bool {
		b, c := w.login("alice", "s1"), w.login("carol", "s3")
		w.ask("POST", "", `{"logout_token":"`+w.about("alice")+`"}`, "application/json")
		w.ask("POST", "", w.about("carol"), "application/jwt")
		return !b.alive("alice") && !c.alive("carol")
	},
	"two-tokens-mixed": func(w *world) bool {
		b := w.login("bob", "s2")
		forged := w.about("bob")
		w.ask("POST", "", form(w.about("alice"), forged[:strings.LastIndexByte(forged, '.')+1]+"AAAA"), formType)
		return !b.alive("bob")
	},
	"form-names-user": func(w *world) bool {
		a, b := w.login("alice", "s1"), w.login("bob", "s2")
		w.ask("POST", "", form(w.about("alice"))+"&sub=bob", formType)
		return !a.alive("alice") && !b.alive("bob")
	},
	"cookie-names-session": func(w *world) bool {
		b := w.login("bob", "s2")
		at, err := url.Parse(w.server.URL + "/app/" + b.app + "/me")
		if err != nil {
			w.Fatal(err)
		}
		var pairs []string
		for _, c := range b.client.Jar.Cookies(at) {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
		w.ask("POST", "", form(w.about("alice")), formType, "Cookie", strings.Join(pairs, "; "))
		return !b.alive("bob")
	},
	"cross-site-refused": func(w *world) bool {
		b := w.login("alice", "s1")
		res := w.ask("POST", "", form(w.about("alice")), formType, "Sec-Fetch-Site", "cross-site")
		return res.StatusCode == http.StatusForbidden && b.alive("alice")
	},
	"length-required": func(w *world) bool {
		b := w.login("alice", "s1")
		body := io.MultiReader(strings.NewReader(form(w.about("alice")))) // of no known length
		res, err := http.Post(w.server.URL+"/auth/logout/"+w.app(), formType, body)
		return w.done(res, err).StatusCode == http.StatusLengthRequired && b.alive("alice")
	},
	"host-is-audience": func(w *world) bool {
		b := w.login("alice", "s1")
		w.ask("POST", "", form(w.token(object{"sub": "alice", "aud": "http://evil.example"})), formType, "X-Forwarded-Host", "evil.example")
		return !b.alive("alice")
	},
}
