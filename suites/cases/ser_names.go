package cases

import (
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// Claims that are there twice, or under nearly the right name.
var claimNames = []run.Case{
	{
		ID: "ser-dup-claims-bad-last", Level: must, Clauses: refs("7519 4"),
		Requires: "of two claims of one name the last counts, or the token is refused",
		Sends:    "a token with a claim twice, good first and bad last",
		Variants: variants(
			v("exp", valid().With("exp", "${now+120}").Also("exp", "${now-86400}")),
			v("aud", valid().With("aud", `"${client_id}"`).Also("aud", `"${other_client}"`)),
			unless(v("iss", valid().With("iss", `"${iss}"`).Also("iss", `"https://issuer.invalid/"`)), run.DoesNotCheck("iss")),
			unless(v("events", valid().With("events", logoutEvent).Also("events", `{}`)), run.DoesNotCheck("events")),
		),
		Expect: refuse,
	},
	{
		ID: "ser-dup-sub-split", Level: must, Clauses: refs("7519 4"),
		Requires: "of two sub the last counts, or the token is refused: the user of the first stays logged in",
		Sends:    "a token with two sub",
		Variants: variants(v("victim-first", subOnly().Also("sub", `"${bob.sub}"`))),
		Expect:   refuse,
		Company:  company(mayEnd(bob)),
		Judge:    lastSubCounts,
	},
	{
		ID: "ser-case-claims-shadow", Level: must, Clauses: refs("7519 7.3", "7519 4"),
		Requires: "a claim whose name differs in case is another claim",
		Sends:    "a token with a claim whose name differs in case beside the right one",
		Wild:     wild("case-insensitive JSON decoders"),
		Variants: variants(
			v("sub-upper", subOnly().With("SUB", `"${bob.sub}"`)),
			v("sub-title", subOnly().With("Sub", `"${bob.sub}"`)),
			instead(v("exp", valid().Expired(24*time.Hour).With("EXP", "${now+120}")), refuse, must),
			v("nonce", valid().With("Nonce", `"n-0S6_WzA2Mj"`)),
		),
		Expect:  revoke,
		Company: company(bob),
	},
	{
		ID: "ser-case-claims-only", Level: must, Clauses: refs("BCL 2.6", "7519 7.3"),
		Requires: "a claim whose name differs in case does not stand for the right one",
		Sends:    "a token with a claim whose name differs in case in place of the right one",
		Wild:     wild("case-insensitive JSON decoders"),
		Variants: variants(
			v("sub", valid().Without("sub", "sid").With("Sub", `"${sub}"`)),
			unless(v("events", valid().Without("events").With("EVENTS", logoutEvent)), run.DoesNotRequire("events")),
			unless(v("aud", valid().Without("aud").With("Aud", `"${client_id}"`)), run.DoesNotRequire("aud")),
		),
		Expect: refuse,
	},
}

// A sub that is nearly somebody's, but for letters that nobody sees.
var subTexts = []run.Case{
	{
		ID: "ser-invalid-utf8", Level: must, Clauses: refs("7519 7.2(10)", "8725 3.7"),
		Requires: "a sub that is no Unicode text is refused, and not repaired into somebody's id",
		Sends:    "a token whose sub is no Unicode text",
		Variants: variants(
			v("byte-after", subOnly().With("sub", `"${sub}${hex:ff}"`)),
			v("byte-before", subOnly().With("sub", `"${hex:ff}${sub}"`)),
			v("lone-continuation", subOnly().With("sub", `"${sub}${hex:80}"`)),
			v("overlong-nul", subOnly().With("sub", `"${sub}${hex:c080}"`)),
			v("encoded-surrogate", subOnly().With("sub", `"${sub}${hex:eda080}"`)),
			v("cut-character", subOnly().With("sub", `"${sub}${hex:e282}"`)),
			v("lone-high-surrogate", subOnly().With("sub", `"${sub}\ud800"`)),
			v("lone-low-surrogate", subOnly().With("sub", `"\udc00${sub}"`)),
		),
		Expect:  refuse,
		Company: company(bob),
	},
	{
		ID: "ser-control-chars-in-sub", Level: must, Clauses: refs("CORE 2", "7519 7.3"),
		Requires: "a sub with control characters is another one: the real user stays logged in",
		Sends:    "a token whose sub has control characters in it",
		Variants: variants(
			v("nul-after", subOnly().With("sub", `"${sub}\u0000"`)),
			v("nul-and-more-after", subOnly().With("sub", `"${sub}\u0000x"`)),
			v("nul-inside", subOnly().With("sub", `"${sub|behind-first:00}"`)),
			v("cr-after", subOnly().With("sub", `"${sub}\r"`)),
			v("cr-inside", subOnly().With("sub", `"${sub|behind-first:0d}"`)),
			v("lf-after", subOnly().With("sub", `"${sub}\n"`)),
			v("lf-inside", subOnly().With("sub", `"${sub|behind-first:0a}"`)),
			v("right-to-left-after", subOnly().With("sub", `"${sub}\u202e"`)),
			v("right-to-left-inside", subOnly().With("sub", `"${sub|behind-first:e280ae}"`)),
			v("zero-width-after", subOnly().With("sub", `"${sub}\u200b"`)),
			v("zero-width-inside", subOnly().With("sub", `"${sub|behind-first:e2808b}"`)),
			v("byte-order-mark-after", subOnly().With("sub", `"${sub}\ufeff"`)),
		),
		Expect: either,
		Steps:  spare,
		Judge:  realUserLives,
	},
}
