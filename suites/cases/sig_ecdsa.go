package cases

import (
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// ECDSA. A target that is registered for another algorithm gets these tokens as
// well, as an attacker would send them.
var curves = []run.Case{
	{
		ID: "sig-ecdsa-zero", Level: must, Clauses: refs("7518 3.4", "8725 3.4"),
		Requires: "an ECDSA signature with a number out of range is refused",
		Sends:    "a token with an ECDSA signature that fits any key",
		Wild:     wild("CVE-2022-21449", "CVE-2021-43570"),
		Variants: variants(
			v("both-zero", es256(zero, zero)),
			v("r-zero", es256(zero, one)),
			v("s-zero", es256(one, zero)),
			v("both-order", es256(order, order)),
			v("der-zero", es256("3006020100", "020100")),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
	},
	{
		ID: "sig-ecdsa-encoding", Level: must, Clauses: refs("7518 3.4"),
		Requires: "an ES256 signature is exactly 64 octets",
		Sends:    "a token whose genuine ES256 signature is written in another way",
		Wild:     wild("CVE-2026-65632"),
		Variants: variants(
			v("der", valid().SignedWith("ES256").Signature("${signed|der}")),
			v("leading-zeros", valid().SignedWith("ES256").Signature("${signed|pad-rs:1}")),
			v("octets-65", valid().SignedWith("ES256").Signature("${signed|pad-s:1}")),
			v("octets-63", valid().SignedWith("ES256").Signature("${signed.short}")),
		),
		Expect:   refuse,
		Harm:     run.Conformance,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Around:   besideFor("ES256", "${issuer/P-256.entry}"),
		Judge:    scouted,
	},
	{
		ID: "sig-ecdsa-high-s", Level: may, Clauses: refs("none"),
		Requires: "the second ES256 signature that fits a token may be accepted",
		Sends:    "a token whose ES256 signature has n-s in the place of s",
		Variants: variants(v("other-s", valid().SignedWith("ES256").Signature("${signed|other-s}"))),
		Expect:   either,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Around:   besideFor("ES256", "${issuer/P-256.entry}"),
		Judge:    scouted,
	},
	{
		ID: "sig-ecdsa-wrong-curve", Level: must, Clauses: refs("7518 3.4", "8725 3.1", "8725 3.4"),
		Requires: "a key on another curve than the algorithm names is not used",
		Sends:    "a token of a published key on the wrong curve",
		Wild:     wild("PyJWT 2.11.0 change log"),
		Variants: variants(
			v("es256-p384", misfit("ES256", "P-384")),
			v("es256-secp256k1", misfit("ES256", "secp256k1")),
			v("es384-p256", misfit("ES384", "P-256")),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Around:   beside(misfitEntry("P-384"), misfitEntry("secp256k1"), misfitEntry("P-256")),
		Judge:    scouted,
	},
}

// misfit is signed with a key of that kind, which the issuer publishes.
func misfit(alg, kind string) fixtures.Recipe {
	return valid().SignedBy(fixtures.Misfit).SignedWith(alg).OfKind(kind).Kid("${fresh}-" + kind)
}

// misfitEntry is the entry of that key in the JWKS.
func misfitEntry(kind string) string {
	return `{${misfit/` + kind + `.members},"kid":"${fresh}-` + kind + `","use":"sig"}`
}

// es256 has a signature of these numbers, in hexadecimal digits.
func es256(r, s string) fixtures.Recipe {
	return valid().SignedWith("ES256").Kid("${issuer.kid}").Signature("${hex:" + r + s + "}")
}

// Numbers of 32 octets; order is that of the curve P-256.
var (
	zero = strings.Repeat("00", 32)
	one  = strings.Repeat("00", 31) + "01"
)

const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
