package cases

import (
	"fmt"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// Genuinely signed unless said otherwise. The receiver's parser and its
// verifier may disagree.
var serializations = slices.Concat(serialForms, base64Forms, claimNames, jsonTexts, subTexts, jsonObjects, sizes, inherited)

// One token in another serialization, or with another number of segments.
var serialForms = []run.Case{
	{
		ID: "ser-json-genuine", Level: must, Clauses: refs("7519 1", "7519 3", "bis 3.14"),
		Requires: "a token in JSON serialization is refused: a JWT is always compact",
		Sends:    "a genuine token in JSON serialization",
		Variants: variants(
			v("flattened", valid().Written(`{"payload":"${payload}","protected":"${header}","signature":"${signature}"}`)),
			v("general", valid().Written(
				`{"payload":"${payload}","signatures":[{"protected":"${header}","signature":"${signature}"}]}`)),
		),
		Expect: refuse,
	},
	{
		ID: "ser-json-forged", Level: must, Clauses: refs("7515 5.2(10)", "bis 2.13", "bis 3.14"),
		Requires: "a forged token in JSON serialization is refused",
		Sends:    "a forged token in JSON serialization",
		Wild:     wild("CVE-2026-102946", "CVE-2022-39227", "CVE-2016-9122", "GHSA-jc38-x7x8-2xc8"),
		Variants: variants(
			v("empty-signatures", valid().Written(`{"payload":"${payload}","signatures":[]}`)),
			v("good-then-bad", valid().Written(`{"payload":"${payload}","signatures":[`+
				`{"protected":"${header}","signature":"${signature}"},{"protected":"${header}","signature":"${signed|flip-bit|b64url}"}]}`)),
			v("bad-then-good", valid().Written(`{"payload":"${payload}","signatures":[`+
				`{"protected":"${header}","signature":"${signed|flip-bit|b64url}"},{"protected":"${header}","signature":"${signature}"}]}`)),
			v("unprotected-alg", valid().Over(".${payload}").
				Written(`{"payload":"${payload}","header":${header.text},"signature":"${signature}"}`)),
			v("unprotected-alg-none", valid().Unsigned("none").
				Written(`{"payload":"${payload}","header":${header.text},"signature":""}`)),
			// The JSON is a genuine token about somebody else; cut at its dots,
			// it is an unsigned one about the named user.
			v("also-compact", valid().With("sub", `"mallory"`).Without("sid").Written(
				`{"${base.header}.${base.payload}.":"","protected":"${header}","payload":"${payload}","signature":"${signature}"}`)),
		),
		Expect: refuse,
	},
	{
		ID: "ser-segment-count", Level: must, Clauses: refs("7515 5.2(1)", "7519 7.2"),
		Requires: "a token without exactly three segments that are not empty is refused, quickly",
		Sends:    "a token with a wrong number of segments",
		Wild:     wild("CVE-2025-27144", "CVE-2025-30204", "CVE-2019-18848"),
		Variants: variants(
			v("one", valid().Written("${payload}")),
			v("two", valid().Written("${header}.${payload}")),
			v("four", valid().Written("${header}.${payload}.${signature}.${signature}")),
			v("four-last-empty", valid().Written("${header}.${payload}.${signature}.")),
			v("five", valid().Written("${header}.${payload}.${signature}.${payload}.${signature}")),
			v("six", valid().Written("${header}.${payload}.${signature}.${header}.${payload}.${signature}")),
			v("empty-header", valid().Written(".${payload}.${signature}")),
			v("empty-payload", valid().Written("${header}..${signature}")),
			v("empty-signature", valid().Written("${header}.${payload}.")),
			v("all-empty", valid().Written("..")),
			large(v("dots-100000", valid().Written("${times:100000:.}"))),
			large(v("token-then-dots-100000", valid().Written("${header}.${payload}.${signature}${times:100000:.}"))),
		),
		Expect: refuse,
		Judge:  quickly,
	},
}

// bothAlphabets has letters in its base64 that the two alphabets write
// differently.
const bothAlphabets = `"?????>>>>>"`

// One token in another dialect of base64.
var base64Forms = []run.Case{
	{
		ID: "ser-b64-padding-or-alphabet", Level: must, Clauses: refs("7515 2", "7515 5.2", "7519 7.2(3)"),
		Requires: "a token in base64 with padding, or of the standard alphabet, is refused",
		Sends:    "a token in another base64",
		Wild:     wild("CVE-2026-62995"),
		Variants: variants(
			low(v("padded", valid().Spelled("${header.text|uneven|b64url|pad}", "${payload.text|uneven|b64url|pad}", "${signature|pad}"))),
			low(v("padded-header", valid().Spelled("${header.text|uneven|b64url|pad}", "${payload}", "${signature}"))),
			low(v("padded-payload", valid().Spelled("${header}", "${payload.text|uneven|b64url|pad}", "${signature}"))),
			low(v("padded-signature", valid().Spelled("${header}", "${payload}", "${signature|pad}"))),
			low(v("standard-alphabet", valid().With("note", bothAlphabets).WithHeader("note", bothAlphabets).
				Spelled("${header.text|b64}", "${payload.text|b64}", "${signature.text|b64}"))),
			low(v("standard-alphabet-padded", valid().With("note", bothAlphabets).WithHeader("note", bothAlphabets).
				Spelled("${header.text|uneven|b64|pad}", "${payload.text|uneven|b64|pad}", "${signature.text|b64|pad}"))),
			low(v("standard-alphabet-payload", valid().With("note", bothAlphabets).
				Spelled("${header}", "${payload.text|b64}", "${signature}"))),
		),
		Expect: refuse,
	},
	{
		ID: "ser-b64-trailing-bits", Level: may, Clauses: refs("4648 3.5"),
		Requires: "a segment whose unused bits differ may be refused",
		Sends:    "a token with other unused bits at the end of a segment",
		Wild:     wild("CVE-2026-102269 (class)"),
		Variants: variants(
			v("header", valid().Spelled("${header.text|uneven|b64url|trailing-bits}", "${payload}", "${signature}")),
			v("payload", valid().Spelled("${header}", "${payload.text|uneven|b64url|trailing-bits}", "${signature}")),
			unless(v("signature", valid().Spelled("${header}", "${payload}", "${signature|trailing-bits}")), wholeSignature),
		),
		Expect: either,
	},
	{
		ID: "ser-b64-junk", Level: must, Clauses: refs("7515 5.2", "7519 7.2(3)", "7519 7.2(9)", "bis 3.14"),
		Requires: "a segment with anything but base64url in it is refused",
		Sends:    "a token with junk in a segment",
		Wild:     wild("CVE-2026-102269", "GHSA-3fvg-4v2m-98jf"),
		Variants: slices.Concat(
			junk("bangs", "!!!!"), junk("space", " "), junk("tab", "\t"), junk("crlf", "\r\n"), junk("non-ascii", "é"),
			variants(
				v("signature-after-bangs", valid().Spelled("${header}", "${payload}", "${signature}!!!!")),
				v("signature-after-non-ascii", valid().Spelled("${header}", "${payload}", "${signature}é")),
			),
		),
		Expect: refuse,
	},
	{
		ID: "ser-outer-whitespace", Level: hardening, Clauses: refs("bis 3.14"),
		Requires: "blanks and words around the token may be refused",
		Sends:    "a token with something around it",
		Variants: variants(
			v("blank-before", valid().Written(" ${header}.${payload}.${signature}")),
			v("newline-before", valid().Written("${hex:0a}${header}.${payload}.${signature}")),
			v("bearer-before", valid().Written("Bearer ${header}.${payload}.${signature}")),
			v("newline-after", valid().Written("${header}.${payload}.${signature}${hex:0a}")),
		),
		Expect: either,
	},
}

// low is a variant whose acceptance is worth a note and no more.
func low(v run.Variant) run.Variant { return instead(v, refuse, may) }

// wholeSignature holds for algorithms whose signatures fill their base64.
var wholeSignature = run.Condition{
	Name:  "is registered for an algorithm whose signatures leave no unused bits",
	Holds: func(t run.Terms) bool { return slices.Contains([]string{"ES384", "ES512", "HS384"}, t.Alg) },
}

// junk puts a piece inside and behind segments. Blanks behind the signature are
// those of ser-outer-whitespace.
func junk(name, piece string) []run.Variant {
	hex := fmt.Sprintf("%x", piece)
	return variants(
		v("header-inside-"+name, valid().Spelled("${header|insert:"+hex+"}", "${payload}", "${signature}")),
		v("payload-inside-"+name, valid().Spelled("${header}", "${payload|insert:"+hex+"}", "${signature}")),
		v("payload-after-"+name, valid().Spelled("${header}", "${payload}${hex:"+hex+"}", "${signature}")),
		v("signature-inside-"+name, valid().Spelled("${header}", "${payload}", "${signature|insert:"+hex+"}")),
		// Put into a token that somebody captured: the signature is over the
		// segments without it.
		v("captured-"+name, valid().Written("${header}.${payload|insert:"+hex+"}.${signature}")),
	)
}
