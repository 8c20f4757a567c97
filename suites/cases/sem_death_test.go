package cases_test

import (
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

func TestDeadEverywhere(t *testing.T) {
	page := named().saw("named@page", run.Before, run.Alive)
	there := named().saw(run.Named, "before-there", run.Alive)
	gone := named().ended().saw("copy", run.After, run.Dead)
	refreshed := func(uses int) evidence {
		return named().refreshToken(run.Before, run.RefreshToken{Issued: true}).refreshToken("refreshed", run.RefreshToken{Issued: true, Uses: uses})
	}
	judgeAll(t, []judgedRow{
		{name: "dead", variant: "sem-server-side-death/copied-cookie", evidence: named().ended().saw("copy", run.After, run.Dead), want: run.Pass},
		{name: "revived", variant: "sem-server-side-death/copied-cookie", evidence: named().ended().saw("copy", run.After, run.Alive), want: run.Fail, severity: run.Security, says: "cookie from before"},
		{name: "unknown", variant: "sem-server-side-death/copied-cookie", evidence: named().ended().saw("copy", run.After, run.Unknown), want: run.Inconclusive, says: "old cookie"},
		{name: "stays dead", variant: "sem-server-side-death/copied-cookie", evidence: gone.saw(run.Named, "later", run.Dead).saw("copy", "later", run.Dead), want: run.Pass},
		{name: "comes back", variant: "sem-server-side-death/copied-cookie", evidence: gone.saw(run.Named, "later", run.Alive), want: run.Fail, severity: run.Security, says: "came back to life"},
		{name: "comes back with the old cookie", variant: "sem-server-side-death/copied-cookie", evidence: gone.saw(run.Named, "later", run.Dead).saw("copy", "later", run.Alive), want: run.Fail, severity: run.Security, says: "came back to life"},
		{name: "unknown later", variant: "sem-server-side-death/copied-cookie", evidence: gone.saw(run.Named, "later", run.Unknown), want: run.Inconclusive, says: "stays dead"},
		{name: "nothing", variant: "sem-server-side-death/copied-cookie", evidence: named(), want: run.Inconclusive, says: "not carried through"},

		{name: "dead", variant: "sem-every-surface/surfaces", evidence: page.ended().saw("named@page", run.After, run.Dead), want: run.Pass},
		{name: "alive", variant: "sem-every-surface/surfaces", evidence: page.ended().saw("named@page", run.After, run.Alive), want: run.Warn, severity: run.Security, says: "at the surface page"},
		{name: "unknown", variant: "sem-every-surface/surfaces", evidence: page.ended().saw("named@page", run.After, run.Unknown), want: run.Inconclusive, says: "at the surface page"},
		{name: "never alive", variant: "sem-every-surface/surfaces", evidence: named().saw("named@page", run.Before, run.Dead).ended().saw("named@page", run.After, run.Dead), want: run.Inconclusive, says: "before the logout"},
		{name: "no surface", variant: "sem-every-surface/surfaces", evidence: named().ended(), want: run.Inconclusive, says: "not carried through"},
		{name: "old tokens dead", variant: "sem-every-surface/before-refresh", evidence: refreshed(1).ended().saw("copy", run.After, run.Dead), want: run.Pass},
		{name: "nothing refreshed", variant: "sem-every-surface/before-refresh", evidence: refreshed(0).ended().saw("copy", run.After, run.Dead), want: run.Inconclusive, says: "no new tokens"},
		{name: "old tokens alive", variant: "sem-every-surface/before-refresh", evidence: named().ended().saw("copy", run.After, run.Alive), want: run.Warn, severity: run.Security, says: "cookie from before"},

		{name: "dead", variant: "sem-replicas/other-nodes", evidence: there.ended().saw(run.Named, "after-there", run.Dead), want: run.Pass},
		{name: "alive", variant: "sem-replicas/other-nodes", evidence: there.ended().saw(run.Named, "after-there", run.Dead).saw(run.Named, "after-there", run.Alive), want: run.Warn, severity: run.Security, says: "at another node"},
		{name: "unknown", variant: "sem-replicas/other-nodes", evidence: there.ended().saw(run.Named, "after-there", run.Unknown), want: run.Inconclusive, says: "at another node"},
		{name: "not shared", variant: "sem-replicas/other-nodes", evidence: named().saw(run.Named, "before-there", run.Dead).ended().saw(run.Named, "after-there", run.Dead), want: run.Inconclusive, says: "share their sessions"},
		{name: "never asked", variant: "sem-replicas/other-nodes", evidence: there.ended(), want: run.Inconclusive, says: "not carried through"},
		{name: "nothing", variant: "sem-replicas/other-nodes", evidence: there, want: run.Inconclusive, says: "not carried through"},
	})
}

func TestDeadAtOnce(t *testing.T) {
	sent := named().sent(run.Named, run.CaseSend, 200)
	declares := func(c *run.Context) { c.Terms.Declares.DeathWithin = run.Duration(10 * time.Second) }
	quick := func(c *run.Context) { c.Terms.Offers = nil }
	judgeAll(t, []judgedRow{
		{name: "at once", variant: "sem-immediate/watched", evidence: sent.died(run.Named, run.After, 0), want: run.Pass},
		{name: "as declared", variant: "sem-immediate/watched", evidence: sent.died(run.Named, run.After, 5*time.Second), with: declares, want: run.Note, says: "within the declared 10s"},
		{name: "later", variant: "sem-immediate/watched", evidence: sent.died(run.Named, run.After, 30*time.Second), want: run.Note, says: "30s after the answer; the target declares 0s"},
		{name: "much later", variant: "sem-immediate/watched", evidence: sent.died(run.Named, run.After, 2*time.Minute), want: run.Warn, severity: run.Security, says: "outlived its logout by 2m"},
		{name: "never", variant: "sem-immediate/watched", evidence: sent.saw(run.Named, run.After, run.Alive), want: run.Warn, severity: run.Security, says: "yet the session lives"},
		{name: "not watched for long", variant: "sem-immediate/watched", evidence: sent.saw(run.Named, run.After, run.Alive), with: quick, want: run.Inconclusive, says: "--slow"},
		{name: "as the baseline", variant: "sem-immediate/watched", evidence: sent.saw(run.Named, run.After, run.Alive), with: unfounded, want: run.Inconclusive, says: "its baseline"},
		{name: "refused", variant: "sem-immediate/watched", evidence: named().refused(), want: run.Warn, severity: run.Interop, says: "was refused"},
		{name: "nothing", variant: "sem-immediate/watched", evidence: named(), want: run.Inconclusive, says: "not carried through"},
	})
}
