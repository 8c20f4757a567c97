package report

import (
	"fmt"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// few is how many cases without a judgement are still drawn one by one.
const few = 3

// finish draws the end of a run.
func (c *Console) finish(v *canvas, doc *run.Run, exit int, reports []string) {
	problem := unproved(doc)
	if problem == "" && len(c.held) <= few {
		c.release(v)
	}
	c.unfold(v)
	if problem != "" {
		v.blank()
		v.line(unprovedTitle(doc), alarm, piece{"  " + mark(run.Fail) + " ", alarm})
		v.line(problem, bold, piece{"    ", plain})
		if c.o.Verbose {
			for _, e := range doc.Observed.Proof.Events {
				v.line(toldEvent(e), dim, piece{"      ", plain})
			}
		}
	}
	if len(c.held) > 0 {
		v.blank()
		c.heldBack(v, problem)
	}
	if problem == "" {
		c.baselines(v, deadBaselines(doc))
	}
	v.blank()
	v.line(counts(doc.Summary)+" in "+span(doc.Duration), bold)
	v.line(sentence(conclusion(doc, c.o.Strict)), c.mood(doc))
	for i, path := range reports {
		label := ""
		if i == 0 {
			label = "Reports"
		}
		v.line(path, plain, piece{pad(label, labelWidth), dim})
	}
	if c.folding && !c.o.Verbose {
		v.line("Passes are only counted above, and notes cut short: -v and the reports have all of it.", dim)
	}
	if meaning := ExitMeaning(exit); meaning != "" {
		v.line(meaning, plain, piece{fmt.Sprintf("Exit code %d: ", exit), bold})
	}
}

// mood is the colour of the conclusion.
func (c *Console) mood(doc *run.Run) style {
	s := doc.Summary
	switch {
	case s.Fail > 0 || s.HarnessError > 0 || c.o.Strict && s.Warn > 0:
		return alarm
	case s.Conformant:
		return green
	}
	return yellow
}

// baselines says which of them failed, and each likely cause once.
func (c *Console) baselines(v *canvas, dead []run.CaseResult) {
	if len(dead) == 0 {
		return
	}
	v.blank()
	v.line("Failed baselines: refusals that rest on them prove nothing", alarm)
	told := map[string]bool{}
	for _, result := range dead {
		v.line(result.Finding, plain, piece{"  " + mark(result.Verdict) + " ", c.shade(result.Verdict)},
			piece{pad(oneLine(result.ID), idWidth-1) + " ", plain})
		for _, t := range tell(result) {
			if cause := oneLine(t.Cause); cause != "" && !told[cause] {
				told[cause] = true
				v.line(cause, plain, piece{"    " + pad("Cause", labelWidth), dim})
			}
		}
	}
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
