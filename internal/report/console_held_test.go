package report

import (
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

// console is what a console shows of a document.
func console(t *testing.T, doc *run.Run, o ConsoleOptions) string {
	t.Helper()
	var out strings.Builder
	c := NewConsole(&out, o)
	c.End(doc, 0, nil)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestHeldCasesAreDrawnOnceSomethingIsShown: what was held back comes in its
// place as soon as a case says more than "could not tell".
func TestHeldCasesAreDrawnOnceSomethingIsShown(t *testing.T) {
	got := console(t, document("",
		judged("ok-sub-sid", "OK", run.Must, "one", inconclusive("throttled")),
		judged("ok-sid-only", "OK", run.Must, "two", inconclusive("throttled")),
		judged("clm-exp-past", "CLM", run.Must, "three", variant("day"))), ConsoleOptions{})
	at := -1
	for _, want := range []string{
		"OK  Baselines", "? ok-sub-sid", "inconclusive: throttled", "? ok-sid-only",
		"inconclusive, for the same reason as ok-sub-sid", "CLM  Claims", "✓ clm-exp-past", "Failed baselines",
	} {
		next := strings.Index(got, want)
		if next <= at {
			t.Fatalf("%q is missing or comes too early in:\n%s", want, got)
		}
		at = next
	}
}

// TestFewHeldCasesAreDrawn: a handful of cases is not worth a summary.
func TestFewHeldCasesAreDrawn(t *testing.T) {
	got := console(t, document("1 of 44 cases (--case clm-a)",
		judged("clm-a", "CLM", run.Must, "one", inconclusive("throttled"), inconclusive("throttled"))), ConsoleOptions{})
	for _, want := range []string{"? clm-a", "Actual    429", "Variant", "only"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}

func TestWhyNothingWasJudged(t *testing.T) {
	doc := unprovedDoc()
	doc.Observed.Proof = &run.Proof{Unreachable: true, Problem: "no answer at \x1b[2Jhttp://127.0.0.1:3000/"}
	if got := console(t, doc, ConsoleOptions{}); !strings.Contains(got, "the target could not be reached") || !strings.Contains(got, "at ·[2Jhttp") {
		t.Errorf("an unreachable target is drawn as\n%s", got)
	}
	doc.Interrupted, doc.Observed.Proof = true, &run.Proof{}
	if got := console(t, doc, ConsoleOptions{}); !strings.Contains(got, "Interrupted before") || !strings.Contains(got, "never proved") {
		t.Errorf("an early interruption is drawn as\n%s", got)
	}
	if got := console(t, unprovedDoc(), ConsoleOptions{Verbose: true}); !strings.Contains(got, "probe alice-1 (anonymous): alive") {
		t.Errorf("the trial of the probe is missing in\n%s", got)
	}
}

// TestStrictShowsWarningsAsBroken: the colour and the conclusion say so.
func TestStrictShowsWarningsAsBroken(t *testing.T) {
	doc := document("", judged("clm-a", "CLM", run.Should, "one",
		variant("x", run.Finding{Verdict: run.Warn, Text: "bad", Actual: "1"}),
		variant("y", run.Finding{Verdict: run.Warn, Text: "bad", Actual: "2"})),
		judged("clm-b", "CLM", run.Must, "two", variant("z")),
		run.CaseResult{ID: "clm-c", Group: "CLM", Requires: "three", Verdict: "splendid", Finding: "odd"})
	got := console(t, doc, ConsoleOptions{Color: true, Strict: true})
	for _, want := range []string{"\x1b[31m  ! ", "\x1b[1;31mConformant", "1 [x]", "2 [y]", "x, y (all 2)", "\x1b[1;31m  E \x1b[0mclm-c", "splendid: odd"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%q", want, got)
		}
	}
}

// TestLongNamesLeaveRoom: text that has no room beside its head stands below.
func TestLongNamesLeaveRoom(t *testing.T) {
	got := console(t, document("", judged(strings.Repeat("long-", 12), "CLM", run.Must, "the requirement", variant("z"))),
		ConsoleOptions{Width: leastWidth})
	if !strings.Contains(got, "-long- \n          the requirement\n") {
		t.Errorf("drawn as\n%s", got)
	}
}
