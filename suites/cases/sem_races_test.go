package cases_test

import (
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

func TestRaces(t *testing.T) {
	early := begun().sent(run.Named, "early", 400)
	born := early.saw(run.Named, run.After, run.Alive)
	three := func(a, b, c int) evidence {
		return named().sent(run.Named, "case-1", a).sent(run.Named, "case-2", b).sent(run.Named, "case-3", c)
	}
	refreshed := named().issuer(run.Hold).sent(run.Named, run.CaseSend, 200).issuer(run.Release)
	stuck := named().issuer(run.Hold).with(run.Event{Session: run.Named, Label: run.CaseSend, Send: &run.Send{Answer: run.Answer{Error: "no answer in 10s", Timeout: true}}}).issuer(run.Release)
	judgeAll(t, []judgedRow{
		{name: "lost", variant: "sem-race-login/sub-and-sid", evidence: born.twin(200, run.Dead), want: run.Note, says: "is lost"},
		{name: "kept", variant: "sem-race-login/sub-only", evidence: early.saw(run.Named, run.After, run.Dead), want: run.Note, says: "keeps that session from being made"},
		{name: "half a session", variant: "sem-race-login/sub-only", evidence: born.twin(200, run.Alive), want: run.Warn, severity: run.Security, says: "no later token ends"},
		{name: "half a session, as the baseline", variant: "sem-race-login/sub-only", evidence: born.twin(400, run.Alive), with: unfounded, want: run.Inconclusive, says: "control"},
		{name: "5xx", variant: "sem-race-login/sub-only", evidence: begun().sent(run.Named, "early", 500).saw(run.Named, run.After, run.Alive).twin(200, run.Dead), want: run.Warn, severity: run.Conformance, says: "server error"},
		{name: "unknown", variant: "sem-race-login/sub-only", evidence: early.saw(run.Named, run.After, run.Unknown), want: run.Inconclusive, says: "nobody can tell"},
		{name: "no control", variant: "sem-race-login/sub-only", evidence: born, want: run.Inconclusive, says: "not carried through"},
		{name: "nothing", variant: "sem-race-login/sub-only", evidence: begun(), want: run.Inconclusive, says: "not carried through"},

		{name: "dead", variant: "sem-race-parallel/copies", evidence: three(200, 400, 204).saw(run.Named, run.After, run.Dead), want: run.Pass},
		{name: "alive", variant: "sem-race-parallel/different-tokens", evidence: three(200, 200, 200).saw(run.Named, run.After, run.Alive), want: run.Warn, severity: run.Security, says: "the session lives"},
		{name: "none accepted", variant: "sem-race-parallel/copies", evidence: three(400, 400, 400).saw(run.Named, run.After, run.Dead), want: run.Warn, severity: run.Conformance, says: "none of the tokens"},
		{name: "5xx", variant: "sem-race-parallel/copies", evidence: three(200, 500, 200).saw(run.Named, run.After, run.Dead), want: run.Warn, severity: run.Conformance, says: "server error"},
		{name: "409", variant: "sem-race-parallel/copies", evidence: three(200, 409, 409).saw(run.Named, run.After, run.Dead), want: run.Note, says: "another status"},
		{name: "429", variant: "sem-race-parallel/copies", evidence: three(200, 429, 429).saw(run.Named, run.After, run.Dead), want: run.Pass},
		{name: "all throttled", variant: "sem-race-parallel/copies", evidence: three(429, 429, 429).saw(run.Named, run.After, run.Alive), want: run.Inconclusive, says: "throttled"},
		{name: "as the baseline", variant: "sem-race-parallel/copies", evidence: three(400, 400, 400).saw(run.Named, run.After, run.Alive), with: unfounded, want: run.Inconclusive, says: "its baseline"},
		{name: "unknown", variant: "sem-race-parallel/copies", evidence: three(200, 200, 200).saw(run.Named, run.After, run.Unknown), want: run.Inconclusive, says: "nobody can tell"},
		{name: "nothing", variant: "sem-race-parallel/copies", evidence: named(), want: run.Inconclusive, says: "not carried through"},

		{name: "dead", variant: "sem-race-refresh/tokens-held-back", evidence: refreshed.saw(run.Named, run.After, run.Dead), want: run.Pass},
		{name: "back to life", variant: "sem-race-refresh/tokens-held-back", evidence: refreshed.saw(run.Named, run.After, run.Dead).saw(run.Named, run.After, run.Alive), want: run.Warn, severity: run.Security, says: "kept the ended session alive"},
		{name: "waits for the issuer", variant: "sem-race-refresh/tokens-held-back", evidence: stuck.saw(run.Named, run.After, run.Alive), want: run.Inconclusive, says: "was not accepted while"},
		{name: "waits for the issuer, then ends", variant: "sem-race-refresh/tokens-held-back", evidence: stuck.saw(run.Named, run.After, run.Dead), want: run.Pass},
		{name: "as the baseline", variant: "sem-race-refresh/tokens-held-back", evidence: refreshed.saw(run.Named, run.After, run.Alive), with: unfounded, want: run.Inconclusive, says: "its baseline"},
		{name: "unknown", variant: "sem-race-refresh/tokens-held-back", evidence: refreshed.saw(run.Named, run.After, run.Unknown), want: run.Inconclusive, says: "nobody can tell"},
		{name: "nothing", variant: "sem-race-refresh/tokens-held-back", evidence: named(), want: run.Inconclusive, says: "not carried through"},
	})
}
