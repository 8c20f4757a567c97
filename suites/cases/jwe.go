package cases

import (
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Encrypted tokens. Some need a client that is registered for encryption; the
// others go to every receiver, as an attacker would send them.
var encrypted = []run.Case{
	{
		ID: "jwe-nested-genuine", Level: must,
		Clauses:  refs("BCL 2.4", "BCL 2.6(1)", "CORE 2", "CORE 10.2", "CORE 16.14"),
		Requires: "a token that is signed and then encrypted as registered is accepted",
		Sends:    "a token signed and then encrypted as registered",
		Variants: variants(in(run.AtEncrypted, v("as-registered", valid()))),
		Expect:   revoke,
		Excluded: not(run.UnderSharedSecret),
		Needs:    needs(run.Encryption),
	},
	{
		ID: "jwe-downgrade-to-jws", Level: should, Clauses: refs("BCL 2.6(1)", "CORE 3.1.3.7(1)"),
		Requires: "a token that is not encrypted is refused when encryption was registered",
		Sends:    "a token that is signed only",
		Variants: variants(in(run.AtEncrypted, v("signed-only", valid().Unencrypted()))),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret),
		Needs:    needs(run.Encryption),
	},
	{
		ID: "jwe-inner-not-genuine", Level: must, Clauses: refs("BCL 2.4", "8725 3.3", "bis 2.3", "bis 3.3"),
		Requires: "encryption proves nothing: an encrypted token is refused unless its signature is genuine",
		Sends:    "an encrypted token that nobody signed, or an attacker",
		Wild:     wild("CVE-2026-29000", "CVE-2023-51774"),
		Variants: variants(
			toEncrypted("bare-claims", valid().Encrypting("${claims}")),
			toEncrypted("alg-none", valid().Unsigned("none")),
			toEncrypted("signed-by-attacker", valid().SignedBy(fixtures.Rogue)),
			unless(v("shared-secret-bare-claims", valid().EncryptedWith("dir", "A128CBC-HS256").
				EncryptedUnder("${client_secret}").Encrypting("${claims}")), run.WithPublicKeys),
			unless(v("shared-secret-hash-bare-claims", valid().EncryptedWith("dir", "A256GCM").
				EncryptedUnder("${client_secret|sha256}").Encrypting("${claims}")), run.WithPublicKeys),
		),
		Expect: refuse,
	},
	{
		ID: "jwe-not-agreed", Level: must, Clauses: refs("BCL 2.6(1)", "8725 3.1"),
		Requires: "an encrypted token is refused where no encryption was agreed on",
		Sends:    "an encrypted token that nobody agreed on",
		Variants: variants(
			unless(v("five-parts", valid().EncryptedWith("RSA-OAEP", "A128CBC-HS256")), run.WithEncryption),
			v("five-parts-by-secret", valid().EncryptedWith("A128KW", "A128GCM").EncryptedUnder("${client_secret|sha256}")),
			v("garbage", valid().Written("${times:40:a}.${times:40:b}.${times:16:c}.${times:80:d}.${times:22:e}")),
			v("garbage-real-header", valid().EncryptedWith("RSA-OAEP", "A128CBC-HS256").
				Sealed("${header}.${times:342:b}.${times:22:c}.${times:86:d}.${times:22:e}")),
			v("dir-empty-key", valid().EncryptedWith("dir", "A128CBC-HS256").EncryptedUnder("${hex:}")),
			v("dir-empty-key-bare-claims", valid().EncryptedWith("dir", "A128GCM").EncryptedUnder("${hex:}").Encrypting("${claims}")),
		),
		Expect: refuse,
	},
	{
		ID: "jwe-p2c-bomb", Level: hardening, Clauses: refs("bis 3.13"),
		Requires: "a token that asks for endless work is refused within the deadline",
		Sends:    "a token that asks for 2^31-1 rounds of key derivation",
		Wild: wild("CVE-2023-49290", "CVE-2023-50658", "CVE-2023-51775", "CVE-2023-52428",
			"GHSA-2c7c-3mj9-8fqh"),
		Variants: variants(v("rounds-2-31", valid().EncryptedWith("PBES2-HS256+A128KW", "A128CBC-HS256").
			EncryptedUnder("password").WithJWEHeader("p2c", "2147483647"))),
		Expect: refuse,
		Needs:  needs(run.Load),
		Judge:  withinDeadline,
	},
	{
		ID: "jwe-zip-bomb", Level: hardening, Clauses: refs("bis 3.15", "8725 3.6"),
		Requires: "a token that inflates without end is refused within bounds of time and memory",
		Sends:    "a token of 100 KB that inflates to 100 MB",
		Wild:     wild("CVE-2024-28180", "CVE-2024-28122", "CVE-2025-63811", "CVE-2026-39373"),
		Variants: variants(
			toEncrypted("to-its-key", valid().Encrypting(bomb).Zipped()),
			v("by-secret", valid().EncryptedWith("dir", "A128CBC-HS256").EncryptedUnder("${client_secret}").Encrypting(bomb).Zipped()),
			v("empty-key", valid().EncryptedWith("dir", "A128CBC-HS256").EncryptedUnder("${hex:}").Encrypting(bomb).Zipped()),
		),
		Expect: refuse,
		Needs:  needs(run.Load),
		Judge:  quickly,
	},
	{
		ID: "jwe-bad-curve-point", Level: must, Clauses: refs("8725 2.5", "8725 3.4"),
		Requires: "an ephemeral key that is no point of the curve is refused",
		Sends:    "an encrypted token whose ephemeral key is no point of the curve",
		Wild:     wild("CVE-2016-9121"),
		Variants: variants(
			in(run.AtEncrypted, v("off-curve", valid().EncryptedWith("ECDH-ES", "A128CBC-HS256").WithJWEHeader("epk", offCurve))),
			// Twice this point is nothing: what comes of it is its x or nothing,
			// as the receiver's key is odd or even, and the sender knows both.
			in(run.AtEncrypted, v("small-order-odd", valid().EncryptedWith("ECDH-ES", "A128CBC-HS256").
				WithJWEHeader("epk", orderTwo).EncryptedUnder("${hex:"+zeros[2:]+"04}"))),
			in(run.AtEncrypted, v("small-order-even", valid().EncryptedWith("ECDH-ES", "A128CBC-HS256").
				WithJWEHeader("epk", orderTwo).EncryptedUnder("${hex:"+zeros+"}"))),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret),
		Needs:    needs(run.Encryption),
	},
	{
		ID: "jwe-error-oracle", Level: hardening, Clauses: refs("7516 11.5", "8725 3.2"),
		Requires: "no answer tells why a token could not be decrypted",
		Sends:    "encrypted tokens that are damaged in different ways",
		Wild:     wild("CVE-2016-6298", "GHSA-5739-39v2-5754"),
		Variants: variants(
			in(run.AtEncrypted, v("rsa1-5", valid().EncryptedWith("RSA1_5", "A128CBC-HS256"))),
			in(run.AtEncrypted, v("cbc", valid().EncryptedWith("", "A128CBC-HS256"))),
		),
		Expect:   either,
		Excluded: not(run.UnderSharedSecret),
		Needs:    needs(run.Encryption),
		Steps:    damage,
		Judge:    tellsNothing,
	},
}

// toEncrypted is a variant that goes to the client that is registered for
// encryption.
func toEncrypted(slug string, r fixtures.Recipe) run.Variant {
	return needing(unless(in(run.AtEncrypted, v(slug, r)), run.UnderSharedSecret), run.Encryption)
}

// bomb is 100 MB of plaintext that compress to 100 KB.
const bomb = "${times:104857600: }"

// Points that are not on P-256: one with the x of its base point and another y,
// and one of order two on a curve of its own, as every point with y = 0 is.
var (
	zeros    = strings.Repeat("00", 32)
	offCurve = epk("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
		"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f6")
	orderTwo = epk(zeros[2:]+"04", zeros)
)

// epk is an ephemeral key on P-256 with these coordinates in hex.
func epk(x, y string) string {
	return `{"kty":"EC","crv":"P-256","x":"${hex:` + x + `|b64url}","y":"${hex:` + y + `|b64url}"}`
}
