package cases

import (
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// Genuinely signed by the right key; only the named claim differs.
var claims = []run.Case{
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
		ID: "clm-exp-missing", Level: must, Clauses: refs("BCL 2.4", "BCL 2.6(4)", "CORE 3.1.3.7(9)"),
		Requires: "a token without exp is refused",
		Sends:    "a token without exp",
		Wild:     wild("nextcloud/user_oidc#1436 (LemonLDAP::NG sent none)", "CVE-2026-45069"),
		Variants: variants(v("missing", valid().Without("exp"))),
		Expect:   refuse,
		Given:    given(when(run.BuiltTo2022, either, may), when(run.DoesNotRequire("exp"), either, may)),
	},
	{
		ID: "clm-exp-past", Level: must, Clauses: refs("BCL 2.6(4)", "CORE 2", "CORE 3.1.3.7(9)", "ASVS 9.2.1"),
		Requires: "a token whose exp has passed is refused",
		Sends:    "an expired token",
		Variants: variants(
			v("day", valid().Expired(24*time.Hour)),
			unless(v("hour", valid().Expired(time.Hour)), run.LeewayFrom(55*time.Minute)),
			unless(v("minutes-11", valid().Expired(11*time.Minute)), run.LeewayFrom(10*time.Minute)),
		),
		Expect: refuse,
	},
	{
		ID: "clm-iat-missing", Level: should, Clauses: refs("BCL 2.4", "BCL 2.6(4)", "BCL 3", "CORE 2"),
		Requires: "a token without iat is refused",
		Sends:    "a token without iat",
		Wild:     wild("Keycloak requires it", "linagora/openrag#323 checks it"),
		Variants: variants(v("missing", valid().Without("iat"))),
		Expect:   refuse,
		Excluded: not(run.DoesNotRequire("iat")),
	},
	{
		ID: "clm-nbf-future", Level: must, Clauses: refs("7519 4.1.5", "ASVS 9.2.1"),
		Requires: "a token that is not valid yet is refused",
		Sends:    "a token that is not valid before an hour has passed",
		Wild:     wild("CVE-2026-25537"),
		Variants: variants(unless(v("hour", valid().NotBefore(time.Hour)), run.LeewayFrom(55*time.Minute))),
		Expect:   refuse,
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
		ID: "clm-events-missing", Level: must, Clauses: refs("BCL 2.6(6)", "ASVS 10.5.5"),
		Requires: "a token without events is refused",
		Sends:    "a token without events",
		Wild: wild("jumbojett/OpenID-Connect-PHP#480", "wildfly-elytron#2249",
			"OIDF suite 'no event'"),
		Variants: variants(v("missing", valid().Without("events"))),
		Expect:   refuse,
		Excluded: not(run.DoesNotRequire("events")),
	},
	{
		ID: "clm-events-wrong-uri", Level: must, Clauses: refs("BCL 2.6(6)"),
		Requires: "a token whose events lack the logout member is refused",
		Sends:    "a token with another event",
		Wild:     wild("OIDF suite 'wrong event'"),
		Variants: variants(
			v("other-uri", event("http://schemas.openid.net/event/other")),
			v("empty-object", valid().With("events", `{}`)),
			v("https", event("https://schemas.openid.net/event/backchannel-logout")),
			v("trailing-slash", event("http://schemas.openid.net/event/backchannel-logout/")),
			v("other-case", event("http://schemas.openid.net/event/Backchannel-Logout")),
			v("bare-name", event("backchannel_logout")),
			v("one-level-deeper", valid().With("events",
				`{"http://schemas.openid.net/event":{"http://schemas.openid.net/event/backchannel-logout":{}}}`)),
		),
		Expect:   refuse,
		Excluded: not(run.DoesNotCheck("events")),
	},
	{
		ID: "clm-nonce-present", Level: must, Clauses: refs("BCL 2.4", "BCL 2.6(7)", "ASVS 10.5.5"),
		Requires: "a token with a nonce is refused",
		Sends:    "a token with a nonce",
		Wild:     wild("OIDF suite 'with nonce'", "wildfly-elytron#2249"),
		Variants: variants(
			v("some-value", valid().With("nonce", `"n-0S6_WzA2Mj"`)),
			unless(v("of-the-login", valid().With("nonce", `"${nonce}"`)), run.UnderSharedSecret),
		),
		Expect:   refuse,
		Excluded: not(run.DoesNotCheck("nonce")),
	},
	{
		ID: "clm-no-sub-no-sid", Level: must, Clauses: refs("BCL 2.4", "BCL 2.6(5)"),
		Requires: "a token that names neither user nor session is refused, and nobody is logged out",
		Sends:    "a token with neither sub nor sid",
		Variants: variants(
			v("neither", valid().Without("sub", "sid")),
			v("sub-id", valid().Without("sub", "sid").With("sub_id", `{"format":"iss_sub","iss":"${iss}","sub":"${sub}"}`)),
			v("email", valid().Without("sub", "sid").With("email", `"${sub}@example.com"`)),
			v("sub-in-event", valid().Without("sub", "sid").With("events",
				`{"http://schemas.openid.net/event/backchannel-logout":{"sub":"${sub}"}}`)),
		),
		Expect: refuse,
	},
}
