package cases

import (
	"slices"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Other JWTs that an attacker can get hold of, and the logout token where
// another is expected.
var confusion = []run.Case{
	{
		ID: "xjwt-id-token", Level: must,
		Clauses:  refs("BCL 2.6(6)", "BCL 2.6(7)", "BCL 4.1", "8725 2.8", "8725 3.12", "ASVS 9.2.2"),
		Requires: "an ID token is no logout token",
		Sends:    "an ID token",
		Wild:     wild("DuendeSoftware/products#460 (a user tried it)"),
		Variants: variants(
			unless(v("of-the-login", fixtures.Verbatim("${id_token}")), run.UnderSharedSecret),
			unless(v("of-the-secret", valid().Without("events").Typ("JWT").
				With("nonce", `"n-0S6_WzA2Mj"`).With("auth_time", "${now}")), run.WithPublicKeys),
		),
		Expect: refuse,
		Given:  given(when(looksAlike("nonce"), either, may)),
	},
	{
		ID: "xjwt-id-token-no-nonce", Level: must, Clauses: refs("BCL 2.6(6)"),
		Requires: "an ID token without a nonce is no logout token, and neither is an expired one",
		Sends:    "an ID token without nonce, or an expired one",
		Variants: variants(
			v("no-nonce", other("JWT", idToken...)),
			v("expired", other("JWT", idToken...).With("nonce", `"n-0S6_WzA2Mj"`).
				With("iat", "${now-3600}").With("auth_time", "${now-3600}").With("exp", "${now-3000}")),
		),
		Expect:   refuse,
		Excluded: not(looksAlike()),
	},
	{
		ID: "xjwt-access-token", Level: must, Clauses: refs("BCL 2.6(4)", "BCL 2.6(6)", "8725 3.12"),
		Requires: "an access token is no logout token",
		Sends:    "an access token",
		Variants: variants(
			v("for-an-api", other("at+jwt", accessToken...).With("aud", `"https://api.example/"`)),
			v("for-the-client", other("at+jwt", accessToken...)),
		),
		Expect:   refuse,
		Excluded: not(cannotTell()),
	},
	{
		ID: "xjwt-other-set", Level: must, Clauses: refs("BCL 2.6(5)", "BCL 2.6(6)", "8417 4", "SSF set-profile"),
		Requires: "a security event token of another protocol is no logout token",
		Sends:    "a security event token of another protocol",
		Variants: variants(
			v("caep-session-revoked", other("secevent+jwt", caep...)),
			v("risc-account-disabled", other("secevent+jwt", risc...)),
			v("caep-sloppy", other("secevent+jwt", caep...).With("sub", `"${sub}"`).With("exp", "${now+120}")),
			v("risc-sloppy", other("secevent+jwt", risc...).With("sub", `"${sub}"`).With("exp", "${now+120}")),
		),
		Expect:   refuse,
		Excluded: not(unlessStrict(run.DoesNotCheck("events"))),
	},
	{
		ID: "xjwt-command-token", Level: must, Clauses: refs("BCL 2.6(6)"),
		Requires: "a command of an OpenID provider is no logout token",
		Sends:    "an OpenID Provider Commands token",
		Variants: variants(v("invalidate", other("command+jwt", common...).With("sub", `"${sub}"`).With("command", `"invalidate"`))),
		Expect:   refuse,
		Excluded: not(cannotTell()),
	},
	{
		ID: "xjwt-client-assertion", Level: must, Clauses: refs("BCL 2.6(4)", "8725 3.8", "8725 3.12"),
		Requires: "what the client signs to prove itself is no logout token",
		Sends:    "a client assertion",
		Variants: variants(
			unless(v("private-key-jwt", other("JWT", assertion...).SignedBy(fixtures.Rogue)), run.UnderSharedSecret),
			v("client-secret-jwt", other("JWT", assertion...).Keyed("${client_secret}").WithoutHeader("kid")),
		),
		Expect: refuse,
	},
	{
		ID: "xjwt-other-op-jwt", Level: must, Clauses: refs("BCL 2.6(6)", "8725 3.12"),
		Requires: "nothing else that the issuer signs is a logout token",
		Sends:    "another JWT of the issuer",
		Variants: variants(
			v("userinfo", other("JWT", "iss", `"${iss}"`, "aud", `"${client_id}"`, "sub", `"${sub}"`,
				"name", `"Alice"`, "email", `"alice@example.com"`)),
			v("jarm", other("JWT", "iss", `"${iss}"`, "aud", `"${client_id}"`, "exp", "${now+600}",
				"code", `"SplxlOBeZQQYbYS6WxSbIA"`, "state", `"af0ifjsldkj"`)),
			v("introspection", other("token-introspection+jwt", "iss", `"${iss}"`, "aud", `"${client_id}"`, "iat", "${now}",
				"token_introspection", `{"active":true,"sub":"${sub}","client_id":"${client_id}","exp":${now+600}}`)),
			v("entity-statement", other("entity-statement+jwt", "iss", `"${iss}"`, "sub", `"${iss}"`, "aud", `"${client_id}"`,
				"iat", "${now}", "exp", "${now+86400}", "jwks", `{"keys":[${issuer.jwk}]}`,
				"metadata", `{"openid_provider":{"issuer":"${iss}"}}`)),
		),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret),
	},
	{
		ID: "xjwt-login-token-shared-secret", Level: should, Clauses: refs("8725 2.8", "8725 3.12"),
		Requires: "no other token that the shared secret signs is a logout token",
		Sends:    "another token that the shared secret signs",
		Variants: variants(
			v("login", other("JWT", "sub", `"${sub}"`, "iat", "${now}", "exp", "${now+600}", "jti", `"${jti}"`,
				"email", `"alice@example.com"`, "name", `"Alice"`, "return_to", `"/"`)),
			v("webhook", other("JWT", "sub", `"${sub}"`, "iat", "${now}", "exp", "${now+600}", "jti", `"${jti}"`,
				"type", `"user.updated"`, "data", `{"id":"${sub}"}`)),
			v("password-reset", other("JWT", "sub", `"${sub}"`, "iat", "${now}", "exp", "${now+600}", "jti", `"${jti}"`,
				"purpose", `"password-reset"`)),
		),
		Expect:   refuse,
		Harm:     run.Security,
		Given:    given(when(looksAlike(), either, may)),
		Excluded: not(run.WithPublicKeys),
		Judge:    weakByDesign,
	},
	{
		ID: "xjwt-reverse", Level: must, Clauses: refs("BCL 2.4", "BCL 4.1", "CORE 3.1.3.7(11)", "8417 4.2"),
		Requires: "a logout token opens no session and gives no access",
		Sends:    "a logout token where a session is proved",
		Wild:     wild("GHSA-7fpj-9hr8-28vh (a logout token was exchanged for an access token)"),
		Variants: variants(
			unless(v("as-id-token", valid()), run.UnderSharedSecret),
			v("as-bearer", valid()),
			v("as-login", valid()),
		),
		Expect: either,
		Steps:  reverse,
		Judge:  opensNothing,
	},
}

