package canary

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
)

// A bait is what a canary has to show: an issuer of the attacker's own.
type bait struct {
	jwks, chain func() (string, error)
}

func newBait(keys fixtures.Keys) bait {
	return bait{
		jwks:  sync.OnceValues(func() (string, error) { return jwks(keys) }),
		chain: sync.OnceValues(func() (string, error) { return chain(keys) }),
	}
}

// serve answers what is asked of a canary: its keys, its certificate, and a
// description that leads to its keys.
func (b bait) serve(w http.ResponseWriter, base, asked string) {
	var text, kind string
	var err error
	switch asked {
	case "jwks.json":
		kind = "application/json"
		text, err = b.jwks()
	case "cert.pem":
		kind = "application/pem-certificate-chain"
		text, err = b.chain()
	case ".well-known/openid-configuration", ".well-known/oauth-authorization-server":
		kind = "application/json"
		text, err = description(base)
	default:
		http.Error(w, "nothing is here", http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write([]byte(text)) // whoever came may be gone
}

// jwks are all public keys of the attacker.
func jwks(keys fixtures.Keys) (string, error) {
	var set jose.JSONWebKeySet
	var seen []string
	for _, alg := range fixtures.Algorithms() {
		if strings.HasPrefix(alg, "HS") {
			continue
		}
		key, err := keys.Key(fixtures.Rogue, alg)
		if err != nil {
			return "", err
		}
		if !slices.Contains(seen, key.Kid) {
			seen = append(seen, key.Kid)
			set.Keys = append(set.Keys, key.Public())
		}
	}
	text, err := json.Marshal(set)
	return string(text), err
}

// chain is a certificate that the attacker's RSA key made for itself.
func chain(keys fixtures.Keys) (string, error) {
	key, err := keys.Key(fixtures.Rogue, "RS256")
	if err != nil {
		return "", err
	}
	signer, ok := key.Private.(crypto.Signer)
	if !ok {
		return "", errors.New("the attacker's key cannot sign a certificate")
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "not the issuer"},
		// Any time at which a receiver may look at it.
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:  time.Date(2070, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:  x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}

// description is a discovery document (OpenID Connect Discovery 1.0, section 3)
// that is right in itself.
func description(base string) (string, error) {
	text, err := json.Marshal(map[string]any{
		"issuer":                                base,
		"jwks_uri":                              base + "/jwks.json",
		"authorization_endpoint":                base + "/authorize",
		"token_endpoint":                        base + "/token",
		"response_types_supported":              []string{"code"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": fixtures.Algorithms(),
		"backchannel_logout_supported":          true,
	})
	return string(text), err
}
