package receiver

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

func jwksDefects() []Defect {
	return []Defect{
		{
			Name: "jwks-garbage-crashes", Profiles: onlyOIDC, spoil: crashOnGarbage,
			Wrong:  "What is no JWK set makes the handler fall over: the answer is 500.",
			Caught: []string{"key-jwks-garbage"},
		},
		{
			Name: "jwks-redirects-followed", Profiles: onlyOIDC, spoil: followRedirects,
			Wrong:  "A redirect of the jwks_uri is followed to any host, and the keys there are believed.",
			Seen:   "CVE-2026-102267",
			Caught: []string{"key-jwks-redirect"},
		},
		{
			Name: "jwks-oct-keys-used", Profiles: onlyOIDC, spoil: readSymmetric, apply: verifySymmetric,
			Wrong:  "A symmetric key in the JWKS verifies HS256 tokens, although everybody can read it there.",
			Caught: []string{"key-jwks-oct"},
		},
		{
			Name: "jwks-all-or-nothing", Profiles: onlyOIDC, spoil: allOrNothing,
			Wrong:  "One entry that is not understood, or has no kid, makes the whole set be thrown away.",
			Seen:   "CVE-2026-102274",
			Caught: []string{"key-jwks-mixed-entries"},
		},
		{
			Name: "issuer-of-token-asked", Profiles: onlyOIDC, apply: askTokensIssuer,
			Wrong:  "Keys are fetched from whatever issuer the token names, before anybody looks whether that one is trusted.",
			Seen:   "CVE-2026-32301, CVE-2025-59936",
			Caught: []string{"key-iss-driven-fetch", "http-host-spoof"},
		},
		{
			Name: "jku-followed", Profiles: both, apply: followJKU,
			Wrong:  "The jku header of a token says where its key is fetched from.",
			Seen:   "CVE-2026-48522",
			Caught: []string{"hdr-remote-key-canary"},
		},
	}
}

func crashOnGarbage(p *provider) {
	read := p.read
	p.read = func(body []byte) ([]jose.JSONWebKey, error) {
		var set struct {
			Keys []json.RawMessage `json:"keys"`
		}
		if err := json.Unmarshal(body, &set); err != nil || set.Keys == nil {
			return nil, errCrash
		}
		return read(body)
	}
}

func followRedirects(p *provider) {
	client := *p.client
	client.CheckRedirect = nil
	p.client = &client
}

// readSymmetric keeps oct entries beside the public keys.
func readSymmetric(p *provider) {
	read := p.read
	p.read = func(body []byte) ([]jose.JSONWebKey, error) {
		keys, err := read(body)
		var set jose.JSONWebKeySet
		if json.Unmarshal(body, &set) == nil {
			for _, key := range set.Keys {
				if _, symmetric := key.Key.([]byte); symmetric {
					keys = append(keys, key)
				}
			}
		}
		return keys, err
	}
}

func verifySymmetric(p *parts) {
	verify := p.verify
	p.verify = func(ctx context.Context, l *logout) error {
		if !strings.HasPrefix(headerAlg(l), "HS") {
			return verify(ctx, l)
		}
		if _, err := issuerKeys(ctx, l); err != nil { // has them fetched
			return err
		}
		keys, _, _ := l.app.provider.keys.cached()
		for _, key := range keys {
			secret, symmetric := key.Key.([]byte)
			if symmetric && bareSignature(headerAlg(l), secret, l.token.signed, l.token.signature) == nil {
				return nil
			}
		}
		return refused("the signature does not fit")
	}
}

func allOrNothing(p *provider) {
	read := p.read
	p.read = func(body []byte) ([]jose.JSONWebKey, error) {
		var set struct {
			Keys []json.RawMessage `json:"keys"`
		}
		if err := json.Unmarshal(body, &set); err != nil {
			return nil, err
		}
		for _, entry := range set.Keys {
			var key jose.JSONWebKey
			if err := json.Unmarshal(entry, &key); err != nil {
				return nil, err
			}
			if key.KeyID == "" {
				return nil, errors.New("a key has no kid")
			}
		}
		return read(body)
	}
}

// askTokensIssuer still has iss compared afterwards, which comes too late.
func askTokensIssuer(p *parts) {
	verify := p.verify
	p.verify = func(ctx context.Context, l *logout) error {
		iss, _ := l.token.claims["iss"].(string)
		if iss == l.app.issuer || absoluteURL(iss) != nil {
			return verify(ctx, l)
		}
		stranger := newProvider(iss, l.app.provider.client, KeyTimes{}, l.app.clock)
		keys, err := stranger.keysFor(ctx, "", false, l.app.algorithm)
		if err != nil {
			return verify(ctx, l)
		}
		return signedByOneOf(l.token.raw, l.app.algorithm, keys)
	}
}

func followJKU(p *parts) {
	verify := p.verify
	client := withoutRedirects(nil)
	p.verify = func(ctx context.Context, l *logout) error {
		jku, _ := l.token.header["jku"].(string)
		if jku == "" {
			return verify(ctx, l)
		}
		for _, key := range keysAt(ctx, client, jku) {
			if bareSignature(headerAlg(l), key.Key, l.token.signed, l.token.signature) == nil {
				return nil
			}
		}
		return verify(ctx, l)
	}
}

func keysAt(ctx context.Context, client *http.Client, url string) []jose.JSONWebKey {
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	body, err := fetch(ctx, client, url)
	if err != nil {
		return nil
	}
	keys, err := readKeys(body)
	if err != nil {
		return nil
	}
	return keys
}
