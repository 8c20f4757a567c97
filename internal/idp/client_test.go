package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
)

// jwks is a client's JWK set as it comes out of a configuration.
func jwks(t testing.TB, keys ...jose.JSONWebKey) map[string]any {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncryptionOfClients(t *testing.T) {
	key, err := fixtures.FixedKeys().Key(fixtures.Next, "RS256")
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sig, enc := key.Public(), key.Public()
	enc.Use, enc.KeyID = "enc", "for-tokens"
	ec := jose.JSONWebKey{Key: &curve.PublicKey, KeyID: "ec"}
	for name, c := range map[string]struct {
		client Client
		kid    string // of the key that is encrypted for; empty: it is refused
	}{
		"RSA":                  {Client{IDTokenEncryptedResponseAlg: "RSA-OAEP", JWKS: jwks(t, sig, ec, enc)}, "for-tokens"},
		"elliptic":             {Client{IDTokenEncryptedResponseAlg: "ECDH-ES+A128KW", IDTokenEncryptedResponseEnc: "A256GCM", JWKS: jwks(t, sig, enc, ec)}, "ec"},
		"no keys":              {Client{IDTokenEncryptedResponseAlg: "RSA-OAEP"}, ""},
		"for signatures alone": {Client{IDTokenEncryptedResponseAlg: "RSA-OAEP", JWKS: jwks(t, sig)}, ""},
		"of another kind":      {Client{IDTokenEncryptedResponseAlg: "ECDH-ES", JWKS: jwks(t, enc)}, ""},
		"a private key alone":  {Client{IDTokenEncryptedResponseAlg: "ECDH-ES", JWKS: jwks(t, jose.JSONWebKey{Key: curve})}, ""},
		"no keys at all":       {Client{IDTokenEncryptedResponseAlg: "RSA-OAEP", JWKS: map[string]any{"keys": 1}}, ""},
		"unknown alg":          {Client{IDTokenEncryptedResponseAlg: "RSA1_5", JWKS: jwks(t, enc)}, ""},
		"unknown enc":          {Client{IDTokenEncryptedResponseAlg: "RSA-OAEP", IDTokenEncryptedResponseEnc: "x", JWKS: jwks(t, enc)}, ""},
		"enc alone":            {Client{IDTokenEncryptedResponseEnc: "A128GCM", JWKS: jwks(t, enc)}, ""},
	} {
		c.client.ID = "app"
		err := c.client.check()
		if (err == nil) != (c.kid != "") {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		got := c.client.encryption()
		want := orDefault(c.client.IDTokenEncryptedResponseEnc, "A128CBC-HS256")
		if got == nil || got.Key.KeyID != c.kid || got.Alg != c.client.IDTokenEncryptedResponseAlg || got.Enc != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if (Client{ID: "app"}).encryption() != nil {
		t.Error("a client that asks for nothing is encrypted for")
	}
}

func TestGrantTypesAreChecked(t *testing.T) {
	if err := (Client{ID: "app", GrantTypes: []string{"refresh-token"}}).check(); err == nil {
		t.Error("a typing mistake was taken")
	}
}
