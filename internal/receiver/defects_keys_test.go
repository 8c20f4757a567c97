package receiver

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// unknownKid is signed by an attacker, under a kid that nobody published.
func (w *world) unknownKid() string {
	return rawToken(object{"kid": w.claims()["jti"]}, w.claims(object{"sub": "alice"}),
		func(s string) []byte { return rs256(testKeys().other, s) })
}

// sealed encrypts to the client that is registered for it.
func (w *world) sealed(alg jose.KeyAlgorithm, inner string) string {
	w.Helper()
	e, err := jose.NewEncrypter(jose.A128CBC_HS256, jose.Recipient{Algorithm: alg, Key: &testKeys().other.PublicKey},
		(&jose.EncrypterOptions{}).WithContentType("JWT"))
	if err != nil {
		w.Fatal(err)
	}
	jwe, err := e.Encrypt([]byte(inner))
	if err != nil {
		w.Fatal(err)
	}
	raw, err := jwe.CompactSerialize()
	if err != nil {
		w.Fatal(err)
	}
	return raw
}

// endsSealed says whether a token ends a session at the client with encryption.
func (w *world) endsSealed(token string) bool {
	w.Helper()
	b := w.loginAt("web-sealed", "alice", "s1")
	w.post("web-sealed", "logout_token="+token)
	return !b.alive("alice")
}

var encryptionWrongdoings = map[string]func(*world) bool{
	"encryption-optional": func(w *world) bool {
		return w.endsSealed(w.token(object{"sub": "alice", "aud": "sealed"}))
	},
	"encrypted-is-genuine": all(
		func(w *world) bool {
			text, _ := json.Marshal(w.claims(object{"sub": "alice", "aud": "sealed"}))
			return w.endsSealed(w.sealed(jose.RSA_OAEP_256, string(text)))
		},
		func(w *world) bool {
			claims := w.claims(object{"sub": "alice", "aud": "sealed"})
			return w.endsSealed(w.sealed(jose.RSA_OAEP_256, w.forgeries(claims)["attacker, our kid"]))
		}),
	"decryption-errors-told": func(w *world) bool {
		good := w.sealed(jose.RSA1_5, "x")
		segments := strings.Split(good, ".")
		segments[1] = b64(make([]byte, 256))
		bad := strings.Join(segments, ".")
		return w.post("web-sealed", "logout_token="+good).StatusCode != w.post("web-sealed", "logout_token="+bad).StatusCode
	},
}

var keyWrongdoings = map[string]func(*world) bool{
	"keys-only-appended": func(w *world) bool {
		b := w.login("alice", "s1")
		w.issuer.publish(public(&testKeys().other.PublicKey, "k2"))
		w.clock.advance(times.Fresh)
		ended := w.ends(w.token(object{"sub": "alice"}), b, "alice")
		w.bothKeys()
		w.clock.advance(times.Fresh)
		return ended
	},
	"keys-wiped-on-failure": func(w *world) bool {
		b := w.login("alice", "s1")
		w.issuer.serve(500, "")
		w.clock.advance(times.Fresh)
		ended := w.ends(w.token(object{"sub": "alice"}), b, "alice")
		w.bothKeys()
		w.clock.advance(times.Pause)
		return !ended
	},
	"open-while-keys-missing": func(w *world) bool {
		b := w.login("alice", "s1")
		w.issuer.serve(500, "")
		ended := w.ends(w.unknownKid(), b, "alice")
		w.bothKeys()
		return ended
	},
	"unknown-kids-unlimited": func(w *world) bool {
		w.login("alice", "s1")
		before := w.issuer.fetches.Load()
		for range 20 {
			w.send(w.unknownKid())
		}
		return w.issuer.fetches.Load()-before == 20
	},
	"old-secrets-kept": func(w *world) bool {
		b, token := w.login("alice", ""), w.token(object{"sub": "alice"})
		if err := w.cluster.ReplaceSecret("forum", []byte(secondSecret)); err != nil {
			w.Fatal(err)
		}
		ended := w.ends(token, b, "alice")
		w.accepts(macToken([]byte(secondSecret), nil, object{"sub": "alice"}), b, "alice")
		if err := w.cluster.ReplaceSecret("forum", []byte(testSecret)); err != nil {
			w.Fatal(err)
		}
		return ended
	},
	"jwks-garbage-crashes": func(w *world) bool {
		w.login("alice", "s1")
		w.issuer.serve(200, object{})
		status := w.send(w.unknownKid()).StatusCode
		w.bothKeys()
		w.clock.advance(times.Pause)
		return status == 500
	},
	"jwks-redirects-followed": func(w *world) bool {
		b := w.login("alice", "s1")
		evil := strangersKeys(w)
		w.redirect(evil)
		ended := w.ends(w.newKey(object{"sub": "alice"}), b, "alice")
		w.redirect("")
		w.clock.advance(times.Pause)
		return ended
	},
	"jwks-oct-keys-used": func(w *world) bool {
		b := w.login("alice", "s1")
		oct := jose.JSONWebKey{Key: []byte(testSecret), KeyID: "o"}
		w.issuer.publish(public(&w.issuer.key.PublicKey, "k1"), oct)
		return w.ends(macToken([]byte(testSecret), object{"kid": "o"}, w.claims(object{"sub": "alice"})), b, "alice")
	},
	"jwks-all-or-nothing": func(w *world) bool {
		b := w.login("alice", "s1")
		good := public(&testKeys().other.PublicKey, "k2")
		old := public(&w.issuer.key.PublicKey, "k1")
		w.issuer.serve(200, object{"keys": []any{object{"kty": "NEW", "kid": "x"}, object{"kty": "RSA"}, old, good}})
		ended := w.ends(w.newKey(object{"sub": "alice"}), b, "alice")
		w.bothKeys()
		w.clock.advance(times.Pause)
		return !ended
	},
	"issuer-of-token-asked": func(w *world) bool {
		before := w.other.fetches.Load()
		w.refuses(w.token(object{"sub": "alice", "iss": w.other.URL}), w.login("alice", "s1"), "alice")
		return w.other.fetches.Load() > before
	},
	"jku-followed": func(w *world) bool {
		header := object{"alg": "RS256", "kid": "k2", "jku": strangersKeys(w)}
		token := rawToken(header, w.claims(object{"sub": "alice"}), func(s string) []byte { return rs256(testKeys().other, s) })
		return w.ends(token, w.login("alice", "s1"), "alice")
	},
}

// strangersKeys is where an attacker publishes a key.
func strangersKeys(w *world) string {
	evil := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(rw).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public(&testKeys().other.PublicKey, "k2")}})
	}))
	w.Cleanup(evil.Close)
	return evil.URL
}

// redirect has the JWKS endpoint point elsewhere; empty: it serves keys again.
func (w *world) redirect(to string) {
	w.issuer.mu.Lock()
	defer w.issuer.mu.Unlock()
	w.issuer.plain = nil
	if to != "" {
		w.issuer.plain = func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, to, http.StatusFound) }
	}
}
