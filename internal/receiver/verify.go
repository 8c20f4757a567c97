package receiver

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"

	"github.com/go-jose/go-jose/v4"
)

// genuine: the token is signed with the one registered algorithm and one of the keys of its sender (BCL 2.6(2),
// 2.6(3), CORE 3.1.3.7(6), (7)). The algorithm is settled before any key is looked for, so none and foreign
// algorithms cost nothing.
func genuine(ctx context.Context, l *logout) error {
	if alg, _ := l.token.header["alg"].(string); alg != l.app.algorithm {
		return refused("alg is not the registered one")
	}
	keys, err := l.app.parts.findKeys(ctx, l)
	if err != nil {
		return err
	}
	return signedByOneOf(l.token.raw, l.app.algorithm, keys)
}

func signedByOneOf(raw, algorithm string, keys []jose.JSONWebKey) error {
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(algorithm)})
	if err != nil {
		return refused("the token is not a signed JWT")
	}
	for _, key := range keys {
		if _, err := jws.Verify(key.Key); err == nil {
			return nil
		}
	}
	return refused("the signature does not fit")
}

// issuerKeys: only keys from the issuer's own JWKS count; jwk, jku, x5u and x5c in the header are not looked at
// (CORE 2, RFC 8725 3.8, 3.10).
func issuerKeys(ctx context.Context, l *logout) ([]jose.JSONWebKey, error) {
	kid, present, err := keyID(l.token.header)
	if err != nil {
		return nil, err
	}
	return l.app.provider.keysFor(ctx, kid, present, l.app.algorithm)
}

// ownSecret: the only key of an application with a MAC is the secret it shares with the sender.
func ownSecret(_ context.Context, l *logout) ([]jose.JSONWebKey, error) {
	return []jose.JSONWebKey{{Key: l.app.secret.current()}}, nil
}

// keyID reads kid, a hint that must be a string (RFC 7515 4.1.4).
func keyID(header object) (kid string, present bool, err error) {
	v, present := header["kid"]
	if !present {
		return "", false, nil
	}
	kid, ok := v.(string)
	if !ok {
		return "", true, refused("kid is not a string")
	}
	return kid, true, nil
}

// algorithms maps every signature algorithm with public keys the receiver can be registered for to the test of a key's
// type. MACs and none are absent: they need no public key, so nobody's public key may serve them (RFC 8725 3.1).
var algorithms = map[string]func(key any) bool{
	"RS256": isRSA, "RS384": isRSA, "RS512": isRSA,
	"PS256": isRSA, "PS384": isRSA, "PS512": isRSA,
	"ES256": isCurve(elliptic.P256()), "ES384": isCurve(elliptic.P384()), "ES512": isCurve(elliptic.P521()),
	"EdDSA": func(key any) bool { _, ok := key.(ed25519.PublicKey); return ok },
}

func knownAlg(name string) bool { return algorithms[name] != nil }

// isRSA: 2048 bits or more (RFC 7518 3.3).
func isRSA(key any) bool {
	k, ok := key.(*rsa.PublicKey)
	return ok && k.N.BitLen() >= 2048
}

func isCurve(c elliptic.Curve) func(any) bool {
	return func(key any) bool {
		k, ok := key.(*ecdsa.PublicKey)
		return ok && k.Curve == c
	}
}
