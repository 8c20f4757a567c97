package receiver

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// asRegistered takes the encryption off a token of a client that is registered for it, and refuses it plain there
// (BCL 2.6(1)). The other clients' tokens stay as they are: what has five parts is refused when it is split.
func asRegistered(a *app, raw string) (string, object, error) {
	if a.oidc == nil || a.oidc.EncryptionAlg == "" {
		return raw, nil, nil
	}
	return a.decrypt(raw)
}

// decrypt takes the one registered algorithm and encoding (RFC 8725 3.1). go-jose bounds what is inflated, refuses
// crit and foreign curve points, and puts a random key in the place of a bad RSA1_5 one. Every failure gives the same
// answer (RFC 7516 11.5).
func (a *app) decrypt(raw string) (string, object, error) {
	const failed = "the token is not encrypted as registered"
	first, _, _ := strings.Cut(raw, ".")
	text, err := strictBase64(first)
	if err != nil || strings.Count(raw, ".") != 4 {
		return "", nil, refused(failed)
	}
	outer, err := strictObject(text)
	if err != nil {
		return "", nil, refused(failed)
	}
	jwe, err := jose.ParseEncryptedCompact(raw, []jose.KeyAlgorithm{jose.KeyAlgorithm(a.oidc.EncryptionAlg)},
		[]jose.ContentEncryption{jose.ContentEncryption(a.oidc.EncryptionEnc)})
	if err != nil {
		return "", nil, refused(failed)
	}
	inner, err := jwe.Decrypt(a.oidc.EncryptionKey)
	if err != nil {
		return "", nil, refused(failed)
	}
	return string(inner), outer, nil
}

// outerAgrees: claims that are replicated beside the encrypted ones must be the same (RFC 7519 5.3).
func outerAgrees(l *logout) error {
	for _, claim := range []string{"iss", "sub", "aud"} {
		if outside, there := l.outer[claim]; there && !reflect.DeepEqual(outside, l.token.claims[claim]) {
			return refused("a claim in the outer header is not that of the token")
		}
	}
	return nil
}

// EncryptionJWKS is the JWK set with the public key that the client is registered with; empty without encryption.
func (o OIDC) EncryptionJWKS() (string, error) {
	if o.EncryptionAlg == "" {
		return "", nil
	}
	key := jose.JSONWebKey{Key: o.EncryptionKey, KeyID: "encryption", Use: "enc", Algorithm: o.EncryptionAlg}
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}})
	return string(text), err
}
