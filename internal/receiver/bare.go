package receiver

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	_ "crypto/sha256" // registers SHA-256 for crypto.Hash
	_ "crypto/sha512" // registers SHA-384 and SHA-512 for crypto.Hash
	"crypto/x509"
	"encoding/pem"
	"math/big"
)

// bareSignature is the home-made verification of the defects: an algorithm's name, a key and bytes, without the guards
// that go-jose has (key sizes, crit, symmetric keys from headers). The correct receiver never calls it.
func bareSignature(alg string, key any, signed string, signature []byte) error {
	if ok := len(alg) == 5 && bareFits(alg, key, signed, signature); ok {
		return nil
	}
	return refused("the signature does not fit")
}

func bareFits(alg string, key any, signed string, signature []byte) bool {
	hash, known := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[2:]]
	if k, ok := key.(ed25519.PublicKey); ok {
		return alg == "EdDSA" && ed25519.Verify(k, []byte(signed), signature)
	}
	if !known {
		return false
	}
	h := hash.New()
	h.Write([]byte(signed))
	switch k := key.(type) {
	case []byte:
		mac := hmac.New(hash.New, k)
		mac.Write([]byte(signed))
		return alg[:2] == "HS" && hmac.Equal(mac.Sum(nil), signature)
	case *rsa.PublicKey:
		return (alg[:2] == "RS" && rsa.VerifyPKCS1v15(k, hash, h.Sum(nil), signature) == nil) ||
			(alg[:2] == "PS" && rsa.VerifyPSS(k, hash, h.Sum(nil), signature, nil) == nil)
	case *ecdsa.PublicKey:
		half := (k.Params().BitSize + 7) / 8
		if alg[:2] != "ES" || len(signature) != 2*half {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
		return ecdsa.Verify(k, h.Sum(nil), r, s)
	}
	return false
}

// publicPEM writes a public key as SubjectPublicKeyInfo in PEM.
func publicPEM(key any) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// genuineAsItCame verifies the very bytes that were sent, whatever go-jose would say of their spelling or of crit: the
// algorithm is the registered one, and the keys are the issuer's.
func genuineAsItCame(ctx context.Context, l *logout) error {
	if alg, _ := l.token.header["alg"].(string); alg != l.app.algorithm {
		return refused("alg is not the registered one")
	}
	keys, err := l.app.parts.findKeys(ctx, l)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if bareSignature(l.app.algorithm, key.Key, l.token.signed, l.token.signature) == nil {
			return nil
		}
	}
	return refused("the signature does not fit")
}
