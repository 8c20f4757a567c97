package receiver

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// maxKeys bounds how many keys of one set are looked at.
const maxKeys = 100

// readKeys reads a JWK set. Entries that are not understood are skipped (RFC 7517 5); an empty list is a valid set.
func readKeys(body []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("reading the JWKS: %w", err)
	}
	if set.Keys == nil {
		return nil, errors.New("reading the JWKS: no list of keys in it")
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("reading the JWKS: %d keys, more than %d", len(set.Keys), maxKeys)
	}
	keys := []jose.JSONWebKey{}
	for _, entry := range set.Keys {
		if key, ok := signatureKey(entry); ok {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// signatureKey takes public keys meant for signatures: no symmetric key (Discovery 3), not use enc, and verify among
// key_ops when those are given (RFC 7517 4.2, 4.3). Whether type and size are good is judged per algorithm.
func signatureKey(entry json.RawMessage) (jose.JSONWebKey, bool) {
	var key jose.JSONWebKey
	if err := json.Unmarshal(entry, &key); err != nil {
		return key, false
	}
	var purpose struct {
		Ops []string `json:"key_ops"`
	}
	if err := json.Unmarshal(entry, &purpose); err != nil {
		return key, false
	}
	public := key.Public()
	meant := key.Use == "" || key.Use == "sig"
	if purpose.Ops != nil && !slices.Contains(purpose.Ops, "verify") {
		meant = false
	}
	return public, meant && public.Key != nil
}
