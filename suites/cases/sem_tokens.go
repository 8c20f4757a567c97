package cases

import (
	"fmt"

	"github.com/loggedout/loggedout/internal/run"
)

// What becomes of the refresh token of a session that ends.

// watchRefreshToken asks the issuer about the target's refresh token, before
// and after. A client is given one kind of refresh token; a second one may be
// given the other.
func watchRefreshToken(s run.Steps, v run.Variant) {
	s.Enter(run.Named, run.Visitor{User: "alice", At: v.At})
	if !s.LookUpRefresh(run.Named, run.Before).Issued {
		return
	}
	s.Send(run.Sending{Recipe: v.Recipe})
	s.AwaitDeath(run.Named, run.After)
	s.Settle()
	s.LookUpRefresh(run.Named, run.After)
}

// refreshTokens gives what the issuer knew of the refresh token, or why nothing
// can be said of it. Which of the two kinds a target is given depends on the
// scope that it asks for.
func refreshTokens(seen run.Seen, offline bool) (before, after run.RefreshToken, problem []run.Finding) {
	known := [2]*run.RefreshToken{refreshAt(seen.Evidence, run.Before), refreshAt(seen.Evidence, run.After)}
	switch {
	case known[0] == nil:
		return before, after, notThrough()
	case !known[0].Issued:
		return before, after, doesNotApply("the target was given no refresh token")
	case known[0].Offline && !offline:
		return before, after, doesNotApply("the target was given a refresh token with offline_access, which outlives the session")
	case !known[0].Offline && offline:
		return before, after, doesNotApply("the target was given no refresh token with offline_access")
	case known[1] == nil:
		return before, after, notThrough()
	}
	if problem := firstUse(seen); problem != nil {
		return before, after, problem
	}
	return *known[0], *known[1], nil
}

// refreshAt is what the issuer knew of the refresh token at a label; nil when it
// was not asked.
func refreshAt(e run.Evidence, label string) *run.RefreshToken {
	var known *run.RefreshToken
	for _, event := range e.Events {
		if event.Refresh != nil && event.Label == label {
			known = event.Refresh
		}
	}
	return known
}

func doesNotApply(why string) []run.Finding {
	return []run.Finding{{Verdict: run.NotApplicable, Text: why}}
}

func refreshTokenRevoked(seen run.Seen) []run.Finding {
	before, after, problem := refreshTokens(seen, false)
	switch {
	case problem != nil:
		return problem
	case after.Uses > before.Uses:
		return inForce(seen, run.Security, "the refresh token of an ended session was used again",
			"it is revoked", fmt.Sprintf("used %d times after the logout", after.Uses-before.Uses))
	case !after.Revoked:
		return inForce(seen, run.Conformance, "the refresh token of an ended session was not revoked",
			"it is revoked at the issuer (RFC 7009)", "the issuer would still take it")
	}
	return nil
}

func offlineTokenKept(seen run.Seen) []run.Finding {
	_, after, problem := refreshTokens(seen, true)
	switch {
	case problem != nil:
		return problem
	case after.Revoked:
		return worthKnowing("the refresh token with offline_access was revoked with the session, which local policy may ask for", "revoked at the issuer")
	}
	return nil
}
