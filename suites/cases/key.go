package cases

import (
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// The issuer's keys change or cannot be had, and the receiver has to follow, or
// to do without.
var keys = []run.Case{
	{
		ID: "key-rotate-new-kid", Level: must, Clauses: refs("CORE 10.1.1"),
		Requires: "a token signed with a newly published key is accepted",
		Sends:    "a valid token of a new key",
		Variants: variants(v("published", valid().SignedBy(fixtures.Next))),
		Expect:   revoke,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Steps:    rotate,
		Judge:    followed,
	},
	{
		ID: "key-removed", Level: should, Clauses: refs("CORE 10.1.1", "8725 3.8"),
		Requires: "a token signed with a key that was taken out of the JWKS is refused once the cache has run out",
		Sends:    "a token of a key that the issuer has withdrawn",
		Wild:     wild("CVE-2025-22149 (keys are only ever added)"),
		Variants: variants(v("withdrawn", valid().SignedBy(fixtures.Next))),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Needs:    needs(run.Slow),
		Schedule: run.Last,
		Around:   publishedAndWithdrawn,
		Judge:    wasAccepted,
	},
	{
		ID: "key-jwks-down-known-kid", Level: hardening, Clauses: refs("CORE 10.1.1", "ASVS 16.5.2"),
		Requires: "a token of a key that is known already is accepted while the JWKS cannot be had",
		Sends:    "a valid token while the JWKS cannot be had",
		Wild:     wild("pyjwt#1162 (cache wiped)"),
		Variants: variants(
			serving(v("status-500", valid()), fixtures.JWKS{Status: 500}),
			serving(v("connection-closed", valid()), fixtures.JWKS{Drop: true}),
		),
		Expect:   revoke,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Schedule: run.Alone,
		Steps:    keysDown,
		Judge:    knownKeyServes,
	},
	{
		ID: "key-jwks-down-unknown-kid", Level: must, Clauses: refs("BCL 2.6(2)", "ASVS 16.5.2", "ASVS 16.5.3"),
		Requires: "a token of an unknown key is refused while the JWKS cannot be had",
		Sends:    "a forged token of an unknown key while the JWKS cannot be had",
		Variants: variants(
			serving(v("status-500", unknownKid), fixtures.JWKS{Status: 500}),
			serving(v("connection-closed", unknownKid), fixtures.JWKS{Drop: true}),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Schedule: run.Alone,
		Steps:    whileServed,
		Judge:    failsClosed,
	},
	{
		ID: "key-jwks-slow", Level: hardening, Clauses: refs("none"),
		Requires: "a JWKS that hangs delays neither the refusal for ever nor tokens of known keys",
		Sends:    "a forged token of an unknown key while the JWKS hangs",
		Variants: variants(serving(v("hangs-a-minute", unknownKid), fixtures.JWKS{Delay: time.Minute})),
		Expect:   refuse,
		Harm:     run.Security,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Needs:    needs(run.Load),
		Schedule: run.Alone,
		Steps:    hanging,
		Judge:    knownKeysServed,
	},
	{
		ID: "key-jwks-garbage", Level: must, Clauses: refs("7517 5"),
		Requires: "while the JWKS is garbage a token of an unknown key is refused, and afterwards all is well again",
		Sends:    "a forged token of an unknown key while the JWKS is garbage",
		Variants: variants(
			serving(v("html", unknownKid), fixtures.JWKS{Body: "<!DOCTYPE html><title>Sign in</title>", Header: ofType("text/html")}),
			serving(v("truncated", unknownKid), fixtures.JWKS{Body: `{"keys":[{"kty":"RSA","use":"sig","n":"AQAB`}),
			serving(v("empty-object", unknownKid), fixtures.JWKS{Body: `{}`}),
			serving(v("no-keys", unknownKid), fixtures.JWKS{Body: `{"keys":[]}`}),
			serving(v("null-keys", unknownKid), fixtures.JWKS{Body: `{"keys":null}`}),
			serving(v("content-type", unknownKid), fixtures.JWKS{Header: ofType("text/html")}),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Schedule: run.Alone,
		Steps:    whileServed,
		Judge:    failsClosed,
	},
	{
		ID: "key-jwks-huge", Level: hardening, Clauses: refs("none"),
		Requires: "a JWKS of any size costs the target a bounded effort",
		Sends:    "a forged token of an unknown key while the JWKS is huge",
		Wild:     wild("CVE-2026-59396 (class)"),
		Variants: variants(serving(v("100-mb-of-keys", unknownKid), fixtures.JWKS{Pad: 100 << 20})),
		Expect:   refuse,
		Harm:     run.Security,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Needs:    needs(run.Load),
		Schedule: run.Alone,
		Steps:    whileServed,
		Judge:    failsClosed,
	},
	{
		ID: "key-jwks-redirect", Level: hardening, Clauses: refs("DISC jwks_uri", "bis 3.10"),
		Requires: "keys behind a redirect of the jwks_uri are not used, and better not even fetched",
		Sends:    "a token of the attacker's key while the JWKS leads to the attacker's",
		Wild:     wild("CVE-2026-102267"),
		Variants: variants(
			serving(v("other-host", attackers), leadsTo("${canary.far}/jwks.json")),
			serving(v("same-host", attackers), leadsTo("${canary}/jwks.json")),
		),
		Expect:   refuse,
		Harm:     run.Security,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Schedule: run.Alone,
		Steps:    whileServed,
		Judge:    failsClosed,
	},
	{
		ID: "key-jwks-mixed-entries", Level: should, Clauses: refs("7517 5"),
		Requires: "keys in the JWKS that are not understood are skipped, and the good ones used",
		Sends:    "a valid token of a new key that stands beside odd ones",
		Wild:     wild("CVE-2026-102274"),
		Variants: variants(
			serving(v("unknown-kty", newKeySigned), newKeyBeside(`{"kty":"LATTICE","kid":"odd","use":"sig","pk":"AQAB"}`)),
			serving(v("malformed-rsa", newKeySigned), newKeyBeside(`{"kty":"RSA","kid":"odd","use":"sig","n":"!!!","e":""}`)),
			serving(v("missing-kid", newKeySigned), newKeyBeside(`{${retired.members},"use":"sig"}`)),
			serving(v("unknown-alg", newKeySigned), newKeyBeside(
				`{"kty":"EC","crv":"P-256","kid":"odd","use":"sig","alg":"XX999","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}`)),
		),
		Expect:   revoke,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Schedule: run.Alone,
		Steps:    newKeyServed,
		Judge:    newKeyUsed,
	},
	{
		ID: "key-jwks-oct", Level: hardening, Clauses: refs("DISC jwks_uri"),
		Requires: "a symmetric key in the JWKS is not used",
		Sends:    "a token keyed with a symmetric key of the JWKS",
		Variants: variants(
			serving(v("hs256", valid().Keyed("a published key is no secret, is it?").Kid("octets")), scoutBeside(
				`{"kty":"oct","kid":"octets","use":"sig","alg":"HS256","k":"YSBwdWJsaXNoZWQga2V5IGlzIG5vIHNlY3JldCwgaXMgaXQ_"}`)),
		),
		Expect:   refuse,
		Harm:     run.Security,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Schedule: run.Alone,
		Steps:    afterScout,
		Judge:    amongKeys,
	},
	{
		ID: "key-jwks-same-kid-two-keys", Level: may, Clauses: refs("7517 4.5"),
		Requires: "of two keys with one key id either may be used; what neither signed is refused",
		Sends:    "a token of one of two keys with the same key id",
		Variants: variants(
			serving(v("first-of-them", valid().SignedBy(fixtures.Retired).Kid(shared)), twins),
			serving(v("second-of-them", valid().SignedBy(fixtures.OtherIssuer).Kid(shared)), twins),
			serving(unless(v("other-type", valid().SignedBy(fixtures.Retired).Kid(shared)), registeredFor("EdDSA")), scoutBeside(
				`{"kty":"OKP","crv":"Ed25519","kid":"${fresh}-shared","use":"sig","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`, sharing("retired"))),
			serving(instead(v("forged", valid().SignedBy(fixtures.Rogue).Kid(shared)), refuse, must), twins),
		),
		Expect:   either,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Schedule: run.Alone,
		Steps:    afterScout,
		Judge:    amongKeys,
	},
	{
		ID: "key-unknown-kid-flood", Level: hardening, Clauses: refs("CORE 10.1.1", "8725 3.10"),
		Requires: "tokens of ever new key ids are refused, and do not have the keys fetched for each",
		Sends:    "200 forged tokens of ever new key ids over a minute",
		Wild:     wild("GHSA-fhv5-28vv-h8m8 (PyJWKClient)"),
		Variants: variants(v("a-minute", unknownKid)),
		Expect:   refuse,
		Harm:     run.Security,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Needs:    needs(run.Load),
		Schedule: run.Alone,
		Steps:    flood,
		Judge:    fewFetches,
	},
	{
		ID: "key-iss-driven-fetch", Level: must, Clauses: refs("8725 3.8", "8725 3.10", "ASVS 10.5.3"),
		Requires: "the iss of a token does not say where keys are fetched from",
		Sends:    "a token whose iss leads to the attacker's keys",
		Wild:     wild("CVE-2026-32301", "CVE-2025-59936"),
		Variants: variants(
			unless(v("unknown-kid", attackers.With("iss", `"${canary}"`)), run.UnderSharedSecret),
			unless(v("known-kid", attackers.Kid("${issuer.kid}").With("iss", `"${canary}"`)), run.UnderSharedSecret),
			unless(v("other-host", attackers.With("iss", `"${canary.far}"`)), run.UnderSharedSecret),
			unless(v("issuer-in-query", attackers.With("iss", `"${canary}?${iss}"`)), run.UnderSharedSecret),
			unless(v("issuer-in-fragment", attackers.With("iss", `"${canary}#${iss}"`)), run.UnderSharedSecret),
			unless(v("dot-segments", attackers.With("iss", `"${canary}/x/.."`)), run.UnderSharedSecret),
			unless(run.Variant{
				Slug: "right-secret", Recipe: valid().With("iss", `"${canary}"`),
				Given: given(when(run.DoesNotCheck("iss"), either, "")),
			}, run.WithPublicKeys),
		),
		Expect:   refuse,
		Schedule: run.Last,
	},
	{
		ID: "key-secret-rotation", Level: hardening, Clauses: refs("8725 3.5"),
		Requires: "after a change of the secret the new one is accepted, and in time the old one refused",
		Sends:    "a token keyed with the new or with the old secret",
		Variants: variants(
			v("new-secret", valid()),
			needing(instead(v(oldSecret, valid().Keyed("${old.secret}")), refuse, hardening), run.Slow),
		),
		Expect:   revoke,
		Excluded: not(run.WithPublicKeys),
		Needs:    needs(run.RotateHook),
		Schedule: run.Alone,
		Steps:    secretRotated,
		Judge:    secretFollowed,
	},
}

var (
	// attackers is a token of the attacker's own key, under its own id. unknownKid
	// is one under an id that nobody has ever seen.
	attackers  = valid().SignedBy(fixtures.Rogue)
	unknownKid = attackers.Kid("unknown-${jti}")
	// twins are two further keys with one key id.
	twins = scoutBeside(sharing("retired"), sharing("other-issuer"))
	// newKeySigned is a token of a new key. Its id is new in each exchange, so
	// that no target knows it from before.
	newKeySigned = valid().SignedBy(fixtures.Next).Kid("${fresh}")
)

const (
	// newKey is that key as an entry, and shared the id of keys that share one.
	newKey = `{${next.members},"kid":"${fresh}","use":"sig"}`
	shared = "${fresh}-shared"
)

// sharing is the key of a role as an entry with the id that others have, too.
func sharing(role string) string {
	return `{${` + role + `.members},"kid":"` + shared + `","use":"sig"}`
}

// serving has the jwks_uri answer something else for a variant.
func serving(v run.Variant, keys fixtures.JWKS) run.Variant {
	v.Serve = &keys
	return v
}

// newKeyBeside puts a new key behind an odd one.
func newKeyBeside(odd string) fixtures.JWKS {
	return fixtures.JWKS{Before: []string{odd}, Also: []string{newKey}}
}

// scoutBeside puts the new key beside others: a token that is signed with it
// shows that the target has learnt them all.
func scoutBeside(others ...string) fixtures.JWKS {
	return fixtures.JWKS{Also: append([]string{newKey}, others...)}
}

// leadsTo redirects.
func leadsTo(address string) fixtures.JWKS {
	return fixtures.JWKS{Status: 302, Header: []fixtures.Field{{Name: "Location", Value: address}}}
}

func ofType(mime string) []fixtures.Field {
	return []fixtures.Field{{Name: "Content-Type", Value: mime}}
}
