package receiver

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

func signatureDefects() []Defect {
	return []Defect{
		{
			Name: "alg-none-accepted", Profiles: both, apply: acceptNone,
			Wrong:  "A token whose header says alg none counts as verified.",
			Seen:   "CVE-2026-18569 (Keycloak), CVE-2021-44878, CVE-2022-23540",
			Caught: []string{"hdr-alg-none", "hdr-alg-none-with-signature", "jwe-inner-not-genuine"},
		},
		{
			Name: "signature-ignored", Profiles: both, apply: ignoreSignature,
			Wrong: "The token is decoded and its claims are checked, but nobody verifies the signature.",
			Seen:  "CVE-2026-18569 (Keycloak, signature checks skipped for a provider entry)",
			Caught: []string{
				"hdr-alg-none", "hdr-hs256-pem", "hdr-hs256-empty-key", "hdr-jwk-embedded", "hdr-kid-unknown-forged",
				"sig-stripped", "sig-tampered", "sig-attacker-key-real-kid", "sig-weak-secret", "http-query-vs-body",
				"http-foreign-cookie", "hdr-alg-none-spelling", "hdr-alg-none-with-signature", "hdr-alg-invalid",
				"hdr-hs256-jwk", "hdr-hs256-other-key-forms", "hdr-remote-key-canary", "hdr-x5c-self-signed", "hdr-kid-path",
				"hdr-kid-injection", "hdr-kid-bad-type", "hdr-duplicate-members", "hdr-case-variant-members",
				"http-path-app-mismatch", "jwe-inner-not-genuine", "key-removed", "key-jwks-down-unknown-kid",
				"key-jwks-garbage", "key-jwks-redirect", "key-jwks-oct", "key-jwks-same-kid-two-keys", "key-secret-rotation",
				"ser-segment-count", "sig-truncated-or-extended", "sig-alg-not-advertised", "sig-other-issuer-key",
				"sig-ecdsa-zero", "sig-ecdsa-encoding", "sig-ecdsa-wrong-curve", "sig-key-purpose", "sig-hs256-client-secret",
				"sig-hs-family-swap", "sig-other-tenant-secret",
			},
		},
		{
			Name: "pem-as-hmac-key", Profiles: onlyOIDC, apply: pemAsHMACKey,
			Wrong:  "The header's alg is trusted, so HS256 is verified with the issuer's public key in PEM as the secret.",
			Seen:   "CVE-2015-9235, CVE-2016-10555, CVE-2017-11424, CVE-2022-29217, CVE-2023-48223",
			Caught: []string{"hdr-hs256-pem", "hdr-hs256-other-key-forms"},
		},
		{
			Name: "empty-hmac-key", Profiles: both, apply: emptyHMACKey,
			Wrong: "When the signature does not fit, a second secret is tried that nobody set, so HS256 over an empty key passes.",
			Seen:  "CVE-2026-44351, CVE-2026-45363",
			// HMAC pads its key with zeros, so the 32 zero bytes of sig-weak-secret are the empty key.
			Caught: []string{"hdr-hs256-empty-key", "sig-weak-secret", "hdr-kid-path", "hdr-kid-injection"},
		},
		{
			Name: "embedded-jwk-trusted", Profiles: both, apply: trustEmbeddedKey,
			Wrong:  "A key in the token's own jwk header is used to verify the token.",
			Seen:   "CVE-2018-0114, CVE-2026-27962",
			Caught: []string{"hdr-jwk-embedded"},
		},
		{
			Name: "weak-secret-fallback", Profiles: onlyShared, apply: weakSecrets,
			Wrong: "Besides the application's secret, the sample secrets \"secret\" and \"changeme\" still verify tokens.",
			Seen:  "CVE-2026-48031, CVE-2025-30206 (fixed secrets)",
			// The first under this profile is signed with a guessed secret.
			Caught: []string{"hdr-kid-unknown-forged", "sig-weak-secret"},
		},
	}
}

func acceptNone(p *parts) {
	verify := p.verify
	p.verify = func(ctx context.Context, l *logout) error {
		if headerAlg(l) == "none" {
			return nil
		}
		return verify(ctx, l)
	}
}

func ignoreSignature(p *parts) {
	p.verify = func(context.Context, *logout) error { return nil }
}

func pemAsHMACKey(p *parts) {
	verify := p.verify
	p.verify = func(ctx context.Context, l *logout) error {
		if !strings.HasPrefix(headerAlg(l), "HS") {
			return verify(ctx, l)
		}
		keys, err := l.app.provider.keys.current(ctx)
		if err != nil {
			return err
		}
		for _, key := range keys {
			secret, err := publicPEM(key.Key)
			if err == nil && bareSignature(headerAlg(l), secret, l.token.signed, l.token.signature) == nil {
				return nil
			}
		}
		return refused("the signature does not fit")
	}
}

func emptyHMACKey(p *parts) { alsoVerifyWith(p, "") }

func weakSecrets(p *parts) { alsoVerifyWith(p, "secret", "changeme") }

// alsoVerifyWith tries HS256 with further secrets once the right key has failed.
func alsoVerifyWith(p *parts, secrets ...string) {
	verify := p.verify
	p.verify = func(ctx context.Context, l *logout) error {
		err := verify(ctx, l)
		if err == nil || headerAlg(l) != "HS256" {
			return err
		}
		for _, secret := range secrets {
			if bareSignature("HS256", []byte(secret), l.token.signed, l.token.signature) == nil {
				return nil
			}
		}
		return err
	}
}

func trustEmbeddedKey(p *parts) {
	verify := p.verify
	p.verify = func(ctx context.Context, l *logout) error {
		embedded, there := l.token.header["jwk"]
		if !there {
			return verify(ctx, l)
		}
		text, err := json.Marshal(embedded)
		if err != nil {
			return refused("jwk cannot be read")
		}
		var key jose.JSONWebKey
		if err := json.Unmarshal(text, &key); err != nil {
			return refused("jwk cannot be read")
		}
		if public := key.Public(); public.Key != nil {
			key = public
		}
		return bareSignature(headerAlg(l), key.Key, l.token.signed, l.token.signature)
	}
}

func headerAlg(l *logout) string {
	alg, _ := l.token.header["alg"].(string)
	return alg
}