// Shapes of other tokens, as names and JSON texts of claims.
var (
	common  = []string{"iss", `"${iss}"`, "aud", `"${client_id}"`, "iat", "${now}", "exp", "${now+120}", "jti", `"${jti}"`}
	idToken = []string{
		"iss", `"${iss}"`, "sub", `"${sub}"`, "aud", `"${client_id}"`, "iat", "${now}", "exp", "${now+600}", "auth_time", "${now}",
	}
	accessToken = slices.Concat(common, []string{"sub", `"${sub}"`, "client_id", `"${client_id}"`, "scope", `"openid profile"`})
	assertion   = []string{
		"iss", `"${client_id}"`, "sub", `"${client_id}"`, "aud", `"${iss}"`, "iat", "${now}", "exp", "${now+120}", "jti", `"${jti}"`,
	}
	set  = []string{"iss", `"${iss}"`, "aud", `"${client_id}"`, "iat", "${now}", "jti", `"${jti}"`}
	caep = slices.Concat(set, []string{
		"sub_id", `{"format":"iss_sub","iss":"${iss}","sub":"${sub}"}`,
		"events", `{"https://schemas.openid.net/secevent/caep/event-type/session-revoked":{"event_timestamp":${now}}}`,
	})
	risc = slices.Concat(set, []string{
		"sub_id", `{"format":"iss_sub","iss":"${iss}","sub":"${sub}"}`,
		"events", `{"https://schemas.openid.net/secevent/risc/event-type/account-disabled":{"reason":"hijacking"}}`,
	})
)

// other is a token of another kind: its own type, and nothing but the claims
// given as name, text, name, text.
func other(typ string, claims ...string) fixtures.Recipe {
	r := valid().Without("iss", "sub", "aud", "iat", "exp", "jti", "sid", "events").Typ(typ)
	for i := 0; i+1 < len(claims); i += 2 {
		r = r.With(claims[i], claims[i+1])
	}
	return r
}

// looksAlike holds for a shared-secret target that has nothing to tell a logout
// token from a token without a type of its own, or of a type that it may take:
// it neither demands events or typ logout+jwt nor looks at any of these claims.
func looksAlike(claims ...string) run.Condition { return unlessStrict(demandsNoEvents(claims...)) }

// cannotTell holds for one that does not even look at typ.
func cannotTell() run.Condition { return demandsNoEvents("typ") }

func demandsNoEvents(claims ...string) run.Condition {
	return run.Condition{
		Name: "cannot tell a logout token from another kind",
		Holds: func(t run.Terms) bool {
			blind := len(claims) == 0 || run.DoesNotCheck(claims...).Holds(t)
			return blind && run.DoesNotRequire("events").Holds(t)
		},
	}
}

// unlessStrict is a condition that strict typing overrides.
func unlessStrict(c run.Condition) run.Condition {
	held := c.Holds
	c.Holds = func(t run.Terms) bool { return held(t) && !run.StrictTyping.Holds(t) }
	return c
}

// weakByDesign notes what the profile leaves to chance, which is no fault of
// the receiver.
func weakByDesign(seen run.Seen) []run.Finding {
	if seen.Demand.Expect != either || !ended(seen, run.Named) {
		return nil
	}
	return []run.Finding{{
		Verdict: run.Note, Severity: run.Security,
		Text:     "by the design of the profile any token of the shared secret logs its user out",
		Expected: "typ logout+jwt or the events claim is required, or logout has a secret of its own",
		Actual:   "no claim that the profile asks for tells a logout token from another",
	}}
}
