// Package verdict holds the judges that all cases share: pure functions from
// evidence to findings. Nothing here does I/O, so a verdict can be reached
// again from a stored run document.
package verdict

import (
	"cmp"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// Variant judges one variant.
func Variant(seen run.Seen) run.VariantResult {
	result := run.VariantResult{
		Slug: seen.Variant.Slug, Expect: seen.Demand.Expect, Level: seen.Demand.Level, Evidence: seen.Evidence,
	}
	if why := seen.Demand.NotApplicable; why != "" {
		result.Verdict = run.NotApplicable
		result.Findings = []run.Finding{{Verdict: run.NotApplicable, Text: why}}
		return result
	}
	result.Findings = findings(seen)
	slices.SortStableFunc(result.Findings, worstFirst)
	result.Verdict = run.Pass
	if worst := result.Finding(); worst != nil {
		result.Verdict = worst.Verdict
	}
	return result
}

func worstFirst(a, b run.Finding) int {
	return cmp.Or(a.Verdict.Compare(b.Verdict), a.Severity.Compare(b.Severity))
}

func findings(seen run.Seen) []run.Finding {
	if seen.Demand.Expect == run.Observe {
		return seen.Case.Judge(seen)
	}
	if f := seen.Evidence.Fault; f != nil {
		return append(invariants(seen), faulty(seen.Evidence, *f))
	}
	out := invariants(seen)
	if seen.Case.Steps != nil {
		if judged := seen.Case.Judge(seen); !guarded(seen, judged) {
			return append(out, judged...)
		}
		return append(out, inconclusive("the target locked the sender out after many bad tokens", "")...)
	}
	out = append(out, Standard(seen)...)
	if seen.Case.Judge != nil {
		out = append(out, seen.Case.Judge(seen)...)
	}
	return out
}

// guarded: the judge of a script blames the target for a session that lives on,
// and its last answer was a refusal. A target that locked the sender out turned
// a good token away.
func guarded(seen run.Seen, judged []run.Finding) bool {
	if !seen.Context.Observed.LockedOut {
		return false
	}
	refused := false
	for _, event := range seen.Evidence.Events {
		if event.Send != nil {
			refused = !event.Send.Answer.Accepted()
		}
	}
	return refused && slices.ContainsFunc(judged, run.Finding.Blames)
}

// Standard judges the request of the case by what is expected of it, for
// evidence that has the labels of the standard scripts.
func Standard(seen run.Seen) []run.Finding {
	switch seen.Demand.Expect {
	case run.Revoke:
		return revoke(seen)
	case run.Refuse:
		return Refused(seen)
	case run.Either:
		return either(seen)
	case run.Observe: // nothing was sent
	}
	return nil
}

// faulty says why nothing can be said. Outside help that could not be given is
// nobody's fault.
func faulty(e run.Evidence, f run.Fault) run.Finding {
	for _, event := range e.Events {
		if event.Hook != nil && event.Hook.Error != "" {
			return run.Finding{
				Verdict: run.Inconclusive, Text: "the hook " + string(event.Hook.Name) + " could not be carried out: " + event.Hook.Error,
				Expected: "outside help, as configured in target.hooks", Actual: event.Hook.Error,
			}
		}
	}
	if f.By == run.ByHarness {
		return run.Finding{Verdict: run.HarnessError, Text: f.Text}
	}
	return run.Finding{Verdict: run.Inconclusive, Text: f.Text}
}

// Case puts the results of its variants together: the worst one is the case's.
func Case(c run.Case, variants []run.VariantResult) run.CaseResult {
	result := run.CaseResult{
		ID: c.ID, Group: c.Group(), Level: c.Level, Clauses: c.Clauses, Requires: c.Requires,
		Verdict: run.NotApplicable, Variants: variants,
	}
	for _, v := range variants {
		if v.Verdict.Worse(result.Verdict) {
			result.Verdict = v.Verdict
		}
	}
	result.Duration = run.Spent(variants)
	if worst := result.Worst(); worst != nil {
		if finding := worst.Finding(); finding != nil {
			result.Severity, result.Finding = finding.Severity, finding.Text
		}
	}
	return result
}

// Broken is the verdict on a rule of that level that was broken.
func Broken(level run.Level) run.Verdict {
	switch level {
	case run.Must:
		return run.Fail
	case run.Should, run.Hardening:
		return run.Warn
	case run.May:
		return run.Note
	}
	return run.Fail
}
