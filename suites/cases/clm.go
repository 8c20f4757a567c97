package cases

import (
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// Genuinely signed by the right key; only the named claim differs.
var claims = slices.Concat(claimsOfOrigin, claimsOfTime, claimsOfUse, claimsOfEvents, claimsOfWhom)

// Who issued the token, and for whom.
var claimsOfOrigin = []run.Case{
	{
		ID: "clm-iss-missing", Level: must, Clauses: refs("BCL 2.4", "BCL 2.6(4)", "CORE 3.1.3.7(2)"),
		Requires: "a token without iss is refused",
		Sends:    "a token without iss",
		Wild:     wild("CVE-2026-45069"),
		Variants: variants(v("missing", valid().Without("iss"))),
		Expect:   refuse,
		Excluded: not(run.DoesNotRequire("iss")),
	},
	{
		ID: "clm-iss-wrong", Level: must, Clauses: refs("BCL 2.6(4)", "CORE 3.1.3.7(2)", "8725 3.8"),
		Requires: "a token of another issuer is refused",
		Sends:    "a token that names another issuer",
		Wild:     wild("nextcloud/user_oidc#1432", "CVE-2024-5037"),
		Variants: variants(v("https-url", valid().With("iss", `"https://issuer.invalid/"`))),
		Expect:   refuse,
		Excluded: not(run.DoesNotCheck("iss")),
	},
	{
		ID: "clm-iss-near-miss", Level: must, Clauses: refs("CORE 3.1.3.7(2)", "CORE 16.15", "7519 7.3"),
		Requires: "an issuer that is nearly ours is another one",
		Sends:    "a token whose issuer is nearly the right one",
		Wild:     wild("CVE-2024-53861 (partial match)"),
		Variants: variants(
			v("trailing-slash", valid().With("iss", `"${iss|slash}"`)),
			v("host-case", valid().With("iss", `"${iss|host-upper}"`)),
			v("port", valid().With("iss", `"${iss|port}"`)),
			v("other-scheme", valid().With("iss", `"${iss|scheme}"`)),
			v("escaped-slash", valid().With("iss", `"${iss|escaped-slash}"`)),
			v("prefix", valid().With("iss", `"${iss|chop:1}"`)),
			v("suffix", valid().With("iss", `"${iss}.attacker.example"`)),
			v("look-alike", valid().With("iss", `"${iss|look-alike}"`)),
		),
		Expect:   refuse,
		Excluded: not(run.DoesNotCheck("iss")),
	},
	{
		ID: "clm-iss-bad-type", Level: must, Clauses: refs("CORE 2", "7519 4.1.1"),
		Requires: "an iss that is no string, or empty, is refused",
		Sends:    "a token whose iss is no text",
		Wild:     wild("CVE-2025-30144"),
		Variants: variants(
			v("array-with-attacker", valid().With("iss", `["https://attacker.invalid/","${iss}"]`)),
			v("null", valid().With("iss", `null`)),
			v("number", valid().With("iss", `1`)),
			v("object", valid().With("iss", `{"${iss}":true}`)),
			v("empty", valid().With("iss", `""`)),
		),
		Expect:   refuse,
		Excluded: not(run.DoesNotCheck("iss")),
	},
	{
		ID: "clm-aud-missing", Level: must, Clauses: refs("BCL 2.4", "BCL 2.6(4)", "CORE 3.1.3.7(3)", "8725 3.9"),
		Requires: "a token without aud is refused",
		Sends:    "a token without aud",
		Wild:     wild("CVE-2026-45069", "CVE-2026-55689"),
		Variants: variants(v("missing", valid().Without("aud"))),
		Expect:   refuse,
		Excluded: not(run.DoesNotRequire("aud")),
	},
	{
		ID: "clm-aud-wrong", Level: must, Clauses: refs("CORE 3.1.3.7(3)", "7519 4.1.3", "ASVS 9.2.3"),
		Requires: "a token for another client is refused",
		Sends:    "a token for another client",
		Wild:     wild("CVE-2023-22482", "CVE-2026-30223", "CVE-2026-55669"),
		Variants: variants(
			v("string", valid().With("aud", `"${other_client}"`)),
			v("array", valid().With("aud", `["${other_client}","a-third-client"]`)),
		),
		Expect: refuse,
	},
	{
		ID: "clm-aud-empty-or-bad-type", Level: must, Clauses: refs("7519 4.1.3", "CORE 2"),
		Requires: "an aud that is neither a string nor an array of strings, or names nobody, is refused",
		Sends:    "a token whose aud names nobody",
		Wild:     wild("CVE-2020-26160"),
		Variants: variants(
			v("empty-array", valid().With("aud", `[]`)),
			v("empty", valid().With("aud", `""`)),
			v("null", valid().With("aud", `null`)),
			v("number", valid().With("aud", `1`)),
			v("object", valid().With("aud", `{"${client_id}":true}`)),
			v("array-of-null", valid().With("aud", `[null]`)),
			instead(v("mixed-array", valid().With("aud", `[1,null,"${client_id}"]`)), either, may),
		),
		Expect: refuse,
	},
	{
		ID: "clm-aud-array-with-stranger", Level: should, Clauses: refs("CORE 3.1.3.7(3)", "ASVS 10.5.4"),
		Requires: "further audiences that are not trusted are refused",
		Sends:    "a token for us and for a stranger",
		Wild:     wild("Flowfin/jellyfin-plugin-sso#973"),
		Variants: variants(v("stranger", valid().With("aud", `["${client_id}","https://stranger.invalid/"]`))),
		Expect:   either,
		Given:    given(when(run.UnderSharedSecret, either, may), when(singleAudience, refuse, should)),
	},
	{
		ID: "clm-aud-near-miss", Level: must, Clauses: refs("7519 4.1.3", "7519 7.3"),
		Requires: "an audience that is nearly us is another one",
		Sends:    "a token whose audience is nearly the right one",
		Variants: variants(
			v("prefix", valid().With("aud", `"${client_id|chop:1}"`)),
			v("suffix", valid().With("aud", `"${client_id}-2"`)),
			v("other-case", valid().With("aud", `"${client_id|other-case}"`)),
			v("two-in-one-string", valid().With("aud", `"${client_id} ${other_client}"`)),
			v("issuer-url", valid().With("aud", `"${iss}"`)),
			v("endpoint-url", valid().With("aud", `"${logout_url}"`)),
		),
		Expect: refuse,
	},
	{
		ID: "clm-azp-other", Level: may, Clauses: refs("CORE 2", "CORE 3.1.3.7(4)", "CORE 3.1.3.7(5)"),
		Requires: "another authorized party may be refused",
		Sends:    "a token for us with another client as azp",
		Variants: variants(v("another-client", valid().With("azp", `"${other_client}"`))),
		Expect:   either,
	},
}

var singleAudience = run.Condition{
	Name:  "declares that it is the only audience",
	Holds: func(t run.Terms) bool { return t.Declares.SingleAudience },
}
