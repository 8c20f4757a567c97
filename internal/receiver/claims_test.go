package receiver

import (
	"encoding/json"
	"strings"
	"testing"
)

// oneRule is a table row: what is changed in a perfect token, and whether it must still work.
type oneRule struct {
	name   string
	change object
	good   bool
}

func (w *world) judge(t *testing.T, rules []oneRule, token func(object) string) {
	t.Helper()
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			here := *w
			here.TB = t
			b := here.login("alice", "s1")
			if rule.good {
				here.accepts(token(rule.change), b, "alice")
				return
			}
			here.refuses(token(rule.change), b, "alice")
			// The twin: nothing but the change was in the way.
			here.accepts(here.token(object{"sub": "alice"}), b, "alice")
		})
	}
}

func TestClaimsOIDC(t *testing.T) {
	w := newWorld(t, "")
	now := w.clock.now().Unix()
	event := func(v any) object { return object{"events": v} }
	long := strings.Repeat("x", 255)
	w.judge(t, []oneRule{
		{"as is", object{}, true},
		{"iss missing", object{"iss": nil}, false},
		{"iss wrong", object{"iss": "https://evil.example"}, false},
		{"iss with slash", object{"iss": w.issuer.URL + "/"}, false},
		{"iss list", object{"iss": []string{w.issuer.URL}}, false},
		{"aud missing", object{"aud": nil}, false},
		{"aud wrong", object{"aud": "other"}, false},
		{"aud prefix", object{"aud": "ap"}, false},
		{"aud list", object{"aud": []string{"app"}}, true},
		{"aud list with stranger", object{"aud": []string{"other", "app"}}, true},
		{"aud list without us", object{"aud": []string{"other"}}, false},
		{"aud empty list", object{"aud": []string{}}, false},
		{"aud mixed list", object{"aud": []any{"app", 1}}, false},
		{"aud with empty name", object{"aud": []any{"app", ""}}, false},
		{"aud empty", object{"aud": ""}, false},
		{"aud null", object{"aud": json.RawMessage("null")}, false},
		{"aud object", object{"aud": object{"app": true}}, false},
		{"exp missing", object{"exp": nil}, false},
		{"exp an hour ago", object{"exp": now - hour}, false},
		{"exp within leeway", object{"exp": now - 29}, true},
		{"exp at the leeway", object{"exp": now - 30}, false},
		{"exp negative", object{"exp": -1}, false},
		{"exp fraction", object{"exp": float64(now) + 60.5}, true},
		{"exp exponent", object{"exp": json.RawMessage("1.9e9")}, true},
		{"exp far", object{"exp": json.RawMessage("9e18")}, true},
		{"exp endless", object{"exp": json.RawMessage("1e400")}, false},
		{"exp text", object{"exp": "1900000000"}, false},
		{"exp null", object{"exp": json.RawMessage("null")}, false},
		{"iat missing", object{"iat": nil}, false},
		{"iat text", object{"iat": "1"}, false},
		{"iat old", object{"iat": 1}, true},
		{"iat a minute ahead", object{"iat": now + 60}, true},
		{"iat an hour ahead", object{"iat": now + hour, "exp": now + 2*hour}, false},
		{"nbf now", object{"nbf": now}, true},
		{"nbf within leeway", object{"nbf": now + 30}, true},
		{"nbf an hour ahead", object{"nbf": now + hour, "exp": now + 2*hour}, false},
		{"nbf true", object{"nbf": true}, false},
		{"jti missing", object{"jti": nil}, false},
		{"jti empty", object{"jti": ""}, false},
		{"jti number", object{"jti": 1}, false},
		{"events missing", event(nil), false},
		{"events other URI", event(object{"http://schemas.openid.net/event/other": object{}}), false},
		{"events https", event(object{strings.Replace(logoutMember, "http", "https", 1): object{}}), false},
		{"events empty", event(object{}), false},
		{"events text", event(logoutMember), false},
		{"events list", event([]string{logoutMember}), false},
		{"events member null", event(object{logoutMember: nil}), false},
		{"events member list", event(object{logoutMember: []int{}}), false},
		{"events member filled", event(object{logoutMember: object{"a": 1}}), true},
		{"events more members", event(object{logoutMember: object{}, "urn:x": object{}}), true},
		{"nonce", object{"nonce": "n"}, false},
		{"nonce empty", object{"nonce": ""}, false},
		{"nonce null", object{"nonce": json.RawMessage("null")}, false},
		{"sub and sid missing", object{"sub": nil}, false},
		{"sub empty", object{"sub": ""}, false},
		{"sub number", object{"sub": 1}, false},
		{"sub object", object{"sub": object{"$ne": nil}}, false},
		{"sid empty beside sub", object{"sid": ""}, false},
		{"sid list beside sub", object{"sid": []string{"s1"}}, false},
		{"sid only", object{"sub": nil, "sid": "s1"}, true},
		{"sub too long", object{"sub": long + "x"}, false},
		{"sub in the event only", object{"sub": nil, "events": object{logoutMember: object{"sub": "alice"}}}, false},
		{"more claims", object{"txn": "t", "toe": 1, "acr": "x", "azp": "other"}, true},
		{"Nonce is another name", object{"Nonce": "n"}, true},
		{"EXP is another name", object{"exp": now - hour, "EXP": now + hour}, false},
	}, func(change object) string {
		return w.token(object{"sub": "alice"}, change)
	})
}

func TestSubjectsAreComparedExactly(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		b := w.login("alice", "s1")
		for _, sub := range []string{"Alice", "alice ", "alic", "alice\x00", "*", "a%", "ALICE", strings.Repeat("x", 255)} {
			if res := w.send(w.token(object{"sub": sub})); res.StatusCode != 200 {
				t.Errorf("a logout of %q answered %d: nobody has that name, so it is done", sub, res.StatusCode)
			}
			if !b.alive("alice") {
				t.Fatalf("a logout of %q ended the session of alice", sub)
			}
		}
	}
}

func TestHeader(t *testing.T) {
	w := newWorld(t, "")
	rules := []oneRule{
		{"typ missing", object{"typ": nil}, true},
		{"typ JWT", object{"typ": "JWT"}, true},
		{"typ in other case", object{"typ": "Application/Logout+JWT"}, true},
		{"typ at+jwt", object{"typ": "at+jwt"}, false},
		{"typ secevent+jwt", object{"typ": "secevent+jwt"}, false},
		{"typ number", object{"typ": 1}, false},
		{"typ with blank", object{"typ": "logout+jwt "}, false},
		{"typ prefixed twice", object{"typ": "application/application/logout+jwt"}, false},
		{"crit", object{"crit": []string{"x"}, "x": 1}, false},
		{"crit unknown and absent", object{"crit": []string{"x"}}, false},
		{"crit empty", object{"crit": []string{}}, false},
		{"b64 false", object{"b64": false}, false},
		{"b64 false in crit", object{"b64": false, "crit": []string{"b64"}}, false},
		{"zip", object{"zip": "DEF"}, false},
		{"kid number", object{"kid": 0}, false},
		{"unknown member", object{"x": object{"y": 1}}, true},
		{"jku is no key source", object{"jku": "http://127.0.0.1:1/jwks"}, true},
		{"x5u is no key source", object{"x5u": "http://127.0.0.1:1/cert"}, true},
		{"ALG is another name", object{"ALG": "none"}, true},
	}
	for _, w.shared = range []bool{false, true} {
		t.Run(w.app(), func(t *testing.T) {
			w.judge(t, rules, func(header object) string { return w.tokenWith(header, object{"sub": "alice"}) })
		})
	}
}
