package report

import (
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// many is from how many cases on a console tells only what is worth reading:
// passes are counted, what does not apply is told by its reason, and a note
// takes one line. The reports have everything.
const many = 60

// A fold is what a group holds that is told at its end.
type fold struct {
	passed  int
	skipped []sameReason
}

// sameReason are cases of which the same is to be said.
type sameReason struct {
	why   string
	cases []run.CaseResult
}

// byReason adds a case to those of its reason.
func byReason(all []sameReason, why string, c run.CaseResult) []sameReason {
	i := slices.IndexFunc(all, func(s sameReason) bool { return s.why == why })
	if i < 0 {
		i = len(all)
		all = append(all, sameReason{why: why})
	}
	all[i].cases = append(all[i].cases, c)
	return all
}

// folds takes a case that needs no lines of its own, and draws one that is
// noted in short.
func (c *Console) folds(v *canvas, result run.CaseResult) bool {
	if !c.folding || c.o.Verbose {
		return false
	}
	switch result.Verdict {
	case run.Pass:
		c.fold.passed++
	case run.NotApplicable:
		c.fold.skipped = byReason(c.fold.skipped, reason(result), result)
	case run.Note:
		c.notes(v, result)
	case run.Fail, run.Warn, run.Inconclusive, run.HarnessError:
		return false
	default:
		return false
	}
	return true
}

// notes draws what is noted of a case, each note in a line.
func (c *Console) notes(v *canvas, result run.CaseResult) {
	sign, id := mark(result.Verdict), oneLine(result.ID)
	for _, t := range tell(result) {
		if t.Verdict != run.Note {
			continue
		}
		t.Text = strings.TrimSuffix(t.Text, ", which is allowed") // the sign says so
		v.line(cut(oneLine(noted(t, len(result.Variants))), c.o.Width-idWidth-4), plain,
			piece{"  " + sign + " ", c.shade(run.Note)}, piece{pad(id, idWidth-1) + " ", plain})
		sign, id = " ", ""
	}
}

// unfold ends a group: it tells what was not told case by case.
func (c *Console) unfold(v *canvas) {
	f := c.fold
	c.fold = fold{}
	for _, s := range f.skipped {
		which := s.cases[0].ID
		if n := len(s.cases); n > 1 {
			which = count(n, "case", "cases")
		}
		v.line(cut(oneLine(which+" not applicable: "+s.why), c.o.Width-4), dim, piece{"  " + mark(run.NotApplicable) + " ", dim})
	}
	if f.passed > 0 {
		v.line(count(f.passed, "case passes", "cases pass"), plain, piece{"  " + mark(run.Pass) + " ", c.shade(run.Pass)})
	}
}
