package receiver

import (
	"encoding/json"
	"testing"
)

func sharedWorld(t *testing.T, requires ...string) *world {
	w := newWorld(t, "", func(c *Config) { c.Apps[1].SharedSecret.Requires = requires })
	w.shared = true
	return w
}

func TestClaimsSharedSecret(t *testing.T) {
	w := sharedWorld(t)
	now := w.clock.now().Unix()
	w.judge(t, []oneRule{
		{"sub only", object{}, true},
		{"sub missing", object{"sub": nil}, false},
		{"sub empty", object{"sub": ""}, false},
		{"sub list", object{"sub": []string{"alice"}}, false},
		{"sid is no sub", object{"sub": nil, "sid": "s1"}, false},
		{"aud ours", object{"aud": "forum"}, true},
		{"aud list", object{"aud": []string{"forum"}}, true},
		{"aud wrong", object{"aud": "other"}, false},
		{"aud number", object{"aud": 1}, false},
		{"exp ahead", object{"exp": now + 60}, true},
		{"exp past", object{"exp": now - hour}, false},
		{"exp text", object{"exp": "1900000000"}, false},
		{"nbf ahead", object{"nbf": now + hour}, false},
		{"iat text", object{"iat": "1"}, false},
		{"iat now", object{"iat": now}, true},
		{"jti number", object{"jti": 1}, false},
		{"unknown claims", object{"nonce": "n", "events": "x", "iss": 1, "sid": object{}, "role": "admin"}, true},
	}, func(change object) string { return w.token(object{"sub": "alice"}, change) })
}

func TestRequiredClaims(t *testing.T) {
	full := func(w *world) object {
		now := w.clock.now().Unix()
		return object{
			"sub": "alice", "iss": "i", "aud": "forum", "exp": now + 60, "nbf": now, "iat": now,
			"events": object{logoutMember: object{}}, "sid": "s", "tenant": "t",
		}
	}
	for _, claim := range []string{"iss", "aud", "exp", "nbf", "iat", "jti", "events", "sid", "tenant"} {
		w := sharedWorld(t, "sub", claim)
		b := w.login("alice", "")
		w.refuses(w.token(full(w), object{"jti": "a", claim: nil}), b, "alice")
		w.accepts(w.token(full(w), object{"jti": "a"}), b, "alice")
	}
	w := sharedWorld(t, "iss", "events")
	b := w.login("alice", "")
	w.refuses(w.token(full(w), object{"iss": ""}), b, "alice")
	w.refuses(w.token(full(w), object{"events": object{}}), b, "alice")
}

func TestAudienceOfSharedSecret(t *testing.T) {
	w := newWorld(t, "", func(c *Config) { c.Apps[1].SharedSecret.Audience = "https://forum.example" })
	w.shared = true
	b := w.login("alice", "")
	w.refuses(w.token(object{"sub": "alice", "aud": "forum"}), b, "alice")
	w.accepts(w.token(object{"sub": "alice", "aud": "https://forum.example"}), b, "alice")
}

func TestTokensOfOneIssuer(t *testing.T) {
	w := newWorld(t, "", func(c *Config) {
		c.Apps[1].SharedSecret.Issuer, c.Apps[1].SharedSecret.BanNonce = "https://op.example", true
	})
	w.shared = true
	w.judge(t, []oneRule{
		{"no iss", object{}, true},
		{"iss right", object{"iss": "https://op.example"}, true},
		{"iss wrong", object{"iss": "https://op.example/"}, false},
		{"iss list", object{"iss": []string{"https://op.example"}}, false},
		{"nonce", object{"nonce": "n"}, false},
		{"nonce null", object{"nonce": json.RawMessage("null")}, false},
	}, func(change object) string { return w.token(object{"sub": "alice"}, change) })
}

func TestOwnLogin(t *testing.T) {
	w := sharedWorld(t)
	b := w.newBrowser()
	for body, status := range map[string]int{"uid=": 400, "": 400, "uid=%ff": 400} {
		res, err := b.client.Post(w.server.URL+"/app/forum/login", "application/x-www-form-urlencoded", reader(body))
		if w.done(res, err).StatusCode != status || b.alive("") {
			t.Errorf("%q: logged in", body)
		}
	}
	res, err := b.client.Post(w.server.URL+"/app/forum/login", "text/plain", reader("uid=a"))
	if w.done(res, err).StatusCode != 400 {
		t.Error("a plain text body logs in")
	}
	if res := b.get("/app/forum/login"); res.StatusCode != 405 || res.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %d", res.StatusCode)
	}
}
