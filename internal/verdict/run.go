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
		if s.First != nil {
			result.First = s.First
			if result.Verdict == run.Pass {
				result.Verdict = run.Note
				result.Findings = append(result.Findings, run.Finding{
					Verdict: run.Note, Text: "what was seen beside other exchanges was not seen again alone",
				})
			}
		}
		results = append(results, result)
	}
	return Case(c, results)
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
		}
	}
	return context
}

func lookup(catalogue []run.Case, id string) (run.Case, bool) {
	i := slices.IndexFunc(catalogue, func(c run.Case) bool { return c.ID == id })
	if i < 0 {
		return run.Case{}, false
	}
	return catalogue[i], true
}
