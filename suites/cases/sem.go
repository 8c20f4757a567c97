package cases

import (
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Who is logged out, and really so. Liveness is asked with the user's own
// session, before and after.
var sessions = []run.Case{
	{
		ID: "sem-sid-ends-one", Level: must, Clauses: refs("BCL 2.1", "BCL 2.7"),
		Requires: "a token with the sid of one session ends that one and no other",
		Sends:    "a valid token with the sid of one of two sessions",
		Wild:     wild("opencloud-eu/docs#649 (all sessions ended)"),
		Variants: variants(v("two-sessions", sidOnly())),
		Expect:   revoke,
		Steps:    twoSessions,
		Judge:    siblingLives,
	},
	{
		ID: "sem-sub-ends-all", Level: must, Clauses: refs("BCL 2.4", "BCL 2.7"),
		Requires: "a token without sid ends all sessions of the user",
		Sends:    "a valid token with sub alone",
		Wild:     wild("nextcloud/user_oidc#1183", "keycloak#27359", "keycloak#22914 (at the sender)"),
		Variants: variants(v("two-sessions", subOnly())),
		Expect:   revoke,
		Steps:    twoSessions,
		Judge:    siblingDies,
	},
	{
		ID: "sem-bystander-user", Level: must, Clauses: refs("BCL 2.7"),
		Requires: "nobody else's session ends",
		Variants: variants(run.Variant{Slug: "whole-run"}),
		Expect:   observe,
		Judge:    bystandersLive,
	},
	{
		ID: "sem-server-side-death", Level: must, Clauses: refs("BCL 2.7", "ASVS 7.4.1"),
		Requires: "an ended session is dead on the server: its old cookie no longer works",
		Sends:    "a valid token",
		Wild:     wild("mod_auth_openidc#542", "CVE-2026-30224", "CVE-2026-44511"),
		Variants: variants(v("copied-cookie", valid())),
		Expect:   revoke,
		Steps:    copiedCookie,
		Judge:    copyIsDead,
	},
}

// alice is the user of the scripts.
var alice = run.Visitor{User: "alice"}

// twoSessions logs one user in twice and ends the first session.
func twoSessions(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Enter(run.Sibling, alice)
	s.Probe(run.Named, run.Before) // a target may allow a user one session only
	s.Send(run.Sending{Recipe: v.Recipe})
	s.AwaitDeath(run.Named, run.After)
	if v.Recipe.Base == fixtures.SubOnly {
		s.AwaitDeath(run.Sibling, run.After) // it has to die as well, if later
		return
	}
	s.Settle()
	s.Probe(run.Sibling, run.After)
}

func siblingLives(seen run.Seen) []run.Finding {
	named, sibling, problem := bothSessions(seen)
	if problem != nil {
		return problem
	}
	out := verdict.Revoked(seen, seen.Evidence.Sent(run.CaseSend), named)
	if sibling.State == run.Dead {
		out = append(out, run.Finding{
			Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security, Breach: true,
			Text:     "the sid of one session ended the user's other session too",
			Expected: "the other session lives", Actual: "the other session is dead: " + sibling.Why,
		})
	}
	return out
}

func siblingDies(seen run.Seen) []run.Finding {
	named, sibling, problem := bothSessions(seen)
	if problem != nil {
		return problem
	}
	out := verdict.Revoked(seen, seen.Evidence.Sent(run.CaseSend), named)
	if sibling.State == run.Alive && named.State == run.Dead {
		out = append(out, run.Finding{
			Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security,
			Text:     "a session of the user lives on after all of them were to end",
			Expected: "both sessions are dead", Actual: "the second session lives: " + sibling.Why,
		})
	}
	return out
}

// bothSessions gives what was seen of the two sessions after the token, or why
// nothing can be said.
func bothSessions(seen run.Seen) (named, sibling *run.Probe, problem []run.Finding) {
	e := seen.Evidence
	if before := e.LastProbe(run.Named, run.Before); before != nil && before.State == run.Dead {
		return nil, nil, []run.Finding{{
			Verdict: run.Note, Text: "the target allows a user one session only: there is no other to end or to spare",
			Actual: "the first session ended with the second login: " + before.Why,
		}}
	}
	named, sibling = e.LastProbe(run.Named, run.After), e.LastProbe(run.Sibling, run.After)
	if named == nil || sibling == nil || sibling.State == run.Unknown {
		return nil, nil, unclear("nobody can tell whether the second session lives")
	}
	return named, sibling, nil
}

func unclear(why string) []run.Finding {
	return []run.Finding{{Verdict: run.Inconclusive, Text: why}}
}

// bystandersLive judges every probe of every bystander. A death that went away
// when the exchange was repeated alone was somebody else's doing, and is
// reported there. One that nobody was seen to cause may be a late effect of any
// token, or a session that was over.
func bystandersLive(seen run.Seen) []run.Finding {
	probed := 0
	var died, lost []string
	for _, other := range seen.Context.Others {
		name := other.Case.Name(other.Variant)
		if other.Evidence.LastProbe(run.Bystander, run.Lost) != nil {
			lost = append(lost, "before "+name)
		}
		before, after := other.Evidence.LastProbe(run.Bystander, run.Before), other.Evidence.LastProbe(run.Bystander, run.After)
		if before == nil || after == nil || before.State != run.Alive {
			continue
		}
		probed++
		if after.State == run.Dead {
			died = append(died, name)
		}
	}
	for _, event := range seen.Context.Observed.Farewell {
		if event.Probe != nil && event.Probe.State != run.Alive {
			lost = append(lost, "at the end of the run")
		}
	}
	switch {
	case probed == 0:
		return unclear("no bystander was seen through an exchange")
	case len(died) > 0:
		return []run.Finding{{
			Verdict: run.Fail, Severity: run.Security,
			Text:     "another user's session ended",
			Expected: "bystanders live through the whole run", Actual: "dead after " + strings.Join(died, ", "),
		}}
	case len(lost) > 0:
		return []run.Finding{{
			Verdict: run.Inconclusive, Text: "a bystander's session ended between exchanges: by the late effect of a token, or because it was over",
			Expected: "bystanders live through the whole run", Actual: "found dead " + strings.Join(lost, ", "),
		}}
	}
	return nil
}

// copiedCookie keeps the cookies of a session from before the logout.
func copiedCookie(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.CopyCookies(run.Named, "copy")
	s.Send(run.Sending{Recipe: v.Recipe})
	s.AwaitDeath(run.Named, run.After)
	s.AwaitDeath("copy", run.After)
}

func copyIsDead(seen run.Seen) []run.Finding {
	named, copied := seen.Evidence.LastProbe(run.Named, run.After), seen.Evidence.LastProbe("copy", run.After)
	if named == nil || copied == nil {
		return unclear("the exchange was not carried through")
	}
	out := verdict.Revoked(seen, seen.Evidence.Sent(run.CaseSend), named)
	switch {
	case copied.State == run.Unknown:
		out = append(out, unclear("nobody can tell whether the old cookie works")...)
	case copied.State == run.Alive && named.State == run.Dead:
		out = append(out, run.Finding{
			Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security,
			Text:     "the cookie from before the logout still opens the session",
			Expected: "dead on the server", Actual: "alive with the copied cookie: " + copied.Why,
		})
	}
	return out
}
