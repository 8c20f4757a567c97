package cases_test

import (
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

func TestAfterALogout(t *testing.T) {
	second := func(status int) evidence { return named().ended().sent(run.Named, "again", status) }
	entered := named().ended().saw("next", run.After, run.Alive)
	judgeAll(t, []judgedRow{
		{name: "200", variant: "sem-repeat-is-success/sub-and-sid", evidence: second(200), want: run.Pass},
		{name: "204", variant: "sem-repeat-is-success/sid-only", evidence: second(204), want: run.Pass},
		{name: "400", variant: "sem-repeat-is-success/sub-only", evidence: second(400), want: run.Fail, severity: run.Conformance, says: "answered as a failure"},
		{name: "throttled", variant: "sem-repeat-is-success/sub-only", evidence: second(429), want: run.Inconclusive, says: "no answer that can be judged"},
		{name: "never ended", variant: "sem-repeat-is-success/sub-only", evidence: named().refused(), want: run.Inconclusive, says: "did not work even once"},
		{name: "as the baseline", variant: "sem-repeat-is-success/sub-only", evidence: named().refused(), with: unfounded, want: run.Inconclusive, says: "its baseline"},
		{name: "never sent", variant: "sem-repeat-is-success/sub-only", evidence: named().ended(), want: run.Inconclusive, says: "not carried through"},

		{name: "stays", variant: "sem-relogin-works/sub-only", evidence: entered.saw("next", "later", run.Alive), want: run.Pass},
		{name: "banned", variant: "sem-relogin-works/sub-only", evidence: named().ended().saw("next", run.After, run.Dead), want: run.Fail, severity: run.Conformance, says: "cannot log in again"},
		{name: "ends", variant: "sem-relogin-works/sub-and-sid", evidence: entered.saw("next", "later", run.Dead), want: run.Fail, severity: run.Conformance, says: "ends by itself"},
		{name: "unknown", variant: "sem-relogin-works/sub-and-sid", evidence: entered.saw("next", "later", run.Unknown), want: run.Inconclusive, says: "new session lives"},
		{name: "never ended", variant: "sem-relogin-works/sub-only", evidence: named().refused(), want: run.Inconclusive, says: "did not work even once"},
		{name: "never entered", variant: "sem-relogin-works/sub-only", evidence: named().ended(), want: run.Inconclusive, says: "not carried through"},
		{name: "never looked at again", variant: "sem-relogin-works/sub-only", evidence: entered, want: run.Inconclusive, says: "not carried through"},
	})
}

func TestReplays(t *testing.T) {
	once := named().ended().saw("next", run.Before, run.Alive).sent(run.Named, "again", 200)
	lives, dies := once.saw("next", run.After, run.Alive), once.saw("next", run.After, run.Dead)
	judgeAll(t, []judgedRow{
		{name: "remembered", variant: "clm-jti-replay/same-token", evidence: lives, want: run.Pass},
		{name: "no memory", variant: "clm-jti-replay/same-token", evidence: dies, want: run.Note, severity: run.Conformance, says: "no memory of token ids"},
		{name: "no memory", variant: "clm-jti-replay/high-s", evidence: dies, want: run.Note, severity: run.Conformance, says: "no memory of token ids"},
		{name: "remembers ids", variant: "clm-jti-replay/trailing-bits", evidence: lives.saw("next", "rewritten", run.Alive), want: run.Pass},
		{name: "remembers texts", variant: "clm-jti-replay/high-s", evidence: lives.saw("next", "rewritten", run.Dead), want: run.Note, severity: run.Conformance, says: "not their ids"},
		{name: "unknown", variant: "clm-jti-replay/high-s", evidence: lives, want: run.Inconclusive, says: "another writing"},
		{name: "never expires", variant: "clm-jti-replay/without-exp", evidence: dies, want: run.Warn, severity: run.Conformance, says: "for ever"},
		{name: "never expires, which is declared", variant: "clm-jti-replay/without-exp", evidence: dies, with: sharing("sub"), want: run.Note, severity: run.Conformance, says: "for ever"},
		{name: "refused", variant: "clm-jti-replay/without-exp", evidence: named().refused(), want: run.NotApplicable, says: "refuses a token without exp"},
		{name: "not used once", variant: "clm-jti-replay/same-token", evidence: named().refused(), want: run.Inconclusive, says: "even once"},
		{name: "unknown", variant: "clm-jti-replay/same-token", evidence: once, want: run.Inconclusive, says: "second use"},

		{name: "lives", variant: "sem-replay-after-relogin/with-exp", evidence: lives, want: run.Pass},
		{name: "dies", variant: "sem-replay-after-relogin/with-exp", evidence: dies, want: run.Warn, severity: run.Conformance, says: "a later login"},
		{name: "dies for ever", variant: "sem-replay-after-relogin/without-exp", evidence: dies, want: run.Warn, severity: run.Security, says: "never expires"},
		{name: "dies, which is declared", variant: "sem-replay-after-relogin/without-exp", evidence: dies, with: sharing("sub"), want: run.Note, severity: run.Security, says: "never expires"},
		{name: "refused", variant: "sem-replay-after-relogin/without-exp", evidence: named().refused(), want: run.NotApplicable, says: "refuses a token without exp"},
		{name: "as the baseline", variant: "sem-replay-after-relogin/without-exp", evidence: named().refused(), with: unfounded, want: run.Inconclusive, says: "its baseline"},
	})
}
