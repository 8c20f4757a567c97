package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Forged or odd JOSE headers. Unless said otherwise the payload is a perfect
// logout token, so the header is the only reason to refuse.
var headers = []run.Case{
	{
		ID: "hdr-alg-none", Level: must, Clauses: refs("BCL 2.6(3)", "8725 3.1", "8725 3.2", "ASVS 9.1.2"),
		Requires: "an unsigned token (alg none) is refused",
		Sends:    "an unsigned token",
		Wild:     wild("CVE-2026-18569 (Keycloak took unsigned logout tokens)", "CVE-2021-44878", "CVE-2022-23540"),
		Variants: variants(v("empty-signature", valid().Unsigned("none"))),
		Expect:   refuse,
	},
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
	{
		ID: "hdr-jwk-embedded", Level: must, Clauses: refs("CORE 2", "CORE 3.1.3.7(6)", "8725 3.8", "ASVS 9.1.3"),
		Requires: "a key that the token brings along is not trusted",
		Sends:    "a token with the attacker's own key in its header",
		Wild:     wild("CVE-2018-0114", "CVE-2026-27962"),
		Variants: variants(
			v("no-kid", valid().SignedBy(fixtures.Rogue).WithHeader("jwk", "${rogue.jwk}").WithoutHeader("kid")),
			v("real-kid", valid().SignedBy(fixtures.Rogue).WithHeader("jwk", "${rogue.jwk}").Kid("${issuer.kid}")),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-kid-unknown-forged", Level: must, Clauses: refs("CORE 3.1.3.7(6)", "CORE 10.1.1", "8725 3.8"),
		Requires: "a token of an unknown key is refused",
		Sends:    "a token signed with the attacker's key under an unknown key id",
		Wild:     wild("CVE-2026-89313 (an unknown kid fell back to the last key)"),
		Variants: variants(v("rogue", valid().SignedBy(fixtures.Rogue).Kid("no-such-key"))),
		Expect:   refuse,
		Schedule: run.Last,
	},
	{
		ID: "hdr-crit-unknown", Level: must, Clauses: refs("7515 4.1.11", "7515 5.2(5)"),
		Requires: "a token with a critical extension that the receiver does not know is refused",
		Sends:    "a token with an unknown critical extension",
		Wild:     wild("CVE-2025-59420", "CVE-2026-32597", "CVE-2026-35042", "CVE-2026-89317"),
		Variants: variants(
			v("present", valid().WithHeader("crit", `["urn:example:must-know"]`).WithHeader("urn:example:must-know", "true")),
			v("absent", valid().WithHeader("crit", `["urn:example:must-know"]`)),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-typ-other-kind", Level: should,
		Clauses:  refs("8725 3.11", "8725 3.12", "bis 3.11", "BCL 4.1", "ASVS 10.5.5", "ASVS 9.2.2"),
		Requires: "a token that says it is of another kind is refused",
		Sends:    "a token of another kind's typ",
		Wild:     wild("GHSA-7fpj-9hr8-28vh (types not enforced)"),
		Variants: variants(
			v("at-jwt", valid().Typ("at+jwt")),
			v("id-token-jwt", valid().Typ("id_token+jwt")),
			v("dpop-jwt", valid().Typ("dpop+jwt")),
			v("oauth-authz-req-jwt", valid().Typ("oauth-authz-req+jwt")),
			v("command-jwt", valid().Typ("command+jwt")),
			v("token-introspection-jwt", valid().Typ("token-introspection+jwt")),
			v("foo-jwt", valid().Typ("foo+jwt")),
		),
		Expect: refuse,
		Given:  given(when(run.StrictTyping, refuse, must), when(run.DoesNotCheck("typ"), either, may)),
	},
}
