package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Baselines that must work. A refusal proves nothing until the same receiver
// has been seen to accept.
var baselines = []run.Case{
	{
		ID: "ok-sub-sid", Level: must, Clauses: refs("BCL 2.4", "BCL 2.6", "BCL 2.7", "BCL 2.8"),
		Requires: "a logout token with sub and sid ends the session",
		Sends:    "a valid token with sub and sid",
		Variants: variants(v("plain", valid())),
		Expect:   revoke,
	},
	{
		ID: "ok-sid-only", Level: must, Clauses: refs("BCL 2.4", "BCL 2.6(5)", "BCL 2.7"),
		Requires: "a logout token with sid alone ends that session",
		Sends:    "a valid token with sid alone",
		Wild:     wild("opencloud#2328 (inverse)"),
		Variants: variants(v("plain", sidOnly())),
		Expect:   revoke,
	},
	{
		ID: "ok-sub-only", Level: must, Clauses: refs("BCL 2.4", "BCL 2.6(5)", "BCL 2.7"),
		Requires: "a logout token with sub alone ends the user's session",
		Sends:    "a valid token with sub alone",
		Wild:     wild("nextcloud/user_oidc#1183", "nextcloud/user_oidc#1184", "opencloud#2328"),
		Variants: variants(v("plain", subOnly())),
		Expect:   revoke,
	},
	{
		ID: "ok-aud-array-one", Level: must, Clauses: refs("CORE 2", "CORE 3.1.3.7(3)", "7519 4.1.3"),
		Requires: "an audience may be written as an array of one",
		Sends:    "a valid token whose aud is an array",
		Wild:     wild("CVE-2020-26160 (array handling)"),
		Variants: variants(v("array", valid().With("aud", `["${client_id}"]`))),
		Expect:   revoke,
	},
	{
		ID: "ok-extra-claims", Level: must, Clauses: refs("BCL 2.4", "7519 4", "8417 2.2"),
		Requires: "claims that the receiver does not know are ignored",
		Sends:    "a valid token with further claims",
		Variants: variants(
			v("private", valid().With("https://claims.example/department", `"sales"`).With("tenant", `{"id":7}`)),
			v("registered", valid().With("txn", `"8675309"`).With("toe", "${now}").
				With("acr", `"urn:example:silver"`).With("auth_time", "${now-60}")),
		),
		Expect: revoke,
	},
	{
		ID: "ok-extra-form-params", Level: must, Clauses: refs("BCL 2.5"),
		Requires: "form fields that the receiver does not know are ignored",
		Sends:    "a valid token beside further form fields",
		Wild:     wild("OIDF suite sends one"),
		Variants: variants(by("extra", fixtures.Post().And("foo", "bar", "state", "af0ifjsldkj"))),
		Expect:   revoke,
	},
	{
		ID: "ok-typ-logout-jwt", Level: must, Clauses: refs("BCL 2.4", "BCL 4.1", "7515 4.1.9"),
		Requires: "the recommended typ logout+jwt is accepted",
		Sends:    "a valid token of typ logout+jwt",
		Wild:     wild("spring-security#15003", "spring-security#15410 (refused it)"),
		Variants: variants(v("exact", valid().Typ("logout+jwt"))),
		Expect:   revoke,
	},
	{
		ID: "ok-typ-absent-or-jwt", Level: should, Clauses: refs("BCL 2.4", "BCL 4.1"),
		Requires: "a token without typ, or of typ JWT, is accepted unless strict typing is declared",
		Sends:    "a valid token without the recommended typ",
		Variants: variants(
			v("absent", valid().WithoutHeader("typ")),
			v("jwt", valid().Typ("JWT")),
		),
		Expect: revoke,
		Given:  given(when(run.StrictTyping, refuse, must)),
	},
	{
		ID: "ok-no-browser-context", Level: must, Clauses: refs("BCL 2.5", "BCL 4"),
		Requires: "the request needs no cookie, Origin, Referer, forgery token or User-Agent",
		Sends:    "a valid token without any browser context",
		Wild:     wild("spring-security#15227", "spring-security#16630", "spring-security#13841 (403 from CSRF)"),
		Variants: variants(by("bare", fixtures.Post().Without("User-Agent"))),
		Expect:   revoke,
	},
}
