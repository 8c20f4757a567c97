package cases

import (
	"fmt"
	"strings"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// What kid says.
var keyIDs = []run.Case{
	{
		ID: "hdr-kid-unknown-forged", Level: must, Clauses: refs("CORE 3.1.3.7(6)", "CORE 10.1.1", "8725 3.8"),
		Requires: "a token of an unknown key is refused",
		Sends:    "a token signed with the attacker's key under an unknown key id",
		Wild:     wild("CVE-2026-89313 (an unknown kid fell back to the last key)"),
		Variants: variants(
			v("rogue", valid().SignedBy(fixtures.Rogue).Kid("no-such-key")),
			unless(v("guessed-secret", valid().Keyed("secret").Kid("no-such-key")), run.WithPublicKeys),
		),
		Expect:   refuse,
		Schedule: run.Last,
	},
	{
		ID: "hdr-kid-unknown-genuine", Level: may, Clauses: refs("7515 4.1.4", "CORE 10.1.1"),
		Requires: "a genuine token under an unknown key id may be accepted",
		Sends:    "a genuine token under an unknown key id",
		Variants: variants(v("genuine", valid().Kid("no-such-key"))),
		Expect:   either,
		Schedule: run.Last,
	},
	{
		ID: "hdr-kid-missing-many-keys", Level: may, Clauses: refs("CORE 10.1"),
		Requires: "a genuine token without a key id may be accepted where the issuer has several keys",
		Sends:    "a genuine token without kid, the issuer having several keys",
		Variants: variants(v("genuine", valid().WithoutHeader("kid"))),
		Expect:   either,
		Excluded: not(run.UnderSharedSecret, run.WithHMAC),
		Around:   beside(),
		Judge:    scouted,
	},
	{
		ID: "hdr-kid-path", Level: hardening, Clauses: refs("8725 3.10", "bis 3.10"),
		Requires: "a key id is no file name",
		Sends:    "a token keyed with a file that its key id points to",
		Wild:     wild("CVE-2021-41106 (file key as HMAC key)"),
		Variants: variants(
			v("dev-null", valid().Keyed("").Kid("../../../../../../dev/null")),
			v("dev-null-absolute", valid().Keyed("").Kid("/dev/null")),
			v("dev-null-url", valid().Keyed("").Kid("file:///dev/null")),
			v("proc", valid().Keyed("2\n").Kid("/proc/sys/kernel/randomize_va_space")),
			v("proc-trimmed", valid().Keyed("2").Kid("/proc/sys/kernel/randomize_va_space")),
			v("proc-relative", valid().Keyed("2\n").Kid("../../../../../../proc/sys/kernel/randomize_va_space")),
			v("template", valid().Keyed(bashLogout).Kid("../../../../../../etc/skel/.bash_logout")),
		),
		Expect:   refuse,
		Harm:     run.Security,
		Schedule: run.Last,
	},
	{
		ID: "hdr-kid-injection", Level: hardening, Clauses: refs("8725 3.10", "bis 3.10"),
		Requires: "a key id is text and nothing else",
		Sends:    "a token whose key id is a piece of code, keyed with what that would give",
		Variants: variants(
			v("sql", valid().Keyed("k").Kid("' UNION SELECT 'k' -- ")),
			v("sql-quotes", valid().Keyed("k").Kid(`" UNION SELECT "k" -- `)),
			v("sql-sleep", valid().Keyed("").Kid("x'; SELECT pg_sleep(5) -- ")),
			v("sql-sleep-function", valid().Keyed("").Kid("x' OR SLEEP(5) -- ")),
			v("ldap", valid().Keyed("").Kid("*)(objectClass=*")),
			v("shell", valid().Keyed("k\n").Kid("|echo k")),
			v("shell-substitution", valid().Keyed("k").Kid("$(echo k)")),
			v("shell-sleep", valid().Keyed("").Kid(";sleep 5;")),
			v("template-braces", valid().Keyed("49").Kid("{{7*7}}")),
			v("template-dollar", valid().Keyed("49").Kid("${hex:24}{7*7}")),
			v("crlf", valid().Keyed("k").Kid("k\r\nX-Injected: 1")),
			v("log-forging", valid().Keyed("k").Kid("k\n2026-01-01T00:00:00Z INFO logout token accepted")),
		),
		Expect:   refuse,
		Harm:     run.Security,
		Schedule: run.Last,
		Judge:    withoutDelay,
	},
	{
		ID: "hdr-kid-bad-type", Level: must, Clauses: refs("7515 4.1.4"),
		Requires: "a key id that is no proper string breaks nothing and opens nothing",
		Sends:    "a token with an odd key id",
		Wild:     wild("jwt-key-id-injector research tool"),
		Variants: variants(
			v("zero-first-character", valid().Keyed("${client_secret|first:1}").WithHeader("kid", "0")),
			instead(v("zero", valid().WithHeader("kid", "0")), either, may),
			instead(v("array", valid().WithHeader("kid", `["${issuer.kid}"]`)), either, may),
			instead(v("object", valid().WithHeader("kid", `{"kid":"${issuer.kid}"}`)), either, may),
			instead(v("null", valid().WithHeader("kid", "null")), either, may),
			instead(large(v("kib-64", valid().Kid(strings.Repeat("k", 64<<10)))), either, may),
		),
		Expect:   refuse,
		Schedule: run.Last,
	},
}

// bashLogout is what stands in /etc/skel/.bash_logout of many systems.
const bashLogout = `# ~/.bash_logout: executed by bash(1) when login shell exits.

# when leaving the console clear the screen to increase privacy

if [ "$SHLVL" = 1 ]; then
    [ -x /usr/bin/clear_console ] && /usr/bin/clear_console -q
fi
`

// withoutDelay finds key ids that made the target sleep: the answer took nearly
// five seconds longer than that to the control.
func withoutDelay(seen run.Seen) []run.Finding {
	sent, twin := seen.Evidence.Sent(run.CaseSend), seen.Evidence.Sent(run.TwinSend)
	if sent == nil || twin == nil {
		return nil
	}
	more := sent.Answer.Took.Duration() - twin.Answer.Took.Duration()
	if more < 4500*time.Millisecond {
		return nil
	}
	return []run.Finding{{
		Verdict: run.Warn, Severity: run.Security, Breach: true,
		Text:     "a key id made the target wait",
		Expected: fmt.Sprintf("an answer within %v, as for the control", twin.Answer.Took.Duration()),
		Actual:   fmt.Sprintf("an answer after %v", sent.Answer.Took.Duration()),
	}}
}
