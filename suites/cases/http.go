package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Carriers, and what they carry, for the literals.
var (
	post = fixtures.Post
	get  = fixtures.Get

	// forged is a token with a bit of the signature flipped.
	forged = valid().Signature("${signed|flip-bit}")
)

const param = fixtures.TokenParam

// The token is a perfect one; the request is not. How the bytes of a request
// are written is in http_wire.go, and where it goes in http_path.go.
var requests = []run.Case{
	{
		ID: "http-get", Level: hardening, Clauses: refs("BCL 2.5"),
		Requires: "a logout request is a POST; a token in a URL ends in logs",
		Sends:    "a GET with the token in the query",
		Wild:     wild("CVE-2026-44883 (JWT in URL)"),
		Variants: odd(by("query", get())),
		Expect:   refuse,
	},
	{
		ID: "http-other-methods", Level: hardening, Clauses: refs("BCL 2.5", "9110 9", "ASVS 4.1.4"),
		Requires: "no method that is safe logs anybody out, whatever else the request says of its method",
		Sends:    "a request of another method",
		Variants: odd(
			by("head-query", get().By("HEAD")),
			by("head-form", post().By("HEAD")),
			by("options-query", get().By("OPTIONS")),
			by("options-form", post().By("OPTIONS")),
			by("get-override-header", get().Override("POST")),
			by("get-override-param", get().InQuery("_method", "POST")),
			instead(by("put", post().By("PUT")), either, may),
			instead(by("patch", post().By("PATCH")), either, may),
			instead(by("delete", post().By("DELETE")), either, may),
			instead(by("post-override-header", post().Override("DELETE")), either, may),
			instead(by("post-override-param", post().And("_method", "DELETE")), either, may),
		),
		Expect: refuse,
	},
	{
		// To accept breaks no rule for receivers, so it is a note.
		ID: "http-query-only", Level: should, Clauses: refs("BCL 2.5"),
		Requires: "the token is taken from the body",
		Sends:    "a POST with the token in the query and an empty body",
		Wild:     wild("CVE-2026-44883"),
		Variants: variants(instead(by("empty-body", get().By("POST")), refuse, may)),
		Expect:   refuse,
	},
	{
		ID: "http-query-vs-body", Level: hardening, Clauses: refs("BCL 2.5"),
		Requires: "of a token in the query and one in the body the latter counts",
		Sends:    "a request with one token in the query and another in the body",
		Variants: variants(
			instead(by("good-in-body", post().InQuery(param, "${token.bad}").Beside("bad", forged)), revoke, hardening),
			by("good-in-query", fixtures.PostForm(param, "${token.bad}").InQuery(param, "${token}").Beside("bad", forged)),
		),
		Expect: refuse,
	},
	{
		ID: "http-wrong-content-type", Level: should, Clauses: refs("BCL 2.5", "8935"),
		Requires: "a logout request is a form",
		Sends:    "a valid token in a body of another type",
		Variants: odd(
			by("json", fixtures.PostJSON()),
			by("text-plain", fixtures.PostRaw("text/plain", param+"=${token}")),
			by("jwt", fixtures.PostRaw("application/jwt", "${token}")),
			by("secevent-jwt", fixtures.PostRaw("application/secevent+jwt", "${token}")),
			instead(by("multipart", fixtures.PostMultipart()), either, may),
			instead(by("none", post().Without("Content-Type")), either, may),
		),
		Expect: refuse,
	},
	{
		ID: "http-param-missing-or-empty", Level: must, Clauses: refs("BCL 2.5", "BCL 2.8"),
		Requires: "a request without a logout token is refused",
		Sends:    "a request without a logout token",
		Variants: variants(
			by("other-fields", fixtures.PostForm("foo", "bar")),
			by("empty-value", fixtures.PostForm(param, "")),
			by("blank-body", fixtures.PostForm()),
		),
		Expect: refuse,
	},
	{
		ID: "http-param-duplicate", Level: should, Clauses: refs("6749 3.2", "6749 5.2"),
		Requires: "of two logout tokens in one request one counts at most",
		Sends:    "a request with two logout tokens",
		Variants: variants(
			instead(by("good-bad", fixtures.PostForm(param, "${token}", param, "${token.bad}").BesideAbout("bob", "bad", forged)), refuse, may),
			instead(by("bad-good", fixtures.PostForm(param, "${token.bad}", param, "${token}").BesideAbout("bob", "bad", forged)), refuse, may),
			instead(by(twoUsers, fixtures.PostForm(param, "${token}", param, "${token.second}").BesideAbout("bob", "second", valid())), either, may),
		),
		Company: company(run.Companion{Session: "bob", Who: bob.Who, MayEnd: true}),
		Expect:  refuse,
		Judge:   neverBoth,
	},
	{
		ID: "http-param-name-variants", Level: hardening, Clauses: refs("BCL 2.5"),
		Requires: "the parameter is called logout_token",
		Sends:    "a valid token in a parameter of another name",
		Variants: variants(
			by("capitals", fixtures.PostForm("Logout_Token", "${token}")),
			by("list", fixtures.PostForm("logout_token[]", "${token}")),
			by("list-index", fixtures.PostForm("logout_token[0]", "${token}")),
			by("camel-case", fixtures.PostForm("logoutToken", "${token}")),
			by("id-token", fixtures.PostForm("id_token", "${token}")),
			by("token", fixtures.PostForm("token", "${token}")),
		),
		Expect: either,
	},
	{
		ID: "http-conflicting-extra-params", Level: must, Clauses: refs("BCL 2.5"),
		Requires: "whom a logout is about stands in the token and nowhere else",
		Sends:    "a valid token with form fields that speak of another user",
		Variants: variants(
			by("sub", post().And("sub", "${bob.sub}")),
			unless(by("sid", post().And("sid", "${bob.sid}")), run.WithoutSid),
			by("iss", post().And("iss", "https://evil.example")),
			by("user-id", post().And("user_id", "${bob.sub}")),
			by("all", post().And("all", "true")),
		),
		Company: company(bob),
		Expect:  revoke,
	},
	{
		ID: "http-foreign-cookie", Level: must, Clauses: refs("BCL 2.7"),
		Requires: "a session cookie that comes along changes nothing",
		Sends:    "a token for one user with the session cookie of another",
		Variants: variants(
			instead(by("good-token", post().WithHeader("Cookie", "${bob.cookies}")), revoke, must),
			brought(v("bad-token", forged), post().WithHeader("Cookie", "${bob.cookies}")),
		),
		Company: company(bob),
		Expect:  refuse,
	},
	{
		ID: "http-irrelevant-headers", Level: should, Clauses: refs("BCL 2.5", "BCL 4"),
		Requires: "the token is proof enough: no other header field matters",
		Sends:    "a valid token with a header field that says nothing about it",
		Wild:     wild("spring-security#15227"),
		Variants: variants(
			by("cross-site-origin", post().WithHeader("Origin", "https://evil.example")),
			by("sec-fetch-site", post().WithHeader("Sec-Fetch-Site", "cross-site")),
			by("junk-authorization", post().WithHeader("Authorization", "Bearer junk")),
			by("accept-html", post().WithHeader("Accept", "text/html")),
		),
		Expect: revoke,
	},
}
