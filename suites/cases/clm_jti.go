package cases

import "github.com/loggedout/loggedout/internal/run"

// That the token is used once.
var claimsOfUse = []run.Case{
	{
		ID: "clm-jti-missing-or-bad", Level: should, Clauses: refs("BCL 2.4", "BCL 2.6(8)", "CORE 9"),
		Requires: "a token without a good jti may be refused",
		Sends:    "a token without a good jti",
		Wild:     wild("jumbojett/OpenID-Connect-PHP#481", "Keycloak requires it"),
		Variants: variants(
			v("missing", valid().Without("jti")),
			v("empty", valid().With("jti", `""`)),
			v("number", valid().With("jti", `${now}`)),
			v("object", valid().With("jti", `{"id":"${jti}"}`)),
			large(v("kib-64", valid().With("jti", `"${jti}${times:65536:x}"`))),
		),
		Expect:   either,
		Excluded: not(run.DoesNotCheck("jti")),
		Around:   twice,
		Judge:    withoutMemory,
	},
	{
		ID: "clm-jti-replay", Level: may, Clauses: refs("BCL 2.6(8)", "BCL 4", "8417 5.4"),
		Requires: "a token that was used before may be refused",
		Sends:    "the very same token once more",
		Wild:     wild("keycloak#51218", "CVE-2026-102269"),
		Variants: replays,
		Expect:   either,
		Steps:    replayAfterLogin,
		Judge:    replayMemory,
	},
	{
		ID: "clm-jti-reuse-new-token", Level: may, Clauses: refs("BCL 2.6(8)"),
		Requires: "a new token with a jti that was used may be refused, unless another issuer used it",
		Sends:    "a new token about another user with a jti that was used",
		Variants: variants(v("other-user", valid().With("jti", `"once-${named.sub}"`))),
		Expect:   either,
		Excluded: not(run.DoesNotCheck("jti")),
		Steps:    sameTokenID,
		Judge:    tokenIDsOfIssuers,
	},
}
