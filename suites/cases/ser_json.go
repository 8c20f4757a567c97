package cases

import "github.com/loggedout/loggedout/internal/run"

// Header or payload in something that is not quite JSON.
var jsonTexts = []run.Case{
	{
		ID: "ser-trailing-json", Level: must, Clauses: refs("7515 10.12"),
		Requires: "text around the object in header or payload is refused",
		Sends:    "a token with text around an object",
		Variants: variants(
			v("header-text-after", valid().HeaderText("${json}ABCD")),
			v("header-object-after", valid().HeaderText("${json}${json}")),
			v("header-text-before", valid().HeaderText("ABCD${json}")),
			v("payload-text-after", valid().PayloadText("${json}ABCD")),
			v("payload-object-after", valid().PayloadText("${json}${json}")),
			v("payload-text-before", valid().PayloadText("ABCD${json}")),
		),
		Expect: refuse,
	},
	{
		ID: "ser-bom", Level: may, Clauses: refs("8259 8.1"),
		Requires: "a byte-order mark before the JSON may be refused",
		Sends:    "a token with a byte-order mark",
		Variants: variants(
			v("header", valid().HeaderText("${hex:efbbbf}${json}")),
			v("payload", valid().PayloadText("${hex:efbbbf}${json}")),
		),
		Expect: either,
	},
	{
		ID: "ser-utf16", Level: must, Clauses: refs("8725 3.7"),
		Requires: "a payload in another encoding than UTF-8 is refused",
		Sends:    "a token whose payload is not in UTF-8",
		Variants: variants(
			v("utf-16le", valid().PayloadText("${json|utf-16le}")),
			v("utf-16be", valid().PayloadText("${json|utf-16be}")),
			v("utf-16le-bom", valid().PayloadText("${hex:fffe}${json|utf-16le}")),
			v("utf-16be-bom", valid().PayloadText("${hex:feff}${json|utf-16be}")),
			v("utf-32le", valid().PayloadText("${json|utf-32le}")),
			v("utf-32be", valid().PayloadText("${json|utf-32be}")),
		),
		Expect: refuse,
	},
}

// A header or a payload that is no object, or only nearly one.
var jsonObjects = []run.Case{
	{
		ID: "ser-payload-not-object", Level: must, Clauses: refs("7519 7.2(4)", "7519 7.2(10)"),
		Requires: "a header or a payload that is no object is refused",
		Sends:    "a token whose header or payload is no object",
		Variants: variants(
			v("array", valid().PayloadText("[${json}]")),
			v("string", valid().PayloadText(`"logout"`)),
			v("number", valid().PayloadText("1")),
			v("null", valid().PayloadText("null")),
			v("true", valid().PayloadText("true")),
			v("empty", valid().PayloadText("${hex:}")),
			v("header-array", valid().HeaderText("[${json}]")),
			v("header-string", valid().HeaderText(`"RS256"`)),
			v("header-number", valid().HeaderText("1")),
			v("header-null", valid().HeaderText("null")),
			v("header-true", valid().HeaderText("true")),
			v("header-empty", valid().HeaderText("${hex:}")),
		),
		Expect: refuse,
	},
	{
		ID: "ser-lax-json", Level: must, Clauses: refs("7519 7.2", "7515 10.12"),
		Requires: "a payload that is nearly JSON is refused",
		Sends:    "a token whose payload is not quite JSON",
		Wild:     wild("CVE-2020-26890 (class)"),
		Variants: variants(
			v("single-quotes", valid().AlsoText(`'note':'x'`)),
			v("block-comment", valid().AlsoText(`/* note */"note":"x"`)),
			v("line-comment", valid().AlsoText("// note${hex:0a}\"note\":\"x\"")),
			v("trailing-comma", valid().AlsoText(`"note":"x",`)),
			v("nan", valid().With("note", "NaN")),
			v("infinity", valid().With("note", "Infinity")),
			v("leading-zeros", valid().With("note", "007")),
			v("unquoted-key", valid().AlsoText(`note:"x"`)),
		),
		Expect: refuse,
	},
}

// Depth and size.
var sizes = []run.Case{
	{
		ID: "ser-deep-nesting", Level: hardening, Clauses: refs("ASVS 2.4.1"),
		Requires: "deep nesting brings nobody down",
		Sends:    "a deeply nested token",
		Wild:     wild("CVE-2025-53864", "GHSA-8wjv-2p76-3863"),
		Variants: variants(
			instead(v("header-10000", valid().Stripped().WithHeader("x", "${times:10000:[}${times:10000:]}")), refuse, hardening),
			needing(instead(large(v("header-100000", valid().Stripped().WithHeader("x", "${times:100000:[}${times:100000:]}"))), refuse, hardening), run.Load),
			v("claim-10000", valid().With("x", "${times:10000:[}${times:10000:]}")),
			needing(large(v("claim-100000", valid().With("x", "${times:100000:[}${times:100000:]}"))), run.Load),
		),
		Expect: either,
		Harm:   run.Security,
		Judge:  quickly,
	},
	{
		ID: "ser-huge-token", Level: hardening, Clauses: refs("none"),
		Requires: "a token of 8 KiB works, and a far larger one brings nobody down",
		Sends:    "a huge token",
		Wild:     wild("CVE-2025-61920"),
		Variants: variants(
			instead(v("kib-8", valid().With("pad", `"${times:5300:x}"`)), revoke, hardening),
			large(v("kib-64", valid().With("pad", `"${times:48000:x}"`))),
			needing(large(v("mib-1", valid().With("pad", `"${times:786000:x}"`))), run.Load),
			needing(large(v("mib-16", valid().With("pad", `"${times:12582000:x}"`))), run.Load),
			needing(large(v("kid-mib-1", valid().Kid("${times:1048576:k}"))), run.Load),
		),
		Expect: either,
		Judge:  quickly,
	},
}

// What an object has without saying so.
var inherited = []run.Case{
	{
		ID: "ser-proto-keys", Level: hardening, Clauses: refs("8725 3.10"),
		Requires: "claims count only where they belong, not in what an object inherits",
		Sends:    "a token with claims in what an object inherits",
		Variants: variants(
			v("proto", valid().Without("sub", "sid", "events").With("__proto__", requiredClaims)),
			v("constructor", valid().Without("sub", "sid", "events").With("constructor", requiredClaims)),
			v("constructor-prototype", valid().Without("sub", "sid", "events").
				With("constructor", `{"prototype":`+requiredClaims+`}`)),
			v("to-string", valid().Without("sub", "sid", "events").With("toString", requiredClaims)),
			unless(v("events-proto", valid().With("events", `{"__proto__":`+logoutEvent+`}`)), run.DoesNotCheck("events")),
		),
		Expect: refuse,
	},
}

// logoutEvent is the events claim of a logout token.
const logoutEvent = `{"http://schemas.openid.net/event/backchannel-logout":{}}`

const requiredClaims = `{"sub":"${sub}","sid":"${sid}","events":` + logoutEvent + `}`
