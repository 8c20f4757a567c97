package cases_test

import (
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

func TestRestartsAndStores(t *testing.T) {
	started := named().hook(run.Restart).saw(run.Bystander, run.Before, run.Alive)
	ended := named().ended().hook(run.Restart).saw(run.Bystander, run.Before, run.Dead).saw(run.Bystander, run.After, run.Dead)
	down := func(status int) evidence {
		return named().hook(run.StoreDown).sent(run.Named, "while-down", status).hook(run.StoreUp).saw(run.Bystander, run.Before, run.Alive)
	}
	retried := func(status int) evidence {
		return down(500).saw(run.Named, "store-up", run.Alive).sent(run.Named, "again", status)
	}
	judgeAll(t, []judgedRow{
		{name: "ended after", variant: "sem-restart/before-the-token", evidence: started.saw(run.Named, "restarted", run.Alive).ended(), want: run.Pass},
		{name: "lives after", variant: "sem-restart/before-the-token", evidence: started.saw(run.Named, "restarted", run.Alive).sent(run.Named, run.CaseSend, 200).saw(run.Named, run.After, run.Alive), want: run.Warn, severity: run.Security, says: "yet the session lives"},
		{name: "in memory", variant: "sem-restart/before-the-token", evidence: started.saw(run.Named, "restarted", run.Dead), want: run.Note, says: "ends all sessions"},
		{name: "unknown", variant: "sem-restart/before-the-token", evidence: started.saw(run.Named, "restarted", run.Unknown), want: run.Inconclusive, says: "outlives a restart"},
		{name: "nothing", variant: "sem-restart/before-the-token", evidence: started, want: run.Inconclusive, says: "not carried through"},
		{name: "stays dead; the bystander is no matter", variant: "sem-restart/after-the-token", evidence: ended.saw(run.Named, "restarted", run.Dead), want: run.Pass},
		{name: "comes back", variant: "sem-restart/after-the-token", evidence: ended.saw(run.Named, "restarted", run.Alive), want: run.Warn, severity: run.Security, says: "back to life"},
		{name: "unknown", variant: "sem-restart/after-the-token", evidence: ended.saw(run.Named, "restarted", run.Unknown), want: run.Inconclusive, says: "after a restart"},
		{name: "never ended", variant: "sem-restart/after-the-token", evidence: named().refused(), want: run.Inconclusive, says: "even once"},
		{name: "never looked at", variant: "sem-restart/after-the-token", evidence: ended, want: run.Inconclusive, says: "not carried through"},

		{name: "5xx, then 200", variant: "sem-store-failure/down-and-up", evidence: retried(200).saw(run.Named, run.After, run.Dead), want: run.Pass},
		{name: "400, then 200", variant: "sem-store-failure/down-and-up", evidence: down(400).saw(run.Named, "store-up", run.Alive).sent(run.Named, "again", 200).saw(run.Named, run.After, run.Dead), want: run.Pass},
		{name: "2xx while down", variant: "sem-store-failure/down-and-up", evidence: down(200).saw(run.Named, "store-up", run.Alive).sent(run.Named, "again", 200).saw(run.Named, run.After, run.Dead), want: run.Fail, severity: run.Security, says: "called a success"},
		{name: "the token is used up", variant: "sem-store-failure/down-and-up", evidence: retried(400).saw(run.Named, run.After, run.Alive), want: run.Fail, severity: run.Security, says: "does not work afterwards"},
		{name: "ended and refused", variant: "sem-store-failure/down-and-up", evidence: retried(400).saw(run.Named, run.After, run.Dead), want: run.Fail, severity: run.Conformance, says: "answered as a failure"},
		{name: "ended all the same", variant: "sem-store-failure/down-and-up", evidence: down(200).saw(run.Named, "store-up", run.Dead), want: run.Note, says: "though its store was down"},
		{name: "an empty store", variant: "sem-store-failure/down-and-up", evidence: down(500).saw(run.Bystander, run.Before, run.Dead).saw(run.Named, "store-up", run.Dead), want: run.Inconclusive, says: "lost all sessions"},
		{name: "unknown", variant: "sem-store-failure/down-and-up", evidence: retried(200).saw(run.Named, run.After, run.Unknown), want: run.Inconclusive, says: "second try"},
		{name: "no second try", variant: "sem-store-failure/down-and-up", evidence: down(500).saw(run.Named, "store-up", run.Alive), want: run.Inconclusive, says: "not carried through"},
		{name: "as the baseline", variant: "sem-store-failure/down-and-up", evidence: retried(400).saw(run.Named, run.After, run.Alive), with: unfounded, want: run.Inconclusive, says: "its baseline"},
		{name: "nothing", variant: "sem-store-failure/down-and-up", evidence: named(), want: run.Inconclusive, says: "not carried through"},
	})
}

func TestRefreshTokens(t *testing.T) {
	given := named().refreshToken(run.Before, run.RefreshToken{Issued: true})
	offline := named().refreshToken(run.Before, run.RefreshToken{Issued: true, Offline: true})
	revoked, kept := run.RefreshToken{Issued: true, Revoked: true}, run.RefreshToken{Issued: true}
	used := run.RefreshToken{Issued: true, Uses: 1}
	judgeAll(t, []judgedRow{
		{name: "revoked", variant: "sem-refresh-token/without-offline-access", evidence: given.ended().refreshToken(run.After, revoked), want: run.Pass},
		{name: "kept", variant: "sem-refresh-token/without-offline-access", evidence: given.ended().refreshToken(run.After, kept), want: run.Warn, severity: run.Conformance, says: "not revoked"},
		{name: "used", variant: "sem-refresh-token/without-offline-access", evidence: given.ended().refreshToken(run.After, used), want: run.Warn, severity: run.Security, says: "used again"},
		{name: "none", variant: "sem-refresh-token/without-offline-access", evidence: named().refreshToken(run.Before, run.RefreshToken{}), want: run.NotApplicable, says: "was given no refresh token"},
		{name: "offline", variant: "sem-refresh-token/without-offline-access", evidence: offline.ended().refreshToken(run.After, kept), want: run.NotApplicable, says: "with offline_access"},
		{name: "never ended", variant: "sem-refresh-token/without-offline-access", evidence: given.refused().refreshToken(run.After, kept), want: run.Inconclusive, says: "even once"},
		{name: "never looked up", variant: "sem-refresh-token/without-offline-access", evidence: given.ended(), want: run.Inconclusive, says: "not carried through"},
		{name: "nothing", variant: "sem-refresh-token/without-offline-access", evidence: named(), want: run.Inconclusive, says: "not carried through"},

		{name: "kept", variant: "sem-offline-token/with-offline-access", evidence: offline.ended().refreshToken(run.After, kept), want: run.Pass},
		{name: "revoked", variant: "sem-offline-token/with-offline-access", evidence: offline.ended().refreshToken(run.After, revoked), want: run.Note, says: "local policy"},
		{name: "not offline", variant: "sem-offline-token/with-offline-access", evidence: given.ended().refreshToken(run.After, kept), want: run.NotApplicable, says: "no refresh token with offline_access"},
	})
}
