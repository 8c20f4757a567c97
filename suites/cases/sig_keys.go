package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Keys that the issuer publishes and that must not be used all the same.
var published = []run.Case{
	{
		ID: "sig-key-purpose", Level: should, Clauses: refs("DISC jwks_uri", "7517 4.2", "7517 4.3", "7517 4.4", "8725 3.1"),
		Requires: "a key that is published for another purpose is not used",
		Sends:    "a token of a key that is published for another purpose",
		Wild:     wild("CVE-2026-48523"),
		Variants: variants(
			v("use-enc", valid().SignedBy(fixtures.Misfit).Kid("${fresh}-use")),
			v("key-ops", valid().SignedBy(fixtures.Misfit).Kid("${fresh}-ops")),
			unless(v("alg", valid().SignedBy(fixtures.Misfit).Kid("${fresh}-alg")), registeredFor("PS256")),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Around: beside(
			`{${misfit.members},"kid":"${fresh}-use","use":"enc"}`,
			`{${misfit.members},"kid":"${fresh}-ops","key_ops":["encrypt"]}`,
			`{${misfit.members},"kid":"${fresh}-alg","use":"sig","alg":"PS256"}`,
		),
		Judge: scouted,
	},
	{
		ID: "sig-rsa-short-key", Level: must, Clauses: refs("7518 3.3"),
		Requires: "an RSA key of less than 2048 bits is not used",
		Sends:    "a token of a published RSA key that is too short",
		Variants: variants(
			v("bits-1024", misfit("RS256", "RSA-1024")),
			v("bits-512", misfit("RS256", "RSA-512")),
		),
		Expect:   refuse,
		Harm:     run.Conformance,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC, run.WithoutRSA),
		Around:   beside(misfitEntry("RSA-1024"), misfitEntry("RSA-512")),
		Judge:    scouted,
	},
	{
		ID: "sig-rsa-e3-forgery", Level: hardening, Clauses: refs("8017 8.2.2", "8725 3.4"),
		Requires: "an RSA signature with anything behind the hash is refused",
		Sends:    "a token with a forged signature of a published RSA key whose exponent is 3",
		Wild:     wild("the class of Bleichenbacher 2006 (CVE-2006-4339, unverified)"),
		Variants: variants(v("trailing-garbage", misfit("RS256", "RSA-e3").Signature("${input|cube-root:2048}"))),
		Expect:   refuse,
		Harm:     run.Security,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC, run.WithoutRSA),
		Around:   beside(misfitEntry("RSA-e3")),
		Judge:    scouted,
	},
}
