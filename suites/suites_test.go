package suites_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites"
)

// The specs of the catalogue, of the reference receiver or of the target that
// CONFORMANCE_CONFIG names.
func TestCatalogue(t *testing.T) {
	if file := os.Getenv("CONFORMANCE_CONFIG"); file != "" {
		suites.Register(suites.Load(file))
	} else {
		d, err := demo.Start(t.Context(), demo.Options{Profile: run.OIDC, Clock: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(d.Close)
		if err := (suites.Program{Config: d.Config, Listener: d.Issuer, Clock: time.Now}).Register(); err != nil {
			t.Fatal(err)
		}
	}
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.RunSpecs(t, "back-channel logout")
}

// The same specs inside an ordinary program, twice in one process, in the
// order of the catalogue, and failing when the target does.
func TestProgram(t *testing.T) {
	for _, tt := range []struct {
		defect string
		fails  []string
	}{
		{"", nil},
		{"nonce-allowed", []string{"clm-nonce-present", "clm-nonce-hollow"}},
	} {
		d, err := demo.Start(t.Context(), demo.Options{Profile: run.OIDC, Defect: tt.defect, Clock: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		var order, failed []string
		doc, err := suites.Program{
			Config: d.Config, Listener: d.Issuer, Clock: time.Now, OnResult: func(r run.CaseResult) { order = append(order, r.ID) },
		}.Run()
		d.Close()
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, c := range doc.Cases {
			ids = append(ids, c.ID)
			if c.Verdict == run.Fail {
				failed = append(failed, c.ID)
			}
		}
		if !slices.Equal(order, ids) {
			t.Errorf("results came as %v, the document has %v", order, ids)
		}
		if !slices.Equal(failed, tt.fails) {
			t.Errorf("failed: %v, want %v", failed, tt.fails)
		}
	}
}

func TestBeAcceptable(t *testing.T) {
	result := func(v run.Verdict) run.CaseResult {
		return run.CaseResult{ID: "x", Verdict: v, Variants: []run.VariantResult{{Slug: "a", Verdict: v}}}
	}
	for verdict, want := range map[run.Verdict][2]bool{
		run.Pass: {true, true}, run.Note: {true, true}, run.NotApplicable: {true, true}, run.Warn: {true, false},
		run.Fail: {}, run.Inconclusive: {}, run.HarnessError: {},
	} {
		for i, strict := range []bool{false, true} {
			if got, err := suites.BeAcceptable(strict).Match(result(verdict)); err != nil || got != want[i] {
				t.Errorf("%s, strict %v: %v, %v", verdict, strict, got, err)
			}
		}
	}
	failed := result(run.Fail)
	failed.Finding = "it ended"
	failed.Variants[0].Findings = []run.Finding{{Text: "the session ended", Expected: "alive", Actual: "dead", Cause: "no check"}}
	failed.Variants[0].Evidence.Events = []run.Event{{Session: "somebody", Label: "a label of the evidence"}}
	text := suites.BeAcceptable(false).FailureMessage(failed)
	for _, want := range []string{"x is fail: it ended", "x/a: the session ended", "expected: alive", "actual: dead", "likely cause: no check"} {
		if !strings.Contains(text, want) {
			t.Errorf("the failure lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "somebody") || strings.Contains(text, "a label") {
		t.Errorf("the failure shows evidence:\n%s", text)
	}
	if _, err := suites.BeAcceptable(false).Match(run.CaseResult{ID: "x", Verdict: run.Pass}); err == nil {
		t.Error("a result without evidence was judged")
	}
	if _, err := suites.BeAcceptable(false).Match("pass"); err == nil {
		t.Error("a string was judged")
	}
}

func TestMistakesInOptions(t *testing.T) {
	if _, err := (suites.Program{Options: suites.Options{Cases: []string{"no-such-case"}}}).Run(); err == nil {
		t.Error("a pattern without a match was taken")
	}
}
