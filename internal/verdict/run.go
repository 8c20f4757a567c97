package verdict

import (
	"fmt"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// Known says which case or variant of a stored document is not in the
// catalogue, so that it cannot be judged; nil when all are.
func Known(doc *run.Run, catalogue []run.Case) error {
	for _, stored := range doc.Cases {
		c, ok := lookup(catalogue, stored.ID)
		for _, s := range stored.Variants {
			ok = ok && slices.ContainsFunc(c.Variants, func(v run.Variant) bool { return v.Slug == s.Slug })
		}
		if !ok {
			return fmt.Errorf("the case %s is not, or not with these variants, in this catalogue: judge the run with the version that made it, %s (catalogue %s)",
				stored.ID, doc.Tool.Version, doc.Tool.Catalogue)
		}
	}
	return nil
}

// Run judges a whole document from its evidence: every verdict, the results of
// cases and the summary are made anew. A case that is not in the catalogue
// keeps what it has; see [Known].
func Run(doc *run.Run, catalogue []run.Case) {
	context := Context(doc, catalogue)
	for i, stored := range doc.Cases {
		c, ok := lookup(catalogue, stored.ID)
		if !ok {
			continue
		}
		doc.Cases[i] = Judged(c, stored, context)
		doc.Cases[i].Implied = stored.Implied
	}
	doc.Summary = run.Summarize(doc.Cases, doc.Covers == "" && !doc.Interrupted)
}

// Judged judges one case from its stored evidence.
func Judged(c run.Case, stored run.CaseResult, context run.Context) run.CaseResult {
	var results []run.VariantResult
	for _, s := range stored.Variants {
		i := slices.IndexFunc(c.Variants, func(v run.Variant) bool { return v.Slug == s.Slug })
		if i < 0 {
			continue
		}
		v := c.Variants[i]
		result := Variant(run.Seen{
			Case: c, Variant: v, Demand: c.Demand(v, context.Terms), Evidence: s.Evidence, Context: context,
		})
		result.First = s.First
		results = append(results, unconfirmed(result, context))
	}
	return Case(c, results)
}

// unconfirmed weighs a breach that was not seen again alone. Another token that
// ends everybody's sessions explains it; otherwise nobody can tell.
func unconfirmed(result run.VariantResult, context run.Context) run.VariantResult {
	breach := slices.ContainsFunc(result.Findings, func(f run.Finding) bool { return f.Breach })
	var finding run.Finding
	switch {
	case breach && result.First == nil && context.Observed.LockedOut:
		finding = run.Finding{Verdict: run.Inconclusive, Text: "a breach could not be repeated alone: the target locked the sender out after many bad tokens"}
		result.Findings = nil
	case result.First == nil || result.First.Fault != nil || breach || result.Evidence.Fault != nil:
		return result
	case context.Wildcard:
		finding = run.Finding{Verdict: run.Note, Text: "what was seen beside other exchanges was not seen again alone: another token ends everybody's sessions"}
	default:
		finding = run.Finding{Verdict: run.Inconclusive, Text: "a breach was seen once, beside other exchanges, and not again alone"}
	}
	result.Findings = append(result.Findings, finding)
	slices.SortStableFunc(result.Findings, worstFirst)
	result.Verdict = result.Findings[0].Verdict
	return result
}

// Context gathers what judges may know beside the evidence of one variant.
func Context(doc *run.Run, catalogue []run.Case) run.Context {
	context := run.Context{Terms: doc.Terms, Observed: doc.Observed, Baselines: map[string]run.Baseline{}}
	for _, stored := range doc.Cases {
		c, ok := lookup(catalogue, stored.ID)
		if !ok {
			continue
		}
		for i, s := range stored.Variants {
			at := slices.IndexFunc(c.Variants, func(v run.Variant) bool { return v.Slug == s.Slug })
			if at < 0 || s.Evidence.Started.IsZero() {
				continue
			}
			v := c.Variants[at]
			demand := c.Demand(v, doc.Terms)
			if demand.NotApplicable != "" {
				continue
			}
			if i == 0 && c.Baseline() {
				context.Baselines[c.ID] = Baseline(s.Evidence)
			}
			context.Others = append(context.Others, run.Other{Case: c, Variant: v, Demand: demand, Evidence: s.Evidence})
			context.LongestDeath = max(context.LongestDeath, longestDeath(s.Evidence))
			context.Wildcard = context.Wildcard || s.First != nil && OthersDied(s.Evidence)
		}
	}
	return context
}

// longestDeath is the longest time that a session took to die after an answer.
func longestDeath(e run.Evidence) run.Millis {
	var longest run.Millis
	for _, event := range e.Events {
		if event.Probe != nil && event.Probe.State == run.Dead {
			longest = max(longest, event.Probe.After)
		}
	}
	return longest
}

// OthersDied reports whether the bystander's session ended in an exchange.
func OthersDied(e run.Evidence) bool {
	before, after := e.LastProbe(run.Bystander, run.Before), e.LastProbe(run.Bystander, run.After)
	return before != nil && after != nil && before.State == run.Alive && after.State == run.Dead
}

func lookup(catalogue []run.Case, id string) (run.Case, bool) {
	i := slices.IndexFunc(catalogue, func(c run.Case) bool { return c.ID == id })
	if i < 0 {
		return run.Case{}, false
	}
	return catalogue[i], true
}
