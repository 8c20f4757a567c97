package run

import (
	"slices"
	"time"
)

// Schema is the version of the run document.
const Schema = "run/v1"

// A Run is the one document that holds a whole run: target, terms, cases,
// evidence and verdicts. It can be judged again without the target.
type Run struct {
	Schema   string    `json:"schema"`
	Tool     Tool      `json:"tool"`
	Profile  Profile   `json:"profile"`
	Target   Target    `json:"target"`
	Started  time.Time `json:"started"`
	Duration Millis    `json:"duration_ms"`
	// Terms are what the verdicts were reached under.
	Terms    Terms    `json:"terms"`
	Observed Observed `json:"observed"`
	// Covers says what was selected; empty for a whole profile.
	Covers string `json:"covers,omitempty"`
	// Interrupted: the run was stopped before its end.
	Interrupted bool         `json:"interrupted,omitempty"`
	Summary     Summary      `json:"summary"`
	Cases       []CaseResult `json:"cases"`
}

// Tool is what made the document.
type Tool struct {
	Version   string `json:"version"`
	Catalogue string `json:"catalogue"`
}

// Target is who was tested.
type Target struct {
	Name      string `json:"name"`
	LogoutURL string `json:"logout_url,omitempty"`
	Issuer    string `json:"issuer,omitempty"`
}

// Summary counts the verdicts of the cases.
type Summary struct {
	// Conformant is said only of a whole profile without a fail, an
	// inconclusive MUST or a fault of the harness.
	Conformant    bool `json:"conformant"`
	Pass          int  `json:"pass"`
	Fail          int  `json:"fail"`
	Warn          int  `json:"warn"`
	Note          int  `json:"note"`
	Inconclusive  int  `json:"inconclusive"`
	NotApplicable int  `json:"not_applicable"`
	HarnessError  int  `json:"harness_error"`
}

// CaseResult is what came of a case: the worst of its variants.
type CaseResult struct {
	ID       string          `json:"id"`
	Group    string          `json:"group"`
	Level    Level           `json:"level"`
	Clauses  []string        `json:"clauses"`
	Requires string          `json:"requires"`
	Verdict  Verdict         `json:"verdict"`
	Severity Severity        `json:"severity,omitempty"`
	Finding  string          `json:"finding,omitempty"`
	Duration Millis          `json:"duration_ms"`
	Variants []VariantResult `json:"variants"`
	// Implied: not selected, and run because a selected case rests on it.
	Implied bool `json:"implied,omitempty"`
}

// VariantResult is what came of a variant.
type VariantResult struct {
	Slug    string  `json:"slug"`
	Verdict Verdict `json:"verdict"`
	Expect  Expect  `json:"expect"`
	Level   Level   `json:"level"`
	// Findings are all that the judges said, the worst first.
	Findings []Finding `json:"findings,omitempty"`
	// Evidence is what the verdict rests on.
	Evidence Evidence `json:"evidence,omitzero"`
	// First is the evidence of an exchange whose breach was repeated alone.
	First *Evidence `json:"first,omitempty"`
}

// Finding is the one to be told first; nil when there is none.
func (v VariantResult) Finding() *Finding {
	if len(v.Findings) == 0 {
		return nil
	}
	return &v.Findings[0]
}

// Worst gives the variant that the verdict of the case comes from; nil for a
// case without variants.
func (c CaseResult) Worst() *VariantResult {
	for i := range c.Variants {
		if c.Variants[i].Verdict == c.Verdict {
			return &c.Variants[i]
		}
	}
	return nil
}

// Undecided reports whether something that had to be told could not be: a
// variant of level MUST is inconclusive.
func (c CaseResult) Undecided() bool {
	return slices.ContainsFunc(c.Variants, func(v VariantResult) bool {
		return v.Verdict == Inconclusive && v.Level == Must
	})
}

// Spent is how long the exchanges of the variants took. Variants that shared an
// exchange began at the same time, and count once.
func Spent(variants []VariantResult) Millis {
	var sum Millis
	for i, v := range variants {
		same := func(w VariantResult) bool { return w.Evidence.Started.Equal(v.Evidence.Started) }
		if slices.ContainsFunc(variants[:i], same) {
			continue
		}
		longest := v.Evidence.Duration
		for _, w := range variants[i+1:] {
			if same(w) {
				longest = max(longest, w.Evidence.Duration)
			}
		}
		sum += longest
	}
	return sum
}

// Acceptable reports whether a case does not stand against the target: under
// strict rules a warning does.
func (c CaseResult) Acceptable(strict bool) bool {
	switch c.Verdict {
	case Pass, Note, NotApplicable:
		return true
	case Warn:
		return !strict
	case Fail, Inconclusive, HarnessError:
		return false
	}
	return false
}

// Summarize counts the verdicts. whole says that every case of the profile was
// selected.
func Summarize(cases []CaseResult, whole bool) Summary {
	var s Summary
	conformant := whole && len(cases) > 0
	for _, c := range cases {
		switch c.Verdict {
		case Pass:
			s.Pass++
		case Fail:
			s.Fail++
			conformant = false
		case Warn:
			s.Warn++
		case Note:
			s.Note++
		case Inconclusive:
			s.Inconclusive++
			conformant = conformant && !c.Undecided()
		case NotApplicable:
			s.NotApplicable++
		case HarnessError:
			s.HarnessError++
			conformant = false
		}
	}
	s.Conformant = conformant && s.Pass > 0
	return s
}
