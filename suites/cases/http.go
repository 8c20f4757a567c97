package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// The token is a perfect one; the request is not.
var requests = []run.Case{
	{
		ID: "http-get", Level: hardening, Clauses: refs("BCL 2.5"),
		Requires: "a logout request is a POST; a token in a URL ends in logs",
		Sends:    "a GET with the token in the query",
		Wild:     wild("CVE-2026-44883 (JWT in URL)"),
		Variants: variants(by("query", fixtures.Get())),
		Expect:   refuse,
	},
	{
		ID: "http-param-missing-or-empty", Level: must, Clauses: refs("BCL 2.5", "BCL 2.8"),
		Requires: "a request without a logout token is refused",
		Sends:    "a request without a logout token",
		Variants: variants(
			by("other-fields", fixtures.PostForm("foo", "bar")),
			by("empty-value", fixtures.PostForm(fixtures.TokenParam, "")),
			by("blank-body", fixtures.PostForm()),
		),
		Expect: refuse,
	},
}
