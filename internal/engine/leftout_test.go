package engine_test

import "maps"

// leftOut are the cases that do not apply to the reference receiver, under each
// profile, each with the reason. No other case is left out.
var leftOut = map[string]map[string]string{
	"oidc": {
		"jwe-p2c-bomb":                   withLoad,
		"jwe-zip-bomb":                   withLoad,
		"http-body-oversize":             withLoad,
		"http-slow-body":                 withLoad,
		"key-jwks-slow":                  withLoad,
		"key-jwks-huge":                  withLoad,
		"key-unknown-kid-flood":          withLoad,
		"xjwt-login-token-shared-secret": "there is no secret that makes tokens of several kinds",
		"key-secret-rotation":            "there is no secret that makes tokens",
	},
	"shared-secret":        also(withoutIssuer, undeclared),
	"strict shared-secret": withoutIssuer,
}

const (
	withLoad     = "it runs with --load alone: TestReferenceReceiverBearsLoad"
	noPublicKey  = "there is no public key"
	noJWKS       = "there is no JWKS"
	noEncryption = "nobody is registered for encryption to a public key"
	noSid        = "without an issuer nobody gives sessions a sid"
	noCodeFlow   = "without an issuer there is no code to exchange for tokens"
	onlySub      = "the receiver asks for sub alone: the strict one runs it"
)

// withoutIssuer do not apply under the shared-secret profile.
var withoutIssuer = map[string]string{
	"ok-sid-only":                noSid,
	"ok-sid-opaque":              noSid,
	"clm-sid-bad-type":           noSid,
	"clm-sid-null-with-sub":      noSid,
	"clm-sub-sid-disagree":       noSid,
	"sem-sid-ends-one":           noSid,
	"sem-both-claims-scope":      noSid,
	"sem-known-sub-unknown-sid":  noSid,
	"ok-kid-absent-single-key":   noJWKS,
	"hdr-kid-missing-many-keys":  noJWKS,
	"hdr-hs256-pem":              noPublicKey,
	"hdr-hs256-jwk":              noPublicKey,
	"hdr-hs256-other-key-forms":  noPublicKey,
	"hdr-x5c-self-signed":        noPublicKey,
	"sig-ecdsa-zero":             noPublicKey,
	"sig-ecdsa-encoding":         noPublicKey,
	"sig-ecdsa-high-s":           noPublicKey,
	"sig-ecdsa-wrong-curve":      noPublicKey,
	"sig-same-key-other-alg":     noPublicKey,
	"sig-alg-not-advertised":     noPublicKey,
	"sig-key-purpose":            noPublicKey,
	"sig-rsa-short-key":          noPublicKey,
	"sig-rsa-e3-forgery":         noPublicKey,
	"sig-hs256-client-secret":    noPublicKey,
	"jwe-nested-genuine":         noEncryption,
	"jwe-downgrade-to-jws":       noEncryption,
	"jwe-zip-bomb":               noEncryption,
	"jwe-bad-curve-point":        noEncryption,
	"jwe-error-oracle":           noEncryption,
	"xjwt-other-op-jwt":          "there is no issuer that makes other tokens",
	"sem-refresh-token":          noCodeFlow,
	"sem-offline-token":          noCodeFlow,
	"sem-race-login":             noCodeFlow,
	"sem-race-refresh":           noCodeFlow,
	"key-rotate-new-kid":         noJWKS,
	"key-removed":                noJWKS,
	"key-jwks-down-known-kid":    noJWKS,
	"key-jwks-down-unknown-kid":  noJWKS,
	"key-jwks-slow":              noJWKS,
	"key-jwks-garbage":           noJWKS,
	"key-jwks-huge":              noJWKS,
	"key-jwks-redirect":          noJWKS,
	"key-jwks-mixed-entries":     noJWKS,
	"key-jwks-oct":               noJWKS,
	"key-jwks-same-kid-two-keys": noJWKS,
	"key-unknown-kid-flood":      noJWKS,
	"jwe-p2c-bomb":               withLoad,
	"http-body-oversize":         withLoad,
	"http-slow-body":             withLoad,
}

// undeclared depend on claims that a receiver with sub alone does not declare.
var undeclared = map[string]string{
	"ok-events-open":               onlySub,
	"clm-iss-missing":              onlySub,
	"clm-iss-wrong":                onlySub,
	"clm-iss-near-miss":            onlySub,
	"clm-iss-bad-type":             onlySub,
	"clm-aud-missing":              onlySub,
	"clm-iat-missing":              onlySub,
	"clm-jti-missing-or-bad":       onlySub,
	"clm-jti-reuse-new-token":      onlySub,
	"clm-events-missing":           onlySub,
	"clm-events-wrong-uri":         onlySub,
	"clm-events-not-object":        onlySub,
	"clm-events-member-not-object": onlySub,
	"clm-legacy-shapes":            onlySub,
	"clm-nonce-present":            onlySub,
	"clm-nonce-hollow":             onlySub,
	"xjwt-id-token-no-nonce":       onlySub,
	"xjwt-access-token":            onlySub,
	"xjwt-other-set":               onlySub,
	"xjwt-command-token":           onlySub,
}

func also(all, more map[string]string) map[string]string {
	both := maps.Clone(all)
	maps.Copy(both, more)
	return both
}
