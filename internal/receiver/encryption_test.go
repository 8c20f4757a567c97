package receiver

import (
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func TestEncryptedTokens(t *testing.T) {
	w := newWorld(t, "")
	inner := func(changes ...object) string {
		return w.token(append([]object{{"sub": "alice", "aud": "sealed"}}, changes...)...)
	}
	good := w.sealed(jose.RSA_OAEP_256, inner())
	if !w.endsSealed(good) {
		t.Fatal("a token that is encrypted as registered is refused")
	}
	segments := strings.Split(w.sealed(jose.RSA_OAEP_256, inner()), ".")
	broken := func(i int, text string) string {
		changed := append([]string(nil), segments...)
		changed[i] = text
		return strings.Join(changed, ".")
	}
	b := w.loginAt("web-sealed", "alice", "s1")
	for name, token := range map[string]string{
		"plain":             inner(),
		"again":             good,
		"other alg":         w.sealed(jose.RSA_OAEP, inner()),
		"RSA1_5":            w.sealed(jose.RSA1_5, inner()),
		"inner none":        w.sealed(jose.RSA_OAEP_256, w.forgeries(w.claims(object{"sub": "alice", "aud": "sealed"}))["none"]),
		"inner expired":     w.sealed(jose.RSA_OAEP_256, inner(object{"exp": 1})),
		"inner of the home": w.sealed(jose.RSA_OAEP_256, w.token(object{"sub": "alice"})),
		"twice":             w.sealed(jose.RSA_OAEP_256, w.sealed(jose.RSA_OAEP_256, inner())),
		"empty":             w.sealed(jose.RSA_OAEP_256, ""),
		"bad tag":           broken(4, b64(make([]byte, 16))),
		"bad key":           broken(1, b64(make([]byte, 256))),
		"no key":            broken(1, ""),
		"garbage":           "a.b.c.d.e",
		"dots":              "....",
	} {
		w.isRefusal(w.post("web-sealed", "logout_token="+token), 400)
		if !b.alive("alice") {
			t.Fatalf("%s: the session has ended", name)
		}
	}
	// Nothing was agreed at the others.
	for _, w.shared = range []bool{false, true} {
		w.refuses(w.sealed(jose.RSA_OAEP_256, inner()), w.login("alice", "s1"), "alice")
	}
}

func TestReplicatedClaimsMustAgree(t *testing.T) {
	l := &logout{token: &token{claims: object{"iss": "i", "aud": []any{"a"}, "sub": "s"}}}
	for name, c := range map[string]struct {
		outer object
		good  bool
	}{
		"none": {nil, true}, "same": {object{"iss": "i", "aud": []any{"a"}}, true},
		"iss": {object{"iss": "j"}, false}, "aud": {object{"aud": "a"}, false}, "sub": {object{"sub": nil}, false},
	} {
		l.outer = c.outer
		if err := outerAgrees(l); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInflationIsBounded(t *testing.T) {
	w := newWorld(t, "")
	e, err := jose.NewEncrypter(jose.A128CBC_HS256, jose.Recipient{Algorithm: jose.RSA_OAEP_256, Key: &testKeys().other.PublicKey},
		&jose.EncrypterOptions{Compression: jose.DEFLATE})
	if err != nil {
		t.Fatal(err)
	}
	jwe, err := e.Encrypt(make([]byte, 20<<20))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jwe.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	w.isRefusal(w.post("web-sealed", "logout_token="+raw), 400)
}

func TestEncryptedIDTokens(t *testing.T) {
	w := newWorld(t, "")
	sign := func(c object) string { return signedBy(w.issuer.key, "RS256", object{"kid": "k1"}, c) }
	w.issuer.sign = func(c object) string { return w.sealed(jose.RSA_OAEP_256, sign(c)) }
	w.loginAt("web-sealed", "alice", "s1")
	if b := w.newBrowser(); b.login("alice", "s1") != 400 || b.alive("alice") {
		t.Error("an encrypted ID token opened a session where no encryption is registered")
	}
}

func TestEncryptionJWKS(t *testing.T) {
	o := OIDC{EncryptionAlg: "RSA-OAEP-256", EncryptionEnc: "A128GCM", EncryptionKey: testKeys().rsa}
	text, err := o.EncryptionJWKS()
	if err != nil || strings.Contains(text, `"d"`) || !strings.Contains(text, `"use":"enc"`) || !strings.Contains(text, `"alg":"RSA-OAEP-256"`) {
		t.Errorf("%s, %v", text, err)
	}
	if text, err := (OIDC{}).EncryptionJWKS(); text != "" || err != nil {
		t.Errorf("without encryption: %s, %v", text, err)
	}
}

func TestHMACWithTheClientSecret(t *testing.T) {
	w := newWorld(t, "", func(c *Config) { c.Apps[0].OIDC.SigningAlg = "HS256" })
	w.issuer.sign = func(c object) string { return macToken([]byte(testSecret), nil, c) }
	b := w.login("alice", "s1")
	claims := w.claims(object{"sub": "alice"})
	w.refuses(w.token(object{"sub": "alice"}), b, "alice") // RS256
	w.refuses(macToken([]byte(secondSecret), nil, claims), b, "alice")
	w.accepts(macToken([]byte(testSecret), nil, claims), b, "alice")
}
