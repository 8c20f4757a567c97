package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

// manyCases are a run of a size at which the console folds: what passes, what
// does not apply for two reasons, what is noted, and one breach.
func manyCases() *run.Run {
	var all []run.CaseResult
	for i := range many {
		all = append(all, judged(fmt.Sprintf("hdr-good-%d", i), "HDR", run.Must, "something", variant("x")))
	}
	long := strings.Repeat("a very long note ", 20)
	return document("", append(all,
		judged("hdr-odd", "HDR", run.Must, "something odd",
			variant("x", run.Finding{Verdict: run.Note, Text: "it was refused, which is allowed", Actual: "400"}),
			variant("y", run.Finding{Verdict: run.Note, Text: long})),
		judged("hdr-bad", "HDR", run.Must, "something bad", variant("x", run.Finding{Verdict: run.Fail, Text: "it ended the session"})),
		judged("hdr-not", "HDR", run.Must, "something else", notApplicable("x", "the target knows no sid")),
		judged("clm-not", "CLM", run.Must, "something else", notApplicable("x", "the target knows no sid")),
		judged("clm-neither", "CLM", run.Must, "something else", notApplicable("x", "the target knows no sid")),
		judged("clm-nor", "CLM", run.Must, "something else", notApplicable("x", "the target verifies with public keys")),
		judged("clm-good", "CLM", run.Must, "something else", variant("x")),
	)...)
}

func TestManyCasesAreFolded(t *testing.T) {
	var out strings.Builder
	if err := drawn(&out, manyCases(), ConsoleOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	at := -1
	for _, want := range []string{
		"HDR  JOSE header\n",
		"  · hdr-odd                        it was refused; seen: 400 [x (1 of 2)]\n",
		"                                   a very long note",
		"  ✗ hdr-bad                        something bad\n",
		"  - hdr-not not applicable: the target knows no sid\n",
		fmt.Sprintf("  ✓ %d cases pass\n\nCLM  Claims\n", many),
		"  - 2 cases not applicable: the target knows no sid\n",
		"  - clm-nor not applicable: the target verifies with public keys\n",
		"  ✓ 1 case passes\n\n61 pass, 1 fail",
		"only counted",
	} {
		next := strings.Index(got, want)
		if next <= at {
			t.Fatalf("%q is missing or comes too early in:\n%s", want, got)
		}
		at = next
	}
	if strings.Contains(got, "hdr-good-1") || strings.Count(got, "a very long note") > 3 {
		t.Errorf("passes or a long note are drawn in full:\n%s", got)
	}
}

// TestVerboseFoldsNothing: who asks for more gets every case.
func TestVerboseFoldsNothing(t *testing.T) {
	var out strings.Builder
	if err := drawn(&out, manyCases(), ConsoleOptions{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"✓ hdr-good-0 ", "✓ hdr-good-59 ", "- clm-neither", "which is allowed"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(out.String(), "only counted") {
		t.Error("it says that passes are only counted")
	}
}
