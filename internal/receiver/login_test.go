package receiver

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestPages(t *testing.T) {
	w := newWorld(t, "")
	b := w.newBrowser()
	for path, status := range map[string]int{
		"/": 200, "/app/web/me": 401, "/app/forum/me": 401, "/app/none/me": 404,
		"/app/web/x": 404, "/app/web": 404, "/x": 404, "/auth/logoutx": 404, "/app/forum/callback": 404,
	} {
		if res := b.get(path); res.StatusCode != status || strings.Contains(text(res), "Logged in as") {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
		}
	}
	for _, path := range []string{"/", "/app/web/me", "/app/web/login", "/app/web/callback"} {
		res, err := b.client.Post(w.server.URL+path, "text/plain", nil)
		if w.done(res, err).StatusCode != 405 {
			t.Errorf("POST %s: %d", path, res.StatusCode)
		}
	}
}

func TestNamesAreEscaped(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		b := w.newBrowser()
		b.login("<b>&", "")
		if res := b.get("/app/" + b.app + "/me"); !strings.Contains(text(res), "Logged in as &lt;b&gt;&amp;") {
			t.Error("a name is shown as HTML")
		}
	}
}

func TestLoginRequest(t *testing.T) {
	w := newWorld(t, "")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(w.server.URL + "/app/web/login?login_hint=x&nonce=mine")
	res = w.done(res, err)
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != 302 {
		t.Fatal(res.StatusCode, err)
	}
	q := to.Query()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "app", "scope": "openid",
		"code_challenge_method": "S256", "redirect_uri": w.server.URL + "/app/web/callback",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	if len(q) != 8 || len(q.Get("state")) < 43 || len(q.Get("nonce")) < 43 || len(q.Get("code_challenge")) != 43 {
		t.Errorf("the request is %v", q)
	}
	cookie := res.Header.Get("Set-Cookie")
	for _, part := range []string{"login_web=", "Path=/app/web/", "HttpOnly", "SameSite=Lax", "Max-Age=600"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("%s is missing in %s", part, cookie)
		}
	}
	if strings.Contains(cookie, q.Get("state")) || strings.Contains(cookie, q.Get("nonce")) {
		t.Error("the cookie holds what belongs to the server")
	}
}

func TestIDTokensAreValidated(t *testing.T) {
	w := newWorld(t, "")
	now := w.clock.now().Unix()
	for name, change := range map[string]object{
		"iss": {"iss": "https://evil.example"}, "aud": {"aud": "other"}, "aud list": {"aud": []string{"app", "other"}},
		"exp": {"exp": now - hour}, "no exp": {"exp": nil}, "iat": {"iat": "x"}, "nbf": {"nbf": now + hour},
		"nonce": {"nonce": "other"}, "no nonce": {"nonce": nil}, "sub": {"sub": ""}, "no sub": {"sub": nil},
		"sid": {"sid": 7}, "long sub": {"sub": strings.Repeat("x", 256)},
	} {
		w.issuer.change = func(claims object) {
			for n, v := range change {
				if claims[n] = v; v == nil {
					delete(claims, n)
				}
			}
		}
		b := w.newBrowser()
		if status := b.login("alice", "s1"); status != 400 || b.alive("") {
			t.Errorf("%s: %d", name, status)
		}
	}
	w.issuer.change = func(claims object) { claims["aud"], claims["azp"] = []string{"app", "other"}, "app" }
	w.login("alice", "s1")
}

func TestIDTokenSignaturesAreVerified(t *testing.T) {
	w := newWorld(t, "")
	for name, sign := range map[string]func(object) string{
		"none":       func(c object) string { return rawToken(object{"alg": "none"}, c, func(string) []byte { return nil }) },
		"other key":  func(c object) string { return signedBy(testKeys().other, "RS256", object{"kid": "k1"}, c) },
		"secret":     func(c object) string { return macToken([]byte("app-secret"), nil, c) },
		"logout typ": func(c object) string { return signedBy(testKeys().rsa, "RS256", object{"typ": "logout+jwt"}, c) },
		"crit":       func(c object) string { return w.tokenWith(object{"crit": []string{"x"}}, c) },
		"logout":     func(object) string { return w.token(object{"sub": "alice"}) },
		"garbage":    func(object) string { return "x" },
	} {
		w.issuer.sign = sign
		b := w.newBrowser()
		if status := b.login("alice", "s1"); status != 400 || b.alive("") {
			t.Errorf("%s: %d", name, status)
		}
	}
}

