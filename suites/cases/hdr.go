package cases

import (
	"slices"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Forged or odd JOSE headers. Unless said otherwise the payload is a perfect
// logout token, so the header is the only reason to refuse.
var headers = slices.Concat(algorithms, publicSecrets, broughtKeys, keyIDs, extensions, types, members)

// What alg says.
var algorithms = []run.Case{
	{
		ID: "hdr-alg-none", Level: must, Clauses: refs("BCL 2.6(3)", "8725 3.1", "8725 3.2", "ASVS 9.1.2"),
		Requires: "an unsigned token (alg none) is refused",
		Sends:    "an unsigned token",
		Wild:     wild("CVE-2026-18569 (Keycloak took unsigned logout tokens)", "CVE-2021-44878", "CVE-2022-23540"),
		Variants: variants(v("empty-signature", valid().Unsigned("none"))),
		Expect:   refuse,
	},
	{
		ID: "hdr-alg-none-spelling", Level: must, Clauses: refs("BCL 2.6(3)", "7515 4.1.1", "bis 2.11", "bis 3.1"),
		Requires: "an unsigned token is refused however none is spelled",
		Sends:    "an unsigned token with another spelling of none",
		Wild:     wild("named in rfc8725bis"),
		Variants: variants(
			v("capital", valid().Unsigned("None")),
			v("upper-case", valid().Unsigned("NONE")),
			v("mixed-case", valid().Unsigned("nOnE")),
			v("trailing-blank", valid().Unsigned("none ")),
			v("trailing-nul", valid().Unsigned("none\x00")),
			v("full-width", valid().Unsigned("ｎｏｎｅ")),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-alg-none-with-signature", Level: must, Clauses: refs("BCL 2.6(3)", "7515 5.2"),
		Requires: "a token of alg none is refused whatever stands in the place of its signature",
		Sends:    "a token of alg none with a signature, or without a place for one",
		Variants: variants(
			v("old-signature", valid().WithHeader("alg", `"none"`).Over("${base.header}.${base.payload}")),
			v("two-segments", valid().Unsigned("none").Written("${header}.${payload}")),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-alg-invalid", Level: must, Clauses: refs("7515 4.1.1", "7515 5.2(8)"),
		Requires: "a token whose alg is missing or no known name is refused",
		Sends:    "a token without a proper alg",
		Variants: variants(
			v("missing", valid().WithoutHeader("alg")),
			v("null", valid().WithHeader("alg", "null")),
			v("number", valid().WithHeader("alg", "256")),
			v("array", valid().WithHeader("alg", `["${alg}"]`)),
			v("empty", valid().WithHeader("alg", `""`)),
			v("unknown", valid().WithHeader("alg", `"XX999"`)),
			v("lower-case", valid().WithHeader("alg", `"${alg|lower}"`)),
		),
		Expect: refuse,
	},
}

// What is public is no secret.
var publicSecrets = []run.Case{
	{
		ID: "hdr-hs256-pem", Level: must, Clauses: refs("8725 2.1", "8725 3.1", "ASVS 9.1.2"),
		Requires: "an HMAC keyed with the issuer's public key is refused",
		Sends:    "a token keyed with the public key as PEM",
		Wild: wild("CVE-2015-9235", "CVE-2016-10555", "CVE-2017-11424", "CVE-2022-29217", "CVE-2023-48223",
			"CVE-2026-34950", "CVE-2026-107722", "CVE-2024-37568", "CVE-2026-11800"),
		Variants: variants(
			v("spki", valid().Keyed("${issuer.spki}")),
			v("spki-no-newline", valid().Keyed("${issuer.spki|trim}")),
			v("spki-crlf", valid().Keyed("${issuer.spki|crlf}")),
			v("spki-leading-blank", valid().Keyed(" ${issuer.spki}")),
			unless(v("pkcs1", valid().Keyed("${issuer.pkcs1}")), run.WithoutRSA),
			unless(v("pkcs1-no-newline", valid().Keyed("${issuer.pkcs1|trim}")), run.WithoutRSA),
			unless(v("pkcs1-crlf", valid().Keyed("${issuer.pkcs1|crlf}")), run.WithoutRSA),
			unless(v("pkcs1-leading-blank", valid().Keyed(" ${issuer.pkcs1}")), run.WithoutRSA),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
	},
	{
		ID: "hdr-hs256-jwk", Level: must, Clauses: refs("8725 3.1"),
		Requires: "an HMAC keyed with the text of the issuer's JWK is refused",
		Sends:    "a token keyed with the public key as JWK",
		Wild:     wild("CVE-2026-48526", "CVE-2026-107724"),
		Variants: variants(
			v("jwk", valid().Keyed("${issuer.served}")),
			v("jwk-without-kid", valid().Keyed("${issuer.jwk}")),
			v("jwks", valid().Keyed("${jwks}")),
			v("jwks-trimmed", valid().Keyed("${jwks|trim}")),
			v("canonical", valid().Keyed("${issuer.jwk-canonical}")),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
	},
	{
		ID: "hdr-hs256-other-key-forms", Level: must, Clauses: refs("8725 3.1"),
		Requires: "an HMAC keyed with the issuer's public key is refused whatever form the key has",
		Sends:    "a token keyed with another form of the public key",
		Wild:     wild("CVE-2024-33663", "CVE-2022-23541"),
		Variants: slices.Concat(
			keyedWithForms("", "HS256"),
			variants(v("spki-hs384", valid().Keyed("${issuer.spki}").SignedWith("HS384"))),
			keyedWithForms("-hs384", "HS384"),
			variants(v("spki-hs512", valid().Keyed("${issuer.spki}").SignedWith("HS512"))),
			keyedWithForms("-hs512", "HS512"),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
	},
	{
		ID: "hdr-hs256-empty-key", Level: must, Clauses: refs("8725 3.1", "8725 3.5"),
		Requires: "an HMAC over an empty key is refused",
		Sends:    "a token keyed with nothing",
		Wild: wild("CVE-2026-44351", "CVE-2026-45363", "CVE-2026-102266", "CVE-2026-114616", "CVE-2026-120459",
			"CVE-2026-107720"),
		Variants: variants(
			v("real-kid", valid().Keyed("")),
			v("unknown-kid", valid().Keyed("").Kid("no-such-key")),
		),
		Expect: refuse,
	},
}

// keyedWithForms are variants under one HMAC algorithm, keyed with the issuer's
// public key in every form that is no text.
func keyedWithForms(suffix, alg string) []run.Variant {
	keyed := func(form string) run.Variant {
		return v(form+suffix, valid().Keyed("${issuer."+form+"}").SignedWith(alg))
	}
	return variants(
		keyed("spki-der"),
		unless(keyed("pkcs1-der"), run.WithoutRSA),
		keyed("cert-pem"),
		keyed("cert-der"),
		keyed("ssh"),
		unless(keyed("modulus"), run.WithoutRSA),
		unless(keyed("modulus-b64"), run.WithoutRSA),
	)
}

// Keys that the token brings along, or says where to find.
var broughtKeys = []run.Case{
	{
		ID: "hdr-jwk-embedded", Level: must, Clauses: refs("CORE 2", "CORE 3.1.3.7(6)", "8725 3.8", "ASVS 9.1.3"),
		Requires: "a key that the token brings along is not trusted",
		Sends:    "a token with the attacker's own key in its header",
		Wild:     wild("CVE-2018-0114", "CVE-2026-27962"),
		Variants: variants(
			v("no-kid", valid().SignedBy(fixtures.Rogue).WithHeader("jwk", "${rogue.jwk}").WithoutHeader("kid")),
			v("real-kid", valid().SignedBy(fixtures.Rogue).WithHeader("jwk", "${rogue.jwk}").Kid("${issuer.kid}")),
			unless(v("oct", valid().SignedBy(fixtures.Rogue).SignedWith("HS256").
				WithHeader("jwk", "${rogue/oct.jwk}").WithoutHeader("kid")), run.WithHMAC),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-remote-key-canary", Level: must, Clauses: refs("CORE 2", "8725 3.10", "bis 3.10", "ASVS 9.1.3"),
		Requires: "a key that the token points to is neither trusted nor fetched",
		Sends:    "a token that says where the attacker's key is",
		Wild:     wild("CVE-2026-48522", "CVE-2026-32301 (the class of forged server requests)"),
		Variants: variants(
			v("jku", pointing("jku", "${canary}/jwks.json")),
			v("jku-real-kid", pointing("jku", "${canary}/jwks.json").Kid("${issuer.kid}")),
			v("jku-far", pointing("jku", "${canary.far}/jwks.json")),
			v("x5u", pointing("x5u", "${canary}/cert.pem")),
			v("x5u-real-kid", pointing("x5u", "${canary}/cert.pem").Kid("${issuer.kid}")),
			v("x5u-far", pointing("x5u", "${canary.far}/cert.pem")),
			v("userinfo", pointing("jku", "http://${iss|host}@${canary.far|no-scheme}/jwks.json")),
			v("look-alike-query", pointing("jku", "${canary.far}/jwks.json?${iss}")),
			v("look-alike-fragment", pointing("jku", "${canary.far}/jwks.json#${iss}")),
			v("look-alike-host", pointing("jku", "http://${iss|hostname}.issuer.invalid/jwks.json")),
			v("scheme-relative", pointing("jku", "//${canary|no-scheme}/jwks.json")),
			v("file", pointing("jku", "file:///etc/passwd")),
			v("loopback", pointing("jku", "http://127.0.0.1/jwks.json")),
			v("loopback-six", pointing("jku", "http://[::1]/jwks.json")),
			v("link-local", pointing("jku", "http://169.254.169.254/latest/meta-data/")),
		),
		Expect:   refuse,
		Schedule: run.Last,
	},
	{
		ID: "hdr-x5c-self-signed", Level: must, Clauses: refs("CORE 2", "7515 4.1.6", "8725 3.8"),
		Requires: "a certificate that the token brings along is not trusted",
		Sends:    "a token with the attacker's own certificate in its header",
		Variants: variants(
			v("leaf", certified("${rogue.x5c}").WithoutHeader("kid")),
			v("leaf-real-kid", certified("${rogue.x5c}").Kid("${issuer.kid}")),
			v("made-up-ca", certified("${rogue.x5c-chain}").WithoutHeader("kid")),
			v("named-as-issuer", certified("${rogue.x5c-issuer}").WithoutHeader("kid")),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
	},
}

// pointing is signed with the attacker's key and says where that key is.
func pointing(member, address string) fixtures.Recipe {
	return valid().SignedBy(fixtures.Rogue).WithHeader(member, `"`+address+`"`)
}

// certified is signed with the attacker's key and brings its certificate.
func certified(chain string) fixtures.Recipe {
	return valid().SignedBy(fixtures.Rogue).WithHeader("x5c", chain)
}
