package cases

import (
	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// intruder is who comes with a logout token in place of an ID token, and shownAs
// labels the look at what another place makes of one.
const (
	intruder = "intruder"
	shownAs  = "shown"
)

// reverse shows a genuine logout token where the target wants another: in place
// of the ID token of a login, as bearer token, or at a login by token.
func reverse(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	if v.Slug == "as-id-token" {
		s.TryEnter(intruder, run.Visitor{User: "mallory", IDToken: &v.Recipe})
		return
	}
	// A request without the token makes it, and leaves it unused.
	s.Send(run.Sending{Recipe: v.Recipe, Request: fixtures.PostForm("note", "no token")})
	as := run.AsBearer
	if v.Slug == "as-login" {
		as = run.AsLogin
	}
	s.ProbeWith(run.CaseSend, as, shownAs)
}

func opensNothing(seen run.Seen) []run.Finding {
	var last *run.Probe
	for _, event := range seen.Evidence.Events {
		if event.Probe != nil && (event.Label == shownAs || event.Session == intruder) {
			last = event.Probe
		}
	}
	switch {
	case last == nil:
		return unclear("nobody saw what the token opened")
	case last.State == run.Unknown:
		return []run.Finding{{Verdict: run.Inconclusive, Text: "nobody can tell whether the token opened a session", Actual: last.Why}}
	case last.State == run.Dead:
		return nil
	}
	return []run.Finding{{
		Verdict: run.Fail, Severity: run.Security, Breach: true,
		Text:     "a logout token opened a session",
		Expected: "no login, no access", Actual: "it is alive: " + last.Why,
	}}
}