func TestCallback(t *testing.T) {
	w := newWorld(t, "")
	w.issuer.next = object{"sub": "alice"}
	begin := func() (*browser, url.Values) {
		b := w.newBrowser()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res := b.get("/app/web/login")
		back, err := b.client.Get(res.Header.Get("Location"))
		to, _ := url.Parse(w.done(back, err).Header.Get("Location"))
		return b, to.Query()
	}
	for name, spoil := range map[string]func(*browser, url.Values){
		"state":      func(_ *browser, q url.Values) { q.Set("state", "x") },
		"no state":   func(_ *browser, q url.Values) { q.Del("state") },
		"iss":        func(_ *browser, q url.Values) { q.Set("iss", "https://evil.example") },
		"error":      func(_ *browser, q url.Values) { q.Set("error", "access_denied") },
		"no code":    func(_ *browser, q url.Values) { q.Del("code") },
		"no cookie":  func(b *browser, _ url.Values) { b.client.Jar = w.newBrowser().client.Jar },
		"too late":   func(*browser, url.Values) { w.clock.advance(loginLife) },
		"wrong code": func(_ *browser, q url.Values) { q.Set("code", "x") },
	} {
		b, q := begin()
		spoil(b, q)
		want := 400
		if name == "wrong code" {
			want = 502
		}
		if res := b.get("/app/web/callback?" + q.Encode()); res.StatusCode != want || b.alive("") {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	b, q := begin()
	if res := b.get("/app/web/callback?" + q.Encode()); res.StatusCode != 303 || !b.alive("alice") {
		t.Errorf("the good one: %d", res.StatusCode)
	}
	if res := b.get("/app/web/callback?" + q.Encode()); res.StatusCode != 400 {
		t.Errorf("the second use: %d", res.StatusCode)
	}
}

func TestSecretInFormWhereTheIssuerWantsIt(t *testing.T) {
	for _, c := range []struct {
		methods any
		form    bool
	}{{nil, false}, {[]string{"client_secret_post"}, true}, {[]string{"client_secret_post", "client_secret_basic"}, false}} {
		w := newWorld(t, "")
		if c.methods != nil {
			w.issuer.meta["token_endpoint_auth_methods_supported"] = c.methods
		}
		w.login("alice", "s1")
		if w.issuer.form != c.form {
			t.Errorf("%v: the secret was in the form: %v", c.methods, w.issuer.form)
		}
	}
}

func TestLoginsAndSessionsAreBounded(t *testing.T) {
	logins, now := newLoginStore(), time.Unix(0, 0)
	for i := range maxLogins {
		logins.open[keyOf(fmt.Sprint(i))] = pendingLogin{until: now.Add(loginLife)}
	}
	if logins.add("one more", pendingLogin{}, now) || !logins.add("later", pendingLogin{}, now.Add(loginLife)) {
		t.Error("logins are not bounded, or never forgotten")
	}
	sessions := newSessionStore()
	for i := range maxSessions {
		sessions.byKey[keyOf(fmt.Sprint(i))] = session{key: keyOf(fmt.Sprint(i)), login: now}
	}
	if sessions.add(session{login: now}) == nil || sessions.add(session{login: now.Add(sessionLife)}) != nil {
		t.Error("sessions are not bounded, or never forgotten")
	}
}

func TestLoginReplacesTheBrowsersOldSession(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		b := w.login("alice", "s1")
		old := b.copied()
		if b.login("bob", "s2") != 200 || !b.alive("bob") || old.alive("alice") {
			t.Errorf("%s: the old session lives on beside the new one", w.app())
		}
	}
}

func TestNoLoginWithoutRandomness(t *testing.T) {
	w := newWorld(t, "", func(c *Config) { c.Rand = strings.NewReader("too short") })
	for _, w.shared = range []bool{false, true} {
		b := w.newBrowser()
		if status := b.login("alice", ""); status != 500 || b.alive("alice") {
			t.Errorf("%s: %d", w.app(), status)
		}
	}
}

func TestTheClientIsCopied(t *testing.T) {
	own := &http.Client{Timeout: time.Minute}
	if c := withoutRedirects(own); c.Timeout != time.Minute || c.CheckRedirect == nil || own.CheckRedirect != nil {
		t.Error("the client is not used as given, or was changed")
	}
	if withoutRedirects(nil).Timeout != 10*time.Second {
		t.Error("the default client has no timeout of 10 s")
	}
}
