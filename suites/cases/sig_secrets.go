package cases

import (
	"github.com/loggedout/loggedout/internal/run"
)

// HMACs: of a secret that is known to others, or that serves something else.
var secrets = []run.Case{
	{
		ID: "sig-hs256-client-secret", Level: should, Clauses: refs("BCL 2.6(3)", "CORE 10.1", "8725 3.1"),
		Requires: "an HMAC keyed with the client secret is refused where another algorithm is registered",
		Sends:    "a token keyed with the client secret",
		Wild:     wild("CVE-2026-33322 (MinIO)"),
		Variants: variants(v("hs256", valid().Keyed("${client_secret}"))),
		Expect:   refuse,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
	},
	{
		ID: "sig-weak-secret", Level: must, Clauses: refs("8725 2.2", "8725 3.5", "CORE 16.19"),
		Requires: "an HMAC keyed with a guessable secret is refused",
		Sends:    "a token keyed with a guessed secret",
		Wild:     wild("CVE-2026-48031", "CVE-2025-30206 (fixed secrets)"),
		Variants: variants(
			v("secret", valid().Keyed("secret")),
			v("changeme", valid().Keyed("changeme")),
			v("client-id", valid().Keyed("${client_id}")),
			unless(v("issuer", valid().Keyed("${iss}")), run.UnderSharedSecret),
			v("app-name", valid().Keyed("${app}")),
			v("null", valid().Keyed("null")),
			v("undefined", valid().Keyed("undefined")),
			v("password", valid().Keyed("password")),
			v("zero-bytes", valid().Keyed("${hex:0000000000000000000000000000000000000000000000000000000000000000}")),
			v("sample-key", valid().Keyed("your-256-bit-secret")),
			v("sample-key-long", valid().Keyed("a-string-secret-at-least-256-bits-long")),
			v("sample-key-java", valid().Keyed("changeit")),
			v("sample-key-rfc7515", valid().Keyed(
				"${hex:0323354b2b0fa5bc837e0665777ba68f5ab328e6f054c928a90f84b2d2502ebfd3fb5a92d20647ef968ab4c377623d223d2e2172052e4f08c0cd9af567d080a3}")),
		),
		Expect: refuse,
	},
	{
		ID: "sig-hs-family-swap", Level: should, Clauses: refs("8725 3.1", "bis 3.1"),
		Requires: "a secret serves the agreed algorithm alone, and a MAC is no signature",
		Sends:    "a token with a MAC of another algorithm than the agreed one",
		Variants: variants(
			instead(unless(v("hs384", valid().SignedWith("HS384")), withoutHMAC, registeredFor("HS384")), either, may),
			instead(unless(v("hs512", valid().SignedWith("HS512")), withoutHMAC, registeredFor("HS512")), either, may),
			v("rs256-header", valid().SignedWith("HS256").WithHeader("alg", `"RS256"`)),
			v("es256-header", valid().SignedWith("HS256").WithHeader("alg", `"ES256"`)),
		),
		Expect: refuse,
	},
	{
		ID: "sig-other-tenant-secret", Level: must, Clauses: refs("8725 3.8", "8725 3.9", "CORE 3.1.3.7(8)"),
		Requires: "the secret of another account proves nothing",
		Sends:    "a perfect token keyed with the secret of another account",
		Variants: variants(v("other-account", valid().Keyed("${second.secret}"))),
		Expect:   refuse,
		Needs:    needs(run.SecondClient),
	},
}

// withoutHMAC holds for a target that verifies with public keys.
var withoutHMAC = run.Condition{
	Name:  "is not registered for an HMAC algorithm",
	Holds: func(t run.Terms) bool { return !run.WithHMAC.Holds(t) },
}
