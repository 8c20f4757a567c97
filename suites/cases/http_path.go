package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Where a request goes, and where it says that it goes. The false host is one
// that would tell if anybody came.
const (
	falseHost = "${canary.far.host}"
	stranger  = "${path|parent}/no-such-app"
	nobody    = "${path|parent}/"
)

var destinations = []run.Case{
	{
		// A server may serve the hosts that it knows and no other (RFC 9110,
		// section 7.4), so a false Host may be turned away.
		ID: "http-host-spoof", Level: hardening, Clauses: refs("8725 3.10", "ASVS 4.1.3"),
		Requires: "who a request says that it is for changes nothing about whom the token is for",
		Sends:    "a request that names a false host",
		Wild:     wild("spring-security#13841, #16630 (the endpoint calls itself)"),
		Variants: variants(
			instead(oddly(by("host", post().WithHeader("Host", falseHost))), either, may),
			instead(by("x-forwarded-host", forwarded()), revoke, hardening),
			instead(by("x-forwarded-proto", post().WithHeader("X-Forwarded-Proto", "https")), revoke, hardening),
			instead(by("x-forwarded-for", post().WithHeader("X-Forwarded-For", "203.0.113.7")), revoke, hardening),
			oddly(brought(v("aud-of-host", audOf(falseHost)), post().WithHeader("Host", falseHost))),
			brought(v("aud-of-forwarded-host", audOf(falseHost)), forwarded()),
			unless(oddly(brought(v("iss-of-host", issOf(falseHost)), post().WithHeader("Host", falseHost))), run.DoesNotCheck("iss")),
			unless(brought(v("iss-of-forwarded-host", issOf(falseHost)), forwarded()), run.DoesNotCheck("iss")),
		),
		Expect: refuse,
		Harm:   run.Security,
	},
	{
		ID: "http-path-variants", Level: hardening, Clauses: refs("none"),
		Requires: "the path of the endpoint written in another way does no harm",
		Sends:    "a valid token to the path written in another way",
		Variants: odd(
			by("trailing-slash", post().To("${path}/")),
			by("double-slash", post().To("/${path}")),
			by("encoded-letters", post().To("${path|percent-letters}")),
			by("other-case", post().To("${path|upper}")),
			by("extra-suffix", post().To("${path}/extra")),
		),
		Expect: either,
	},
	{
		ID: "http-path-app-mismatch", Level: must, Clauses: refs("7519 4.1.3", "8725 3.9"),
		Requires: "a token for one app does nothing at the path of another",
		Sends:    "a token for one app at the path of another",
		Variants: variants(
			v(tokenOfHome, valid()),
			v("aud-of-home", valid()),
		),
		Needs:  needs(run.SecondClient, run.OwnEndpoint),
		Expect: refuse,
		Steps:  otherPath,
		Judge:  otherPathRefuses,
	},
	{
		ID: "http-path-app-unknown", Level: must, Clauses: refs("8725 3.10"),
		Requires: "an app that nobody knows has no key, and no session to end",
		Sends:    "a token to the path of an app that nobody knows",
		Wild:     wild("CVE-2026-44351 (empty key for an unknown id)"),
		Variants: odd(
			by(unknownApp, post().To(stranger)),
			by("empty", post().To(nobody)),
			by("traversal", post().To("${path|parent}/..%2F..%2F..%2Fetc%2Fpasswd")),
			by("quotes", post().To("${path|parent}/%27%20or%20%27%27=%27")),
			by("double-quotes", post().To("${path|parent}/%22%20or%20%22%22=%22")),
			brought(v("empty-key", valid().Keyed("")), post().To(stranger)),
			brought(v("empty-key-empty-app", valid().Keyed("")), post().To(nobody)),
		),
		Expect: refuse,
		Around: askForStrangers,
		Judge:  strangersAreAlike,
	},
}

// forwarded says that a proxy was asked for the false host.
func forwarded() fixtures.Request { return post().WithHeader("X-Forwarded-Host", falseHost) }

// audOf and issOf are tokens that fit a host and nothing else.
func audOf(host string) fixtures.Recipe {
	return valid().With("aud", `["https://`+host+`","http://`+host+`"]`)
}

func issOf(host string) fixtures.Recipe { return valid().With("iss", `"http://`+host+`"`) }
