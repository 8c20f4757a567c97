package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// The claims are right; the proof of origin is not.
var signatures = []run.Case{
	{
		ID: "sig-stripped", Level: must, Clauses: refs("BCL 2.6(2)", "7515 5.2"),
		Requires: "a token without its signature is refused",
		Sends:    "a token without its signature",
		Wild:     wild("CVE-2020-28042", "CVE-2026-107720"),
		Variants: variants(
			v("empty", valid().Stripped()),
			v("gone", valid().Stripped().Written("${header}.${payload}")),
		),
		Expect: refuse,
	},
	{
		ID: "sig-tampered", Level: must, Clauses: refs("7515 5.2(8)"),
		Requires: "a token whose signature does not fit is refused",
		Sends:    "a token whose signature does not fit",
		Variants: variants(
			v("bit-flipped", valid().Signature("${signed|flip-bit}")),
			v("claims-changed", valid().With("admin", "true").Over("${base.header}.${base.payload}")),
			v("header-changed", valid().WithHeader("note", `"x"`).Over("${base.header}.${base.payload}")),
			v("of-another-token", valid().Over("${other.header}.${other.payload}")),
		),
		Expect: refuse,
	},
	{
		ID: "sig-attacker-key-real-kid", Level: must, Clauses: refs("CORE 3.1.3.7(6)", "8725 3.8"),
		Requires: "a token that the issuer's key did not sign is refused",
		Sends:    "a token signed with the attacker's key under the issuer's key id",
		Variants: variants(v("rogue", valid().SignedBy(fixtures.Rogue).Kid("${issuer.kid}"))),
		Expect:   refuse,
	},
	{
		ID: "sig-weak-secret", Level: must, Clauses: refs("8725 2.2", "8725 3.5", "CORE 16.19"),
		Requires: "an HMAC keyed with a guessable secret is refused",
		Sends:    "a token keyed with a guessed secret",
		Wild:     wild("CVE-2026-48031", "CVE-2025-30206 (fixed secrets)"),
		Variants: variants(
			v("secret", valid().Keyed("secret")),
			v("changeme", valid().Keyed("changeme")),
			v("client-id", valid().Keyed("${client_id}")),
			unless(v("issuer", valid().Keyed("${iss}")), run.UnderSharedSecret),
			v("null", valid().Keyed("null")),
			v("undefined", valid().Keyed("undefined")),
			v("zero-bytes", valid().Keyed("${hex:0000000000000000000000000000000000000000000000000000000000000000}")),
			v("sample-key", valid().Keyed("your-256-bit-secret")),
		),
		Expect: refuse,
	},
}
