package report

import (
	"fmt"

	"github.com/loggedout/loggedout/internal/run"
)

const (
	idWidth    = 31 // the longest id of the corpus, and a space
	labelWidth = 10
	blockLeft  = "      "
)

// shades are the colours of the verdicts.
var shades = map[run.Verdict]style{
	run.Pass: green, run.Fail: red, run.Warn: yellow, run.Note: cyan,
	run.Inconclusive: magenta, run.NotApplicable: dim, run.HarnessError: alarm,
}

func (c *Console) shade(v run.Verdict) style {
	if v == run.Warn && c.o.Strict {
		return red
	}
	if s, ok := shades[v]; ok {
		return s
	}
	return alarm
}

// take draws a case, or holds it back as long as no case has shown anything.
func (c *Console) take(v *canvas, result run.CaseResult) {
	if c.drawn[result.ID] {
		return
	}
	c.drawn[result.ID] = true
	if c.holding && (result.Verdict == run.Inconclusive || result.Verdict == run.NotApplicable) {
		c.held = append(c.held, result)
		return
	}
	c.release(v)
	c.draw(v, result)
}

// release draws what was held back.
func (c *Console) release(v *canvas) {
	held := c.held
	c.held, c.holding = nil, false
	for _, result := range held {
		c.draw(v, result)
	}
}

// draw draws a case: a line, and below it what was found.
func (c *Console) draw(v *canvas, result run.CaseResult) {
	if result.Group != c.group {
		c.unfold(v)
		c.group = result.Group
		v.blank()
		v.line(titles[result.Group], bold, piece{result.Group + "  ", bold})
	}
	if c.folds(v, result) {
		return
	}
	requires, as, remark := result.Requires, plain, ""
	if result.Implied {
		remark = " (not selected itself)"
	}
	why := reason(result)
	if result.Verdict == run.NotApplicable {
		as = dim
		if why != "" {
			requires = "not applicable: " + why
		}
	}
	if result.Verdict == run.Pass || result.Verdict == run.NotApplicable {
		requires = cut(oneLine(requires), c.o.Width-idWidth-4-len(remark)) // one line is enough where nothing was found
	}
	v.line(requires+remark, as, piece{"  " + mark(result.Verdict) + " ", c.shade(result.Verdict)},
		piece{pad(oneLine(result.ID), idWidth-1) + " ", as})
	switch first, again := c.reasons[why]; {
	case result.Verdict == run.NotApplicable:
	case result.Verdict == run.Inconclusive && why != "" && again:
		v.line("inconclusive, for the same reason as "+first, dim, piece{blockLeft, plain})
	default:
		if result.Verdict == run.Inconclusive && why != "" {
			c.reasons[why] = result.ID
		}
		c.findings(v, result)
	}
	if c.o.Verbose {
		c.variants(v, result)
	}
}

// findings draws all that was found in a case; a note takes one line.
func (c *Console) findings(v *canvas, result run.CaseResult) {
	required := false
	for _, t := range tell(result) {
		switch t.Verdict {
		case run.Pass, run.NotApplicable:
			continue
		case run.Note:
			v.line(noted(t, len(result.Variants)), plain, piece{blockLeft + "note: ", c.shade(t.Verdict)})
			continue
		case run.Fail, run.Warn, run.Inconclusive, run.HarnessError:
		}
		v.line(t.headline(), c.shade(t.Verdict), piece{blockLeft, plain})
		details := t.details(len(result.Variants))
		if !required {
			details = append([]labelled{{"Required", t.demanded(result)}}, details...)
			required = true
		}
		for _, d := range details {
			v.line(d.Text, plain, piece{blockLeft + "  " + pad(d.Label, labelWidth), dim})
		}
	}
}

// noted is a note in a line.
func noted(t told, variants int) string {
	text := t.Text
	if len(t.Actuals) == 1 {
		text += "; seen: " + t.Actuals[0].Text
	}
	if variants > 1 && len(t.Slugs) > 0 {
		text += " [" + concerned(t.Slugs, variants) + "]"
	}
	return text
}

// variants draws each variant of a case in a line.
func (c *Console) variants(v *canvas, result run.CaseResult) {
	for _, each := range result.Variants {
		text := fmt.Sprintf("%s, in %s", each.Verdict, span(each.Evidence.Duration))
		if each.First != nil {
			text += ", repeated alone"
		}
		v.line(text, dim, piece{blockLeft + mark(each.Verdict) + " ", c.shade(each.Verdict)},
			piece{pad(oneLine(each.Slug), idWidth-5) + " ", dim})
	}
}

// maxNamed bounds how many cases of one reason are named.
const maxNamed = 12

// heldBack draws cases that all could not be judged: each reason once.
func (c *Console) heldBack(v *canvas, problem string) {
	var reasons []sameReason
	for _, result := range c.held {
		if result.Verdict == run.Inconclusive {
			reasons = byReason(reasons, reason(result), result)
		}
	}
	for _, r := range reasons {
		text := count(len(r.cases), "case is", "cases are") + " inconclusive: "
		known := problem != "" && r.why == problem
		if known {
			text += "the problem above"
		} else {
			text += r.why
		}
		v.line(text, plain, piece{"  " + mark(run.Inconclusive) + " ", c.shade(run.Inconclusive)})
		if known {
			continue
		}
		if first := tell(r.cases[0]); len(first) > 0 {
			for _, d := range first[0].details(0) {
				v.line(d.Text, plain, piece{"    " + pad(d.Label, labelWidth), dim})
			}
		}
		v.line(named(r.cases), dim, piece{"    " + pad("Cases", labelWidth), dim})
	}
}

// named lists the first ids of cases.
func named(cases []run.CaseResult) string {
	text := ""
	for i, c := range cases {
		switch {
		case i == maxNamed:
			return text + fmt.Sprintf(" and %d more", len(cases)-i)
		case i > 0:
			text += ", "
		}
		text += c.ID
	}
	return text
}
