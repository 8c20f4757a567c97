package cases

import (
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Words that the judges of sessions and keys share.

func unclear(why string) []run.Finding {
	return []run.Finding{{Verdict: run.Inconclusive, Text: why}}
}

// notThrough says that what a judge needs was never seen.
func notThrough() []run.Finding { return unclear("the exchange was not carried through") }

// worthKnowing is allowed, and worth knowing.
func worthKnowing(text, actual string) []run.Finding {
	return []run.Finding{{Verdict: run.Note, Text: text, Actual: actual}}
}

// saw is a probe in a few words.
func saw(p *run.Probe) string { return string(p.State) + ": " + p.Why }

// inForce is a finding about a rule of the case's own level.
func inForce(seen run.Seen, severity run.Severity, text, expected, actual string) []run.Finding {
	return []run.Finding{{
		Verdict: verdict.Broken(seen.Demand.Level), Severity: severity,
		Text: text, Expected: expected, Actual: actual,
	}}
}

// firstUse says why nothing can be built on the first token of a script: it did
// not end the named session. Nil when it did.
func firstUse(seen run.Seen) []run.Finding {
	used := seen.Evidence.LastProbe(run.Named, run.After)
	if used != nil && used.State == run.Dead {
		return nil
	}
	if why := verdict.Unfounded(seen); why != "" {
		return unclear("the token did not work even once, as " + why)
	}
	return unclear("the token did not work even once")
}

// namedEnds judges the token of the case by the session that it names.
func namedEnds(seen run.Seen) []run.Finding {
	return verdict.Revoked(seen, seen.Evidence.Sent(run.CaseSend), seen.Evidence.LastProbe(run.Named, run.After))
}
