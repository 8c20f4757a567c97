package receiver

import (
	"maps"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// forgeries are tokens nobody with the issuer's key or the secret made.
func (w *world) forgeries(claims object) map[string]string {
	other := testKeys().other
	evil := func(header object) string {
		return rawToken(header, claims, func(s string) []byte { return rs256(other, s) })
	}
	genuine := w.tokenWith(nil, claims)
	parts, err := threeSegments(genuine)
	if err != nil {
		w.Fatal(err)
	}
	last := parts[2][:len(parts[2])-4] + "AAAA"
	public, err := publicPEM(&w.issuer.key.PublicKey)
	if err != nil {
		w.Fatal(err)
	}
	unsigned := func(string) []byte { return nil }
	return map[string]string{
		"none":              rawToken(object{"alg": "none"}, claims, unsigned),
		"None":              rawToken(object{"alg": "None"}, claims, unsigned),
		"none, signature":   segment(object{"alg": "none"}) + "." + parts[1] + "." + parts[2],
		"alg missing":       segment(object{"kid": "k1"}) + "." + parts[1] + "." + parts[2],
		"alg list":          rawToken(object{"alg": []string{"RS256"}, "kid": "k1"}, claims, unsigned),
		"stripped":          parts[0] + "." + parts[1] + ".",
		"truncated":         parts[0] + "." + parts[1] + "." + parts[2][:4],
		"tampered":          parts[0] + "." + parts[1] + "." + last,
		"other claims":      parts[0] + "." + segment(w.claims(claims, object{"jti": "forged"})) + "." + parts[2],
		"attacker, our kid": evil(object{"kid": "k1"}),
		"attacker, no kid":  evil(object{}),
		"attacker, new kid": evil(object{"kid": "nobody's"}),
		"embedded key":      evil(object{"jwk": jose.JSONWebKey{Key: &other.PublicKey}}),
		"embedded, kid":     evil(object{"jwk": jose.JSONWebKey{Key: &other.PublicKey}, "kid": "k1"}),
		"embedded secret": macToken([]byte("attacker"), object{
			"kid": "k1",
			"jwk": object{"kty": "oct", "k": b64([]byte("attacker"))},
		}, claims),
		"PEM as secret":  macToken(public, object{"kid": "k1"}, claims),
		"empty key":      macToken(nil, object{"kid": "k1"}, claims),
		"empty key, kid": macToken(nil, object{"kid": "nobody's"}, claims),
		"secret":         macToken([]byte("secret"), nil, claims),
		"changeme":       macToken([]byte("changeme"), nil, claims),
		"zero bytes":     macToken(make([]byte, 32), nil, claims),
		"client secret":  macToken([]byte("app-secret"), nil, claims),
	}
}

func TestForgeriesAreRefused(t *testing.T) {
	w := newWorld(t, "")
	for _, w.shared = range []bool{false, true} {
		b := w.login("alice", "s1")
		for name, token := range w.forgeries(w.claims(object{"sub": "alice"})) {
			if res := w.send(token); res.StatusCode != 400 || !b.alive("alice") {
				t.Errorf("%s, %s: %d", w.app(), name, res.StatusCode)
			}
		}
		w.accepts(w.token(object{"sub": "alice"}), b, "alice")
	}
}

func TestOnlyTheRegisteredAlgorithm(t *testing.T) {
	for alg, key := range map[string]any{
		"RS256": testKeys().rsa, "RS384": testKeys().rsa, "PS256": testKeys().rsa,
		"ES256": testKeys().ec, "EdDSA": testKeys().ed,
	} {
		w := newWorld(t, "", func(c *Config) { c.Apps[0].OIDC.SigningAlg = alg })
		w.issuer.publish(public(&testKeys().rsa.PublicKey, "k1"), public(testKeys().ec.Public(), "k2"),
			public(testKeys().ed.Public(), "k3"))
		w.issuer.sign = func(c object) string { return signedBy(key, alg, nil, c) }
		b := w.login("alice", "s1")
		claims := w.claims(object{"sub": "alice"})
		for _, other := range []string{"RS256", "RS512", "PS384"} {
			if other != alg {
				w.refuses(signedBy(testKeys().rsa, other, object{"kid": "k1"}, claims), b, "alice")
			}
		}
		w.accepts(signedBy(key, alg, nil, claims), b, "alice")
	}
}

func TestSharedSecretAlgorithms(t *testing.T) {
	w := newWorld(t, "")
	w.shared = true
	b := w.login("alice", "")
	claims := object{"sub": "alice"}
	w.refuses(signedBy([]byte(testSecret+testSecret), "HS512", nil, claims), b, "alice")
	w.refuses(signedBy(testKeys().rsa, "RS256", nil, claims), b, "alice")
	w.refuses(macToken([]byte(testSecret+"x"), nil, claims), b, "alice")
	w.accepts(signedBy([]byte(testSecret), "HS256", nil, claims), b, "alice")
}

// Each entry holds a key that must not verify RS256 signatures, or none at all; the good key beside it still works.
func TestUnfitKeysAreNotUsed(t *testing.T) {
	key := &testKeys().other.PublicKey
	whole := jwkObject(t, public(key, "k2"))
	with := func(name string, value any) object {
		changed := object{}
		maps.Copy(changed, whole)
		changed[name] = value
		return changed
	}
	for name, entry := range map[string]any{
		"use enc": with("use", "enc"), "key_ops sign": with("key_ops", []string{"sign"}), "alg PS256": with("alg", "PS256"),
		"unknown kty": with("kty", "XYZ"), "broken": with("n", "!"), "no kty": with("kty", ""), "a number": 7,
		"symmetric": object{"kty": "oct", "k": b64([]byte(testSecret)), "kid": "k2"},
	} {
		w := newWorld(t, "")
		good := jwkObject(t, public(&w.issuer.key.PublicKey, "k1"))
		w.issuer.serve(200, object{"keys": []any{entry, good}})
		b := w.login("alice", "s1")
		claims := w.claims(object{"sub": "alice"})
		forged := rawToken(object{"kid": "k2"}, claims, func(s string) []byte { return rs256(testKeys().other, s) })
		if res := w.send(forged); res.StatusCode != 400 || !b.alive("alice") {
			t.Errorf("%s: the key was used", name)
		}
		w.accepts(w.token(claims), b, "alice")
	}
	if algorithms["RS256"](&testKeys().short.PublicKey) {
		t.Error("an RSA key of 1024 bits is good enough")
	}
}

func TestPrivateKeysInTheJWKSServeAsPublicOnes(t *testing.T) {
	w := newWorld(t, "")
	w.issuer.publish(jose.JSONWebKey{Key: w.issuer.key, KeyID: "k1"})
	b := w.login("alice", "s1")
	w.accepts(w.token(object{"sub": "alice"}), b, "alice")
}

func TestBareSignature(t *testing.T) {
	for alg, keys := range map[string][2]any{
		"HS256": {[]byte(testSecret), []byte(testSecret)},
		"RS256": {testKeys().rsa, &testKeys().rsa.PublicKey}, "PS512": {testKeys().rsa, &testKeys().rsa.PublicKey},
		"ES256": {testKeys().ec, &testKeys().ec.PublicKey}, "EdDSA": {testKeys().ed, testKeys().ed.Public()},
	} {
		p := oidcParts()
		parsed, err := p.parse(signedBy(keys[0], alg, nil, object{"sub": "a"}))
		if err != nil {
			t.Fatal(err)
		}
		if err := bareSignature(alg, keys[1], parsed.signed, parsed.signature); err != nil {
			t.Errorf("%s: a genuine signature is refused", alg)
		}
		if bareSignature(alg, keys[1], parsed.signed+"x", parsed.signature) == nil {
			t.Errorf("%s: a false signature passes", alg)
		}
	}
	for _, alg := range []string{"", "none", "XX256", "ES256", "RS257"} {
		if bareSignature(alg, &testKeys().rsa.PublicKey, "a", nil) == nil {
			t.Errorf("%q passes", alg)
		}
	}
}
