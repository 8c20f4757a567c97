package cases

import (
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// The claims are right; the proof of origin is not.
var signatures = slices.Concat(spoiled, curves, choices, published, secrets)

// Signatures that do not fit.
var spoiled = []run.Case{
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
		ID: "sig-truncated-or-extended", Level: must, Clauses: refs("7515 5.2", "7518 3.2", "7518 3.3", "7518 3.4"),
		Requires: "a token whose signature is too short or too long is refused",
		Sends:    "a token with a part of its signature, or with more than it",
		Wild:     wild("CVE-2020-28042"),
		Variants: variants(
			v("one-byte", valid().Signature("${signed|first:1}")),
			v("half", valid().Signature("${signed|half}")),
			v("one-byte-less", valid().Signature("${signed|drop:1}")),
			v("one-byte-more", valid().Signature("${signed|append:00}")),
			v("bytes-64-more", valid().Signature("${signed|append:"+strings.Repeat("00", 64)+"}")),
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
			v("sub-changed", valid().Over(`${header}.${payload.text|member:sub="mallory"|b64url}`)),
			v("header-changed", valid().WithHeader("note", `"x"`).Over("${base.header}.${base.payload}")),
			v("of-another-token", valid().Over("${other.header}.${other.payload}")),
		),
		Expect: refuse,
	},
}

// The right key or the wrong one, with the wrong algorithm.
var choices = []run.Case{
	{
		ID: "sig-same-key-other-alg", Level: should,
		Clauses:  refs("BCL 2.6(3)", "REG id_token_signed_response_alg", "CORE 3.1.3.7(7)", "8725 3.1"),
		Requires: "a token signed with another algorithm than the registered one is refused",
		Sends:    "a token of the right key signed with another algorithm",
		Wild:     wild("OIDF suite 'wrong alg'", "CVE-2026-48523"),
		Variants: variants(
			unless(v("rs256", valid().SignedWith("RS256")), registeredFor("RS256")),
			unless(v("rs384", valid().SignedWith("RS384")), registeredFor("RS384")),
			unless(v("rs512", valid().SignedWith("RS512")), registeredFor("RS512")),
			unless(v("ps256", valid().SignedWith("PS256")), registeredFor("PS256")),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC, run.WithoutRSA),
	},
	{
		ID: "sig-alg-not-advertised", Level: should, Clauses: refs("BCL 2.6(3)", "DISC id_token_signing_alg_values_supported"),
		Requires: "a token signed with an algorithm that discovery does not list is refused",
		Sends:    "a token of a published key of another type",
		Wild:     wild("OIDF suite 'wrong alg'"),
		Variants: variants(
			unless(v("eddsa", misfit("EdDSA", "Ed25519")), registeredFor("EdDSA")),
			unless(v("es256", misfit("ES256", "P-256")), registeredFor("ES256")),
			unless(v("rs256", misfit("RS256", "RSA")), withRSA),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Around:   beside(misfitEntry("Ed25519"), misfitEntry("P-256"), misfitEntry("RSA")),
		Judge:    scouted,
	},
	{
		ID: "sig-attacker-key-real-kid", Level: must, Clauses: refs("CORE 3.1.3.7(6)", "8725 3.8"),
		Requires: "a token that the issuer's key did not sign is refused",
		Sends:    "a token signed with the attacker's key under the issuer's key id",
		Variants: variants(
			v("rogue", valid().SignedBy(fixtures.Rogue).Kid("${issuer.kid}")),
			unless(v("rogue-rsa", valid().SignedBy(fixtures.Rogue).SignedWith("RS256").Kid("${issuer.kid}")),
				registeredFor("RS256"), run.UnderSharedSecret),
			unless(v("rogue-ec", valid().SignedBy(fixtures.Rogue).SignedWith("ES256").Kid("${issuer.kid}")),
				registeredFor("ES256"), run.UnderSharedSecret),
		),
		Expect: refuse,
	},
	{
		ID: "sig-other-issuer-key", Level: must, Clauses: refs("8725 3.8", "CORE 3.1.3.7(2)", "CORE 3.1.3.7(6)"),
		Requires: "a token of one issuer is not proved by the key of another",
		Sends:    "a token that names one issuer and is signed by another",
		Wild:     wild("CVE-2024-8901", "CVE-2025-59936"),
		Variants: variants(
			needing(unless(v("own-kid", valid().SignedBy(fixtures.OtherIssuer)), run.UnderSharedSecret, run.WithHMAC), run.SecondIssuer),
			needing(unless(v("same-kid", valid().SignedBy(fixtures.OtherIssuer).Kid("${issuer.kid}")),
				run.UnderSharedSecret, run.WithHMAC), run.SecondIssuer),
			needing(unless(v("other-account", valid().Keyed("${second.secret}")), run.WithPublicKeys), run.SecondClient),
		),
		Expect: refuse,
	},
}

// registeredFor holds for a target that is registered for that algorithm.
func registeredFor(alg string) run.Condition {
	return run.Condition{
		Name:  "is registered for " + alg,
		Holds: func(t run.Terms) bool { return t.Alg == alg },
	}
}

// withRSA holds for a target that is registered for an RSA algorithm.
var withRSA = run.Condition{
	Name:  "is registered for an RSA algorithm",
	Holds: func(t run.Terms) bool { return !run.WithoutRSA.Holds(t) },
}
