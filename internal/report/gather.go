package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// A section is the cases of one group.
type section struct {
	Group string
	Cases []run.CaseResult
}

// sections puts cases together by group, in the order of their first case.
func sections(cases []run.CaseResult) []section {
	var out []section
	at := map[string]int{}
	for _, c := range cases {
		i, ok := at[c.Group]
		if !ok {
			i = len(out)
			at[c.Group] = i
			out = append(out, section{Group: c.Group})
		}
		out[i].Cases = append(out[i].Cases, c)
	}
	return out
}

// told is a finding with all variants of the case that it concerns.
type told struct {
	run.Finding
	Slugs []string
	// Actuals are what was seen, each with its variants.
	Actuals []actual
}

type actual struct {
	Text  string
	Slugs []string
}

// tell puts the findings of a case together, the worst first: one that
// concerns several variants is told once.
func tell(c run.CaseResult) []told {
	var out []told
	at := map[run.Finding]int{}
	for _, v := range c.Variants {
		for _, f := range v.Findings {
			key := f
			key.Actual, key.Breach = "", false
			i, ok := at[key]
			if !ok {
				i = len(out)
				at[key] = i
				out = append(out, told{Finding: f})
			}
			out[i].add(v.Slug, f.Actual)
		}
	}
	if len(out) == 0 && c.Finding != "" {
		out = append(out, told{Finding: run.Finding{Verdict: c.Verdict, Severity: c.Severity, Text: c.Finding}})
	}
	slices.SortStableFunc(out, func(a, b told) int { return a.Verdict.Compare(b.Verdict) })
	return out
}

func (t *told) add(slug, text string) {
	if !slices.Contains(t.Slugs, slug) {
		t.Slugs = append(t.Slugs, slug)
	}
	if text == "" {
		return
	}
	i := slices.IndexFunc(t.Actuals, func(a actual) bool { return a.Text == text })
	if i < 0 {
		i = len(t.Actuals)
		t.Actuals = append(t.Actuals, actual{Text: text})
	}
	t.Actuals[i].Slugs = append(t.Actuals[i].Slugs, slug)
}

// headline is a finding in a line: its verdict, its harm and what was found.
func (t told) headline() string {
	head := string(t.Verdict)
	if t.Severity != "" {
		head += " (" + string(t.Severity) + ")"
	}
	return oneLine(head + ": " + t.Text)
}

// A labelled text is one line of the details of a finding.
type labelled struct{ Label, Text string }

// maxActuals bounds how many different observations of one finding are listed.
const maxActuals = 4

// details are what a reader needs to see why it was found, in a case with so
// many variants; with 0 they are not named.
func (t told) details(variants int) []labelled {
	var out []labelled
	add := func(label, text string) {
		if text = oneLine(text); text != "" {
			out = append(out, labelled{label, text})
		}
	}
	add("Expected", t.Expected)
	for i, a := range t.Actuals {
		if i == maxActuals {
			add("Actual", fmt.Sprintf("and %d more", len(t.Actuals)-i))
			break
		}
		if len(t.Actuals) > 1 {
			a.Text += " [" + strings.Join(a.Slugs, ", ") + "]"
		}
		add("Actual", a.Text)
	}
	add("Cause", t.Cause)
	if variants > 0 {
		add(variantLabel(t.Slugs), concerned(t.Slugs, variants))
	}
	return out
}

func variantLabel(slugs []string) string {
	if len(slugs) == 1 {
		return "Variant"
	}
	return "Variants"
}

// concerned lists variants, and says how many of all they are.
func concerned(slugs []string, all int) string {
	switch list := strings.Join(slugs, ", "); {
	case len(slugs) == 0 || all <= 1:
		return list
	case len(slugs) == all:
		return fmt.Sprintf("%s (all %d)", list, all)
	default:
		return fmt.Sprintf("%s (%d of %d)", list, len(slugs), all)
	}
}

// demanded is the level of a case with the clauses it rests on. A fail of what
// is no MUST broke a rule that holds in every case, such as that nobody else is
// logged out.
func (t told) demanded(c run.CaseResult) string {
	level := c.Level
	for _, v := range c.Variants {
		if slices.Contains(t.Slugs, v.Slug) && v.Level != "" {
			level = v.Level
			break
		}
	}
	text := string(level)
	if len(c.Clauses) > 0 {
		text += ", by " + strings.Join(c.Clauses, ", ")
	}
	if t.Verdict == run.Fail && level != run.Must {
		text = "MUST, as in every case (this one is " + text + ")"
	}
	return oneLine(text)
}

// reason is why a case could not be judged, or does not apply; empty for every
// other verdict.
func reason(c run.CaseResult) string {
	if c.Verdict != run.Inconclusive && c.Verdict != run.NotApplicable {
		return ""
	}
	var texts []string
	for _, t := range tell(c) {
		if text := oneLine(t.Text); t.Verdict == c.Verdict && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}

// deadBaselines are the baselines on which nothing can rest.
func deadBaselines(doc *run.Run) []run.CaseResult {
	var out []run.CaseResult
	for _, c := range doc.Cases {
		bad := c.Verdict == run.Fail || c.Verdict == run.Inconclusive || c.Verdict == run.HarnessError
		if fixtures.Base(c.ID).Known() && bad {
			out = append(out, c)
		}
	}
	return out
}
