package cases

import (
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// When the token is valid.
var claimsOfTime = []run.Case{
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
		ID: "clm-exp-at-edge", Level: may, Clauses: refs("CORE 2", "7519 4.1.4"),
		Requires: "a few minutes of leeway are allowed, and no more than ten",
		Sends:    "a token that has just expired",
		Variants: variants(
			v("now", valid().Expired(0)),
			v("second-1", valid().Expired(time.Second)),
			v("seconds-60", valid().Expired(time.Minute)),
			v("seconds-299", valid().Expired(299*time.Second)),
			// Who declares less is asked by clm-exp-past.
			unless(instead(v("minutes-11", valid().Expired(11*time.Minute)), refuse, should), littleLeeway),
		),
		Expect: either,
		Judge:  leeway,
	},
	{
		ID: "clm-exp-far-future", Level: hardening, Clauses: refs("BCL 4", "ASVS 10.5.5"),
		Requires: "a token that lives far too long may be refused",
		Sends:    "a token with a far exp",
		Variants: variants(
			v("years-10", valid().With("exp", "${now+315360000}")),
			v("milliseconds", valid().With("exp", "${now+120}000")),
		),
		Expect: either,
		Given:  given(when(underASVS, refuse, should)),
	},
	{
		ID: "clm-time-bad-type", Level: must, Clauses: refs("7519 2", "7519 4.1.4", "7519 4.1.5", "7519 4.1.6"),
		Requires: "a time that is no number is refused",
		Sends:    "a token with a time that is no number",
		Wild:     wild("CVE-2026-25537 (a bad type was treated as absent)"),
		Variants: variants(
			low(v("exp-string", valid().With("exp", `"${now+120}"`))),
			v("exp-string-past", valid().With("exp", `"1700000000"`)),
			v("exp-null", valid().With("exp", `null`)),
			v("exp-true", valid().With("exp", `true`)),
			v("exp-array", valid().With("exp", `[${now+120}]`)),
			v("exp-object", valid().With("exp", `{"seconds":${now+120}}`)),
			v("exp-date", valid().With("exp", `"2099-01-01T00:00:00Z"`)),
			low(v("iat-string", valid().With("iat", `"${now}"`))),
			v("iat-null", valid().With("iat", `null`)),
			v("iat-true", valid().With("iat", `true`)),
			v("iat-array", valid().With("iat", `[${now}]`)),
			v("iat-object", valid().With("iat", `{"seconds":${now}}`)),
			v("iat-date", valid().With("iat", `"2024-01-01T00:00:00Z"`)),
			low(v("nbf-string", valid().With("nbf", `"1700000000"`))),
			v("nbf-string-future", valid().With("nbf", `"${now+86400}"`)),
			v("nbf-null", valid().With("nbf", `null`)),
			v("nbf-true", valid().With("nbf", `true`)),
			v("nbf-array", valid().With("nbf", `[${now+86400}]`)),
			v("nbf-object", valid().With("nbf", `{"seconds":${now+86400}}`)),
			v("nbf-date", valid().With("nbf", `"2099-01-01T00:00:00Z"`)),
		),
		Expect: refuse,
	},
	{
		ID: "clm-exp-extreme", Level: must, Clauses: refs("7519 4.1.4", "CORE 3.1.3.7(9)"),
		Requires: "an extreme exp is no way round the check",
		Sends:    "a token with an extreme exp",
		Variants: variants(
			v("zero", valid().With("exp", `0`)),
			v("negative", valid().With("exp", `-1`)),
			v("wraps-64-bits", valid().With("exp", `-18446744069607106816`)), // 2100-01-01 less 2^64
			v("negative-infinity", valid().With("exp", `-1e400`)),
			instead(v("beyond-2-53", valid().With("exp", `9007199254740993`)), either, may),
			instead(v("beyond-2-63", valid().With("exp", `9223372036854775808`)), either, may),
			instead(v("infinity", valid().With("exp", `1e400`)), either, may),
			instead(large(v("digits-100000", valid().With("exp", `${times:100000:9}`))), either, may),
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
		ID: "clm-iat-future", Level: hardening, Clauses: refs("CORE 3.1.3.7(10)"),
		Requires: "a token from the future may be refused, and one from next year should be",
		Sends:    "a token that was issued in the future",
		Variants: variants(
			instead(v("minute", valid().With("iat", "${now+60}").With("exp", "${now+180}")), either, hardening),
			instead(v("hour", valid().With("iat", "${now+3600}").With("exp", "${now+3720}")), either, hardening),
			v("year", valid().With("iat", "${now+31536000}").With("exp", "${now+31536120}")),
		),
		Expect: refuse,
	},
	{
		ID: "clm-iat-old", Level: hardening, Clauses: refs("CORE 3.1.3.7(10)"),
		Requires: "a token that was issued long ago may be refused",
		Sends:    "a token that was issued long ago and has not expired",
		Variants: variants(
			v("day", valid().With("iat", "${now-86400}")),
			v("year", valid().With("iat", "${now-31536000}")),
		),
		Expect: either,
	},
	{
		ID: "clm-nbf-future", Level: must, Clauses: refs("7519 4.1.5", "ASVS 9.2.1"),
		Requires: "a token that is not valid yet is refused",
		Sends:    "a token that is not valid before an hour has passed",
		Wild:     wild("CVE-2026-25537"),
		Variants: variants(unless(v("hour", valid().NotBefore(time.Hour)), run.LeewayFrom(55*time.Minute))),
		Expect:   refuse,
	},
}

var underASVS = run.Condition{
	Name:  "is tested under the asvs profile",
	Holds: func(t run.Terms) bool { return t.Profile == run.ASVS },
}

var littleLeeway = run.Condition{
	Name:  "declares a leeway of less than 10m",
	Holds: func(t run.Terms) bool { return time.Duration(t.Declares.Leeway) < 10*time.Minute },
}
