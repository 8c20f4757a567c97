package cases

import (
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Members that change what the rest means.
var extensions = []run.Case{
	{
		ID: "hdr-crit-unknown", Level: must, Clauses: refs("7515 4.1.11", "7515 5.2(5)"),
		Requires: "a token with a critical extension that the receiver does not know is refused",
		Sends:    "a token with an unknown critical extension",
		Wild:     wild("CVE-2025-59420", "CVE-2026-32597", "CVE-2026-35042", "CVE-2026-89317"),
		Variants: variants(
			v("present", valid().WithHeader("crit", `["urn:example:must-know"]`).WithHeader("urn:example:must-know", "true")),
			v("absent", valid().WithHeader("crit", `["urn:example:must-know"]`)),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-crit-malformed", Level: may, Clauses: refs("7515 4.1.11"),
		Requires: "a token with a malformed crit may be refused",
		Sends:    "a genuine token with a malformed crit",
		Variants: variants(
			v("empty-list", valid().WithHeader("crit", "[]")),
			v("string", valid().WithHeader("crit", `"exp"`)),
			v("null", valid().WithHeader("crit", "null")),
			v("duplicates", valid().WithHeader("crit", `["hint","hint"]`).WithHeader("hint", "1")),
			v("names-alg", valid().WithHeader("crit", `["alg"]`)),
		),
		Expect: either,
	},
	{
		ID: "hdr-b64-false", Level: must, Clauses: refs("7797 6", "7797 7", "7515 4.1.11"),
		Requires: "a token whose payload is declared unencoded is refused",
		Sends:    "a token with b64 false",
		Wild:     wild("GHSA-w7vc-732c-9m39"),
		Variants: variants(
			v("with-crit", unencoded().WithHeader("crit", `["b64"]`)),
			v("with-crit-raw-signed", unencoded().WithHeader("crit", `["b64"]`).Over("${header}.${payload.text}")),
			v("with-crit-raw-sent", unencoded().WithHeader("crit", `["b64"]`).Payload("${json|no-dots}").
				Over("${header}.${payload.text}").Written("${header}.${payload.text}.${signature}")),
			v("without-crit-raw-signed", unencoded().Over("${header}.${payload.text}")),
			v("without-crit-raw-sent", unencoded().Payload("${json|no-dots}").
				Over("${header}.${payload.text}").Written("${header}.${payload.text}.${signature}")),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-zip-on-jws", Level: hardening, Clauses: refs("7519 7.2(10)", "7516 4.1.3"),
		Requires: "a signed token with a compressed payload is refused",
		Sends:    "a token whose payload is compressed",
		Variants: variants(v("deflated", valid().WithHeader("zip", `"DEF"`).Payload("${json|deflate}"))),
		Expect:   refuse,
	},
	{
		ID: "hdr-cty-nested", Level: hardening, Clauses: refs("7519 5.2", "7519 7.2(8)"),
		Requires: "a token inside a token is not trusted for the outer one's sake",
		Sends:    "a token that says it holds another",
		Variants: variants(
			instead(v("flat-claims", valid().WithHeader("cty", `"JWT"`)), either, may),
			v("inner-unsigned", valid().WithHeader("cty", `"JWT"`).Payload(unsignedHeader+".${json|b64url}.")),
			v("inner-forged", valid().WithHeader("cty", `"JWT"`).
				Payload(hmacHeader+".${json|b64url}."+strings.Repeat("A", 43))),
		),
		Expect: refuse,
	},
}

// unencoded says that the payload is not encoded (RFC 7797).
func unencoded() fixtures.Recipe { return valid().WithHeader("b64", "false") }

// Encoded headers of inner tokens.
const (
	unsignedHeader = "eyJhbGciOiJub25lIn0"  // {"alg":"none"}
	hmacHeader     = "eyJhbGciOiJIUzI1NiJ9" // {"alg":"HS256"}
)

// What typ says.
var types = []run.Case{
	{
		ID: "hdr-typ-other-kind", Level: should,
		Clauses:  refs("8725 3.11", "8725 3.12", "bis 3.11", "BCL 4.1", "ASVS 10.5.5", "ASVS 9.2.2"),
		Requires: "a token that says it is of another kind is refused",
		Sends:    "a token of another kind's typ",
		Wild:     wild("GHSA-7fpj-9hr8-28vh (types not enforced)"),
		Variants: variants(
			v("at-jwt", valid().Typ("at+jwt")),
			v("id-token-jwt", valid().Typ("id_token+jwt")),
			v("dpop-jwt", valid().Typ("dpop+jwt")),
			v("oauth-authz-req-jwt", valid().Typ("oauth-authz-req+jwt")),
			v("command-jwt", valid().Typ("command+jwt")),
			v("token-introspection-jwt", valid().Typ("token-introspection+jwt")),
			v("foo-jwt", valid().Typ("foo+jwt")),
		),
		Expect: refuse,
		Given:  given(when(run.StrictTyping, refuse, must), when(run.DoesNotCheck("typ"), either, may)),
	},
	{
		ID: "hdr-typ-secevent", Level: may, Clauses: refs("BCL 2.4", "8417 2.3"),
		Requires: "a logout token that calls itself a security event token may be accepted",
		Sends:    "a logout token of typ secevent+jwt",
		Variants: variants(v("genuine", valid().Typ("secevent+jwt"))),
		Expect:   either,
		Given:    given(when(run.StrictTyping, refuse, must)),
	},
	{
		ID: "hdr-typ-malformed", Level: hardening, Clauses: refs("7515 4.1.9"),
		Requires: "a malformed typ breaks nothing",
		Sends:    "a token with a malformed typ",
		Variants: variants(
			v("number", valid().WithHeader("typ", "7")),
			v("array", valid().WithHeader("typ", `["logout+jwt"]`)),
			v("null", valid().WithHeader("typ", "null")),
			v("trailing-blank", valid().Typ("logout+jwt ")),
			v("trailing-nul", valid().Typ("logout+jwt\x00")),
			v("double-prefix", valid().Typ("application/application/logout+jwt")),
			v("without-plus", valid().Typ("logoutjwt")),
		),
		Expect: either,
		Given:  given(when(run.StrictTyping, refuse, hardening)),
	},
}

// Members twice, and in other letters.
var members = []run.Case{
	{
		ID: "hdr-duplicate-members", Level: must, Clauses: refs("7515 4", "7515 10.12"),
		Requires: "a header member that is there twice opens nothing",
		Sends:    "a token with a header member twice",
		Variants: variants(
			v("none-last", valid().AlsoHeader("alg", `"none"`).Stripped()),
			v("none-first", valid().WithHeader("alg", `"none"`).AlsoHeader("alg", `"${alg}"`).Stripped()),
			instead(v("none-first-genuine", valid().WithHeader("alg", `"none"`).AlsoHeader("alg", `"${alg}"`)), either, may),
			v("kid-forged", valid().SignedBy(fixtures.Rogue).AlsoHeader("kid", `"${issuer.kid}"`)),
			instead(v("kid-genuine", valid().Kid("no-such-key").AlsoHeader("kid", `"${issuer.kid}"`)), either, may),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-case-variant-members", Level: must, Clauses: refs("7515 5.3", "7515 10.13"),
		Requires: "a header member in other letters is another member",
		Sends:    "a token with a header member in other letters",
		Wild:     wild("case-insensitive JSON decoders (Go encoding/json v1)"),
		Variants: variants(
			v("alg-shadowed", valid().AlsoHeader("ALG", `"none"`).Stripped()),
			v("alg-alone", valid().WithoutHeader("alg").WithHeader("ALG", `"none"`).Stripped()),
			v("alg-alone-genuine", valid().WithoutHeader("alg").WithHeader("ALG", `"${alg}"`)),
			v("kid-forged", valid().SignedBy(fixtures.Rogue).WithHeader("Kid", `"${issuer.kid}"`)),
			instead(v("kid-genuine", valid().WithHeader("Kid", `"no-such-key"`)), revoke, may),
			instead(v("crit-genuine", valid().WithHeader("Crit", `["urn:example:must-know"]`)), revoke, may),
		),
		Expect: refuse,
	},
	{
		ID: "hdr-replicated-claim-mismatch", Level: should, Clauses: refs("7519 5.3", "BCL 2.4"),
		Requires: "a claim that the header of an encrypted token repeats is the same there",
		Sends:    "a token whose header contradicts its claims",
		Variants: variants(
			in(run.AtEncrypted, needing(v("jwe-iss", valid().WithJWEHeader("iss", `"https://issuer.invalid/"`)), run.Encryption)),
			in(run.AtEncrypted, needing(v("jwe-aud", valid().WithJWEHeader("aud", `"${other_client}"`)), run.Encryption)),
			instead(v("jws-iss", valid().WithHeader("iss", `"https://issuer.invalid/"`)), either, may),
			instead(v("jws-aud", valid().WithHeader("aud", `"${other_client}"`)), either, may),
		),
		Expect: refuse,
	},
}
