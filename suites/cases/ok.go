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
		ID: "ok-typ-media-spelling", Level: should, Clauses: refs("7515 4.1.9", "bis 3.11"),
		Requires: "a media type is the same in any case, and with its prefix",
		Sends:    "a valid token whose typ is spelled in another way",
		Variants: variants(
			instead(v("prefixed", valid().Typ("application/logout+jwt")), revoke, may),
			instead(v("upper-case", valid().Typ("LOGOUT+JWT")), revoke, may),
			instead(v("capitals", valid().Typ("Logout+Jwt")), revoke, may),
		),
		Expect: revoke,
	},
	{
		ID: "ok-events-open", Level: should, Clauses: refs("BCL 2.4", "BCL 2.6(6)", "8417 2.2", "8417 3"),
		Requires: "further events, and a logout event that is not empty, are accepted",
		Sends:    "a valid token whose events hold more",
		Wild:     wild("OIDF suite as a receiver insists on exactly one empty member"),
		Variants: variants(
			instead(v("foreign-event", valid().With("events",
				`{"`+fixtures.LogoutEvent+`":{},"https://schemas.example/event/other":{}}`)), revoke, may),
			instead(v("not-empty", valid().With("events", `{"`+fixtures.LogoutEvent+`":{"reason":"idle"}}`)), revoke, may),
		),
		Expect:   revoke,
		Excluded: not(run.DoesNotCheck("events")),
	},
	{
		ID: "ok-escaped-names", Level: must, Clauses: refs("7519 7.3", "7515 5.3", "7515 10.13"),
		Requires: "names are compared after JSON escapes are resolved",
		Sends:    "a valid token whose names are written with escapes",
		Variants: variants(
			v("claim", valid().Without("sub").Member(`"\u0073ub":"${sub}"`)),
			v("header", valid().WithoutHeader("alg").HeaderMember(`"\u0061lg":"${alg}"`)),
		),
		Expect: revoke,
	},
	{
		ID: "ok-unknown-header", Level: must, Clauses: refs("7515 4"),
		Requires: "header members that the receiver does not know are ignored unless crit names them",
		Sends:    "a valid token with an unregistered header member",
		Variants: variants(
			v("text", valid().WithHeader("urn:example:hint", `"x"`)),
			v("object", valid().WithHeader("trace", `{"id":7}`)),
		),
		Expect: revoke,
	},
	{
		ID: "ok-fractional-time", Level: should, Clauses: refs("7519 2", "7519 4.1.4"),
		Requires: "times may have a fraction or an exponent",
		Sends:    "a valid token whose times are no plain integers",
		Wild:     wild("typed integer parsers"),
		Variants: variants(
			instead(v("fraction", valid().With("iat", "${now}.5").With("exp", "${now+120}.5")), revoke, may),
			instead(v("exponent", valid().With("iat", "${now}e0").With("exp", "${now+120}e0")), revoke, may),
		),
		Expect: revoke,
	},
	{
		ID: "ok-no-browser-context", Level: must, Clauses: refs("BCL 2.5", "BCL 4"),
		Requires: "the request needs no cookie, Origin, Referer, forgery token or User-Agent",
		Sends:    "a valid token without any browser context",
		Wild:     wild("spring-security#15227", "spring-security#16630", "spring-security#13841 (403 from CSRF)"),
		Variants: variants(by("bare", fixtures.Post().Without("User-Agent"))),
		Expect:   revoke,
	},
	{
		ID: "ok-kid-absent-single-key", Level: should, Clauses: refs("CORE 10.1", "7515 4.1.4"),
		Requires: "a token needs no key id where the issuer has one key",
		Sends:    "a valid token without kid, the issuer having one key",
		Variants: variants(v("absent", valid().WithoutHeader("kid"))),
		Expect:   revoke,
		Given:    given(when(besideRS256, revoke, may)),
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Schedule: run.Alone, // others publish keys for a while
		Steps:    oneKey,
		Judge:    needsNoKid,
	},
	{
		ID: "ok-content-type-params", Level: should, Clauses: refs("BCL 2.5", "9110 8.3"),
		Requires: "a form is a form in any spelling of its media type and of its field names",
		Sends:    "a valid token in a form that is spelled in another way",
		Variants: variants(
			by("charset", typed("application/x-www-form-urlencoded; charset=UTF-8")),
			by("mixed-case", typed("Application/X-WWW-Form-URLEncoded")),
			by("encoded-name", fixtures.Request{Method: "POST", Body: "logout%5Ftoken=${token}"}),
		),
		Expect: revoke,
	},
	{
		ID: "ok-sid-opaque", Level: should, Clauses: refs("BCL 2.1", "BCL 2.4", "6749 A.1"),
		Requires: "a sid may hold any printable ASCII character",
		Sends:    "a valid token with a sid of all printable characters",
		Variants: variants(v("printable-ascii", sidOnly())),
		Expect:   revoke,
		Excluded: not(run.DoesNotCheck("sid")),
		Steps:    opaqueSid,
		Judge:    siblingLives,
	},
}

// besideRS256 holds where the issuer has a key of RS256 besides, as every issuer
// must (OpenID Connect Discovery 1.0, section 3).
var besideRS256 = run.Condition{
	Name:  "is registered for another algorithm than RS256",
	Holds: func(t run.Terms) bool { return t.Alg != "RS256" },
}

// oneKey sends a token without kid. The target may remember keys that others
// published: one that refuses is asked once more when its cache must have run
// out.
func oneKey(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	inTime(s, v.Recipe)
}

func needsNoKid(seen run.Seen) []run.Finding { return caughtUp(seen, "a token without kid") }

// typed is a form post with another content type.
func typed(contentType string) fixtures.Request {
	q := fixtures.Post()
	q.Header = []fixtures.Field{{Name: "Content-Type", Value: contentType}}
	return q
}

// printable are all printable characters of ASCII.
const printable = ` !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_` + "`abcdefghijklmnopqrstuvwxyz{|}~"

// opaqueSid ends one of two sessions, whose sid is hard to carry.
func opaqueSid(s run.Steps, v run.Variant) {
	s.Enter(run.Named, run.Visitor{User: alice.User, Sid: printable + "${fresh}"})
	s.Enter(run.Sibling, alice)
	s.Probe(run.Named, run.Before) // a target may allow a user one session only
	s.Send(run.Sending{Recipe: v.Recipe})
	s.AwaitDeath(run.Named, run.After)
	s.Settle()
	s.Probe(run.Sibling, run.After)
}
