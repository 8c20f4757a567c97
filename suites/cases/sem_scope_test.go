package cases_test

import (
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

func TestWhoseSessionsEnd(t *testing.T) {
	two := named().saw(run.Sibling, run.Before, run.Alive)
	done := two.ended()
	abroad := named().saw("foreign", run.Before, run.Alive).sent("foreign", run.CaseSend, 200).saw("foreign", run.After, run.Dead)
	unfit := named().saw("foreign", run.Before, run.Alive).sent("foreign", run.CaseSend, 400).saw("foreign", run.After, run.Alive)
	beside := named().saw("elsewhere", run.Before, run.Alive).ended()
	judgeAll(t, []judgedRow{
		{name: "one ends", variant: "sem-sid-ends-one/two-sessions", evidence: done.saw(run.Sibling, run.After, run.Alive), want: run.Pass},
		{name: "both end", variant: "sem-sid-ends-one/two-sessions", evidence: done.saw(run.Sibling, run.After, run.Dead), want: run.Fail, severity: run.Security, says: "other session too"},
		{name: "both end", variant: "sem-sub-ends-all/two-sessions", evidence: done.saw(run.Sibling, run.After, run.Dead), want: run.Pass},
		{name: "one ends", variant: "sem-sub-ends-all/two-sessions", evidence: done.saw(run.Sibling, run.After, run.Alive), want: run.Fail, severity: run.Security, says: "lives on"},
		{name: "unknown", variant: "sem-sub-ends-all/two-sessions", evidence: done.saw(run.Sibling, run.After, run.Unknown), want: run.Inconclusive, says: "second session"},
		{name: "one session a user", variant: "sem-sub-ends-all/two-sessions", evidence: two.saw(run.Named, run.Before, run.Dead), want: run.Note, says: "one session only"},

		{name: "that one", variant: "sem-both-claims-scope/two-sessions", evidence: done.saw(run.Sibling, run.After, run.Alive), want: run.Note, says: "of the sid alone"},
		{name: "all", variant: "sem-both-claims-scope/two-sessions", evidence: done.saw(run.Sibling, run.After, run.Dead), want: run.Note, says: "all sessions"},
		{name: "none", variant: "sem-both-claims-scope/two-sessions", evidence: two.sent(run.Named, run.CaseSend, 200).saw(run.Named, run.After, run.Alive).saw(run.Sibling, run.After, run.Alive), want: run.Fail, severity: run.Security, says: "yet the session lives"},

		{name: "lives", variant: "sem-bystander-client/sub-only", evidence: beside.saw("elsewhere", run.After, run.Alive), want: run.Pass},
		{name: "dies", variant: "sem-bystander-client/sub-only", evidence: beside.saw("elsewhere", run.After, run.Dead), want: run.Fail, severity: run.Security, says: `the session "elsewhere"`},

		{name: "home lives", variant: "sem-across-issuers/sub-and-sid", evidence: abroad.saw(run.Named, run.After, run.Alive), want: run.Pass},
		{name: "home dies", variant: "sem-across-issuers/sid-only", evidence: abroad.saw(run.Named, run.After, run.Dead), want: run.Fail, severity: run.Security, says: "not of that issuer"},
		{name: "home dies at a refusal", variant: "sem-across-issuers/sub-only", evidence: unfit.saw(run.Named, run.After, run.Dead), want: run.Fail, severity: run.Security, says: "not of that issuer"},
		{name: "two accounts", variant: "sem-across-issuers/two-accounts", evidence: abroad.saw(run.Named, run.After, run.Dead), want: run.Fail, severity: run.Security, says: "or account", with: sharing("sub")},
		{name: "its own lives", variant: "sem-across-issuers/sub-only", evidence: unfit.saw(run.Named, run.After, run.Alive), want: run.Inconclusive, says: "its own issuer"},
		{name: "unknown", variant: "sem-across-issuers/sub-only", evidence: abroad.saw(run.Named, run.After, run.Unknown), want: run.Inconclusive, says: "at home lives"},
		{name: "the login ends home", variant: "sem-across-issuers/sub-only", evidence: named().saw(run.Named, run.Before, run.Dead).sent("foreign", run.CaseSend, 200).saw("foreign", run.After, run.Dead).saw(run.Named, run.After, run.Dead), want: run.Inconclusive, says: "nothing to spare"},
		{name: "nothing", variant: "sem-across-issuers/sub-only", evidence: named(), want: run.Inconclusive, says: "not carried through"},
	})
}

func TestTokensForNobody(t *testing.T) {
	answered := func(status int, state run.State) evidence {
		return named().sent(run.Named, run.CaseSend, status).saw(run.Named, run.After, state)
	}
	unknown := func(status int, named, sibling run.State) evidence {
		return answered(status, named).saw(run.Sibling, run.After, sibling)
	}
	judgeAll(t, []judgedRow{
		{name: "200", variant: "sem-unknown-session/unknown-sub", evidence: answered(200, run.Alive).twin(200, run.Dead), want: run.Note, says: "is a success"},
		{name: "400", variant: "sem-unknown-session/unknown-sid", evidence: answered(400, run.Alive).twin(200, run.Dead), want: run.Note, says: "is refused"},
		{name: "ends somebody", variant: "sem-unknown-session/never-seen", evidence: answered(200, run.Dead), want: run.Fail, severity: run.Security, says: "somebody's session"},
		{name: "ends the bystander", variant: "sem-unknown-session/never-seen", evidence: answered(200, run.Alive).twin(200, run.Dead).saw(run.Bystander, run.After, run.Dead), want: run.Fail, severity: run.Security, says: "another user"},
		{name: "unknown", variant: "sem-unknown-session/unknown-sub", evidence: answered(200, run.Unknown).twin(200, run.Dead), want: run.Inconclusive, says: "nobody can tell"},
		{name: "throttled", variant: "sem-unknown-session/unknown-sub", evidence: answered(429, run.Alive).twin(200, run.Dead), want: run.Inconclusive, says: "nobody can tell"},
		{name: "the control fails", variant: "sem-unknown-session/unknown-sub", evidence: answered(400, run.Alive).twin(400, run.Alive), want: run.Inconclusive, says: "control"},
		{name: "no control", variant: "sem-unknown-session/unknown-sub", evidence: answered(400, run.Alive), want: run.Inconclusive, says: "not carried through"},
		{name: "nothing", variant: "sem-unknown-session/unknown-sub", evidence: named(), want: run.Inconclusive, says: "not carried through"},

		{name: "no-op", variant: "sem-known-sub-unknown-sid/unknown-sid", evidence: unknown(200, run.Alive, run.Alive), want: run.Note, says: "does nothing"},
		{name: "all", variant: "sem-known-sub-unknown-sid/no-sid-at-login", evidence: unknown(200, run.Dead, run.Dead), want: run.Note, says: "ends all"},
		{name: "one", variant: "sem-known-sub-unknown-sid/unknown-sid", evidence: unknown(200, run.Dead, run.Alive), want: run.Note, says: "ends one of two"},
		{name: "refused", variant: "sem-known-sub-unknown-sid/unknown-sid", evidence: unknown(400, run.Alive, run.Alive), want: run.Note, says: "is refused"},
		{name: "unknown", variant: "sem-known-sub-unknown-sid/unknown-sid", evidence: unknown(200, run.Alive, run.Unknown), want: run.Inconclusive, says: "nobody can tell"},
		{name: "unfounded", variant: "sem-known-sub-unknown-sid/unknown-sid", evidence: unknown(400, run.Alive, run.Alive), with: unfounded, want: run.Inconclusive, says: "its baseline"},
		{name: "nothing", variant: "sem-known-sub-unknown-sid/unknown-sid", evidence: named(), want: run.Inconclusive, says: "not carried through"},
	})
}
