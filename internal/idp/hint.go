package idp

import (
	"bytes"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
)

// A hint is an ID token of ours that somebody brings back (RP-Initiated Logout
// 1.0, section 2). It may have expired.
type hint struct {
	Issuer   string          `json:"iss"`
	Sub      string          `json:"sub"`
	Sid      string          `json:"sid"`
	Audience audience        `json:"aud"`
	Events   json.RawMessage `json:"events"`
}

// audience is a claim that is one text or several (RFC 7519, section 4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		return json.Unmarshal(text, (*[]string)(a))
	}
	*a = make(audience, 1)
	return json.Unmarshal(text, &(*a)[0])
}

// readHint reads an ID token and checks that this issuer made it.
func (i *issuer) readHint(raw string) (hint, error) {
	var algs []jose.SignatureAlgorithm
	for _, alg := range fixtures.Algorithms() {
		algs = append(algs, jose.SignatureAlgorithm(alg))
	}
	jws, err := jose.ParseSignedCompact(raw, algs)
	if err != nil {
		return hint{}, fmt.Errorf("it is not a signed token: %w", err)
	}
	var h hint
	if err := json.Unmarshal(jws.UnsafePayloadWithoutVerification(), &h); err != nil {
		return hint{}, fmt.Errorf("its claims cannot be read: %w", err)
	}
	header := jws.Signatures[0].Protected
	typ, typed := header.ExtraHeaders[jose.HeaderType].(string)
	switch {
	case h.Issuer != i.url:
		return hint{}, fmt.Errorf("its issuer is %q, and this one is %q", h.Issuer, i.url)
	case typed && !strings.EqualFold(typ, "JWT"), h.Events != nil:
		return hint{}, errors.New("it is a token of another kind than an ID token")
	case h.Sub == "" || len(h.Audience) == 0:
		return hint{}, errors.New("it has no sub or no aud")
	}
	if symmetric(header.Algorithm) {
		err = i.verifySecret(raw, header.Algorithm, h.Audience)
	} else {
		err = i.verifyKey(jws, header.Algorithm)
	}
	return h, err
}

// verifyKey checks a signature with every key that this issuer ever signed
// with, for a hint may be older than the last rotation.
func (i *issuer) verifyKey(jws *jose.JSONWebSignature, alg string) error {
	if !slices.Contains(i.asymmetric(), alg) {
		return fmt.Errorf("this issuer does not sign with %s", alg)
	}
	keys, err := i.keys.signed(alg)
	if err != nil {
		return err
	}
	for _, key := range keys {
		public := key.Public()
		if _, err := jws.Verify(public.Key); err == nil {
			return nil
		}
	}
	return errors.New("its signature is not by a key of this issuer")
}

// verifySecret checks an HMAC by making it again: the library has no use for
// secrets as short as clients may have.
func (i *issuer) verifySecret(raw, alg string, audience []string) error {
	input := raw[:strings.LastIndexByte(raw, '.')]
	for _, id := range audience {
		c, _ := i.client(id)
		if c.Secret == "" || i.algOf(c) != alg {
			continue
		}
		recipe := fixtures.Valid().Over(input).Written(input + ".${signature}")
		again, err := fixtures.Mint(recipe, i.env(c))
		if err != nil {
			return err
		}
		if hmac.Equal([]byte(again.Wire), []byte(raw)) {
			return nil
		}
	}
	return errors.New("its signature is not by the secret of its client")
}
