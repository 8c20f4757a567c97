package idp

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
)

// What ID tokens and logout tokens can be encrypted with (RFC 7518, sections
// 4.1 and 5.1).
var (
	encryptionAlgs = []string{
		"RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW",
	}
	encryptionEncs = []string{
		"A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM",
	}
)

// defaultEnc is the method of a client that names none (OpenID Connect Dynamic
// Client Registration 1.0, section 2).
const defaultEnc = "A128CBC-HS256"

func (c Client) checkEncryption() error {
	alg, enc := c.IDTokenEncryptedResponseAlg, c.IDTokenEncryptedResponseEnc
	switch {
	case alg == "" && enc == "":
		return nil
	case alg == "":
		return errors.New("id_token_encrypted_response_enc needs an id_token_encrypted_response_alg")
	case !slices.Contains(encryptionAlgs, alg):
		return fmt.Errorf("id_token_encrypted_response_alg %q: want one of %s", alg, strings.Join(encryptionAlgs, ", "))
	case enc != "" && !slices.Contains(encryptionEncs, enc):
		return fmt.Errorf("id_token_encrypted_response_enc %q: want one of %s", enc, strings.Join(encryptionEncs, ", "))
	}
	_, err := c.encryptionKey()
	return err
}

// encryption is how tokens for the client are encrypted; nil: they are not.
func (c Client) encryption() *fixtures.Encrypted {
	if c.IDTokenEncryptedResponseAlg == "" {
		return nil
	}
	key, err := c.encryptionKey()
	if err != nil { // which the check at the registration rules out
		return nil
	}
	return &fixtures.Encrypted{
		Alg: c.IDTokenEncryptedResponseAlg, Enc: orDefault(c.IDTokenEncryptedResponseEnc, defaultEnc), Key: key,
	}
}

// encryptionKey is the first public key of the client's JWKS that fits its
// algorithm and is not kept for signatures.
func (c Client) encryptionKey() (jose.JSONWebKey, error) {
	var set jose.JSONWebKeySet
	text, err := json.Marshal(c.JWKS)
	if err == nil {
		err = json.Unmarshal(text, &set)
	}
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("jwks: %w", err)
	}
	for _, key := range set.Keys {
		if key.Use != "sig" && fits(key.Key, c.IDTokenEncryptedResponseAlg) {
			return key, nil
		}
	}
	return jose.JSONWebKey{}, fmt.Errorf("jwks: no public key to encrypt for with %s", c.IDTokenEncryptedResponseAlg)
}

// fits reports whether a public key is of the type that an algorithm needs.
func fits(key any, alg string) bool {
	switch key.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(alg, "RSA")
	case *ecdsa.PublicKey, *ecdh.PublicKey:
		return strings.HasPrefix(alg, "ECDH")
	}
	return false
}
