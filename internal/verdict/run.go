package verdict

import (
	"fmt"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// Run judges a whole document from its evidence: every verdict, the results of
// cases and the summary are made anew. Cases are looked up in the catalogue;
// one that is not there keeps what it has, and is named in the error.
func Run(doc *run.Run, catalogue []run.Case) error {
	context := Context(doc, catalogue)
	var unknown error
	for i, stored := range doc.Cases {
		c, ok := lookup(catalogue, stored.ID)
		if !ok {
			unknown = fmt.Errorf("the case %s is not in this catalogue: judge the run with the version that made it", stored.ID)
			continue
		}
		doc.Cases[i] = Judged(c, stored, context)
		doc.Cases[i].Implied = stored.Implied
	}
	doc.Summary = run.Summarize(doc.Cases, doc.Covers == "" && !doc.Interrupted)
	return unknown
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
			if i == 0 && IsBaseline(c.ID) {
				context.Baselines[c.ID] = Baseline(c, s.Evidence)
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
