package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Other JWTs that an attacker can get hold of.
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
		Given:  given(when(run.DoesNotTell("events", "nonce", "typ"), either, may)),
	},
}
