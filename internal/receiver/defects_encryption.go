package receiver

import (
	"context"
	"crypto/rsa"
	"net/http"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

func encryptionDefects() []Defect {
	return []Defect{
		{
			Name: "encryption-optional", Profiles: onlyOIDC, apply: takePlain,
			Wrong:  "A client that is registered for encryption takes plain signed tokens as well.",
			Caught: []string{"jwe-downgrade-to-jws"},
		},
		{
			Name: "encrypted-is-genuine", Profiles: onlyOIDC, apply: trustEncrypted,
			Wrong:  "What could be decrypted is believed, although everybody has the public key it was encrypted to.",
			Seen:   "CVE-2026-29000, CVE-2023-51774",
			Caught: []string{"jwe-inner-not-genuine"},
		},
		{
			Name: "decryption-errors-told", Profiles: onlyOIDC, apply: tellPadding,
			Wrong:  "RSA1_5 is decrypted too, and bad padding has another answer than a bad tag: who asks often enough can decrypt.",
			Seen:   "CVE-2016-6298, GHSA-5739-39v2-5754",
			Caught: []string{"jwe-error-oracle"},
		},
	}
}

func takePlain(p *parts) {
	decrypt := p.decrypt
	p.decrypt = func(a *app, raw string) (string, object, error) {
		if strings.Count(raw, ".") == 2 {
			return raw, nil, nil
		}
		return decrypt(a, raw)
	}
}

// trustEncrypted reads bare claims too.
func trustEncrypted(p *parts) {
	decrypt, verify := p.decrypt, p.verify
	p.decrypt = func(a *app, raw string) (string, object, error) {
		inner, outer, err := decrypt(a, raw)
		if err == nil && outer != nil && strings.HasPrefix(inner, "{") {
			inner = base64url.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64url.EncodeToString([]byte(inner)) + "."
		}
		return inner, outer, err
	}
	p.verify = func(ctx context.Context, l *logout) error {
		if l.outer != nil {
			return nil
		}
		return verify(ctx, l)
	}
}

func tellPadding(p *parts) {
	decrypt := p.decrypt
	p.decrypt = func(a *app, raw string) (string, object, error) {
		inner, outer, err := decrypt(a, raw)
		if err == nil || a.oidc == nil || a.oidc.EncryptionKey == nil {
			return inner, outer, err
		}
		segments := strings.Split(raw, ".")
		_, notRSA := jose.ParseEncryptedCompact(raw, []jose.KeyAlgorithm{jose.RSA1_5},
			[]jose.ContentEncryption{jose.A128CBC_HS256, jose.A192CBC_HS384, jose.A256CBC_HS512, jose.A128GCM, jose.A192GCM, jose.A256GCM})
		key, isRSA := a.oidc.EncryptionKey.(*rsa.PrivateKey)
		if notRSA != nil || !isRSA {
			return inner, outer, err
		}
		sealed, broken := strictBase64(segments[1])
		if broken != nil {
			return inner, outer, err
		}
		if _, padding := rsa.DecryptPKCS1v15(nil, key, sealed); padding != nil { //nolint:staticcheck // the very mistake
			return "", nil, refusal{http.StatusUnprocessableEntity, "the padding is bad"}
		}
		return inner, outer, err
	}
}
