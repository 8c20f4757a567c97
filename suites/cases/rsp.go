package cases

import (
	"github.com/loggedout/loggedout/internal/run"
)

// Rules for answers, judged on what all other cases saw: they send nothing.
// Their judges are in the files rsp_*.go.
var responses = []run.Case{
	{
		ID: "rsp-success-status", Level: must, Clauses: refs("BCL 2.8"),
		Requires: "a logout that was done is answered with 200",
		Variants: variants(seenIn("accepted")),
		Expect:   observe,
		Judge:    successStatus,
	},
	{
		ID: "rsp-refusal-status", Level: must, Clauses: refs("BCL 2.6", "BCL 2.8"),
		Requires: "a logout that was refused is answered with 400",
		Variants: variants(seenIn("refused")),
		Expect:   observe,
		Judge:    refusalStatus,
	},
	{
		ID: "rsp-no-redirect", Level: must, Clauses: refs("BCL 2.8"),
		Requires: "a logout request is answered by the endpoint itself, and not by a login page",
		Variants: variants(seenIn("redirect"), seenIn("login-page")),
		Expect:   observe,
		Judge:    noLoginWall,
	},
	{
		ID: "rsp-cache-control", Level: should, Clauses: refs("BCL 2.8"),
		Requires: "answers carry Cache-Control: no-store",
		Wild:     wild("nextcloud/user_oidc#1432"),
		Variants: variants(seenIn("accepted"), seenIn("refused")),
		Expect:   observe,
		Judge:    noStore,
	},
	{
		ID: "rsp-error-body-shape", Level: must, Clauses: refs("BCL 2.8", "6749 5.2"),
		Requires: "a refusal with a body has a JSON object with an error in it, as application/json",
		Variants: variants(seenIn("body-of-400")),
		Expect:   observe,
		Given:    given(when(run.UnderSharedSecret, observe, may)), // it borrows the transport, and not the errors
		Judge:    errorShape,
	},
	{
		ID: "rsp-no-leak", Level: hardening, Clauses: refs("ASVS 16.5.1"),
		Requires: "no answer gives away a secret or the inner workings of the target",
		Variants: variants(
			seenIn("token"), seenIn("secret"), seenIn("key"), seenIn("expected-value"),
			seenIn("stack-trace"), seenIn("sql"), seenIn("file-path"), seenIn("version"),
		),
		Expect: observe,
		Judge:  noLeak,
	},
	{
		ID: "rsp-no-reflection", Level: hardening, Clauses: refs("ASVS 4.1.1"),
		Requires: "no web page echoes what the request brought",
		Wild:     wild("CVE-2026-33758 (class)"),
		Variants: variants(seenIn("claim"), seenIn("kid"), seenIn("parameter")),
		Expect:   observe,
		Judge:    noReflection,
	},
	{
		ID: "rsp-no-user-enumeration", Level: hardening, Clauses: refs("BCL 2.7"),
		Requires: "nobody without a valid signature learns from an answer whether a user exists",
		Wild:     wild("CVE-2021-21424 (class)"),
		Variants: variants(seenIn("genuine"), seenIn("forged")),
		Expect:   observe,
		Judge:    noEnumeration,
	},
	{
		ID: "rsp-deadline", Level: hardening, Clauses: refs("BCL 2.5"),
		Requires: "every answer comes within the deadline, and the last ones as soon as the first",
		Variants: variants(seenIn("every-answer"), seenIn("no-growth")),
		Expect:   observe,
		Judge:    answeredInTime,
	},
	{
		ID: "rsp-mac-timing", Level: hardening, Clauses: refs("7515 10.9", "8725"),
		Requires: "the time of a refusal does not tell how much of a signature was right",
		Wild:     wild("CVE-2015-10004"),
		Variants: variants(seenIn("right-leading-bytes")),
		Expect:   observe,
		Judge:    macTiming,
	},
}

// seenIn is a variant that looks at what others saw.
func seenIn(slug string) run.Variant { return run.Variant{Slug: slug} }
