package report

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/loggedout/loggedout/internal/run"
)

// junit draws a document and reads it back.
func junit(t *testing.T, doc *run.Run, list ...Option) junitSuites {
	t.Helper()
	var text strings.Builder
	if err := WriteJUnit(&text, doc, list...); err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(strings.NewReader(text.String()))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, text.String())
		}
	}
	if strings.ContainsFunc(text.String(), func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Error("control characters in the XML")
	}
	var all junitSuites
	if err := xml.Unmarshal([]byte(text.String()), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestJUnitCountsAreRight(t *testing.T) {
	for name, document := range documents {
		doc := document()
		all := junit(t, doc)
		var sum, seen junitSuites
		for _, suite := range all.Suites {
			sum.Tests += suite.Tests
			sum.Failures += suite.Failures
			sum.Errors += suite.Errors
			sum.Skipped += suite.Skipped
			if suite.Tests != len(suite.Cases) {
				t.Errorf("%s: %s counts %d tests and has %d", name, suite.Name, suite.Tests, len(suite.Cases))
			}
			for _, c := range suite.Cases {
				for outcome, n := range map[*junitProblem]*int{c.Failure: &seen.Failures, c.Error: &seen.Errors, c.Skipped: &seen.Skipped} {
					if outcome != nil {
						*n++
					}
				}
			}
		}
		s := doc.Summary
		for what, n := range map[string][4]int{
			"tests":    {all.Tests, sum.Tests, len(doc.Cases), len(doc.Cases)},
			"failures": {all.Failures, sum.Failures, seen.Failures, s.Fail},
			"errors":   {all.Errors, sum.Errors, seen.Errors, s.Inconclusive + s.HarnessError},
			"skipped":  {all.Skipped, sum.Skipped, seen.Skipped, s.NotApplicable},
		} {
			if n[0] != n[1] || n[1] != n[2] || n[2] != n[3] {
				t.Errorf("%s: %s: %d in all, %d over the suites, %d elements, %d in the summary", name, what, n[0], n[1], n[2], n[3])
			}
		}
	}
}

func TestJUnitCase(t *testing.T) {
	find := func(all junitSuites, id string) junitCase {
		for _, suite := range all.Suites {
			for _, c := range suite.Cases {
				if c.Name == id {
					return c
				}
			}
		}
		t.Fatalf("no testcase %s", id)
		return junitCase{}
	}
	all := junit(t, mixedDoc())
	breach := find(all, "clm-exp-past")
	if breach.Classname != "loggedout.oidc.CLM" || breach.Failure == nil || breach.Failure.Type != "security" ||
		breach.Failure.Message != "an expired token ended the session" || !strings.Contains(string(breach.Failure.Text), "Variants: day, hour (2 of 3)") {
		t.Errorf("the breach is drawn as %+v", breach)
	}
	if seconds, err := strconv.ParseFloat(breach.Time, 64); err != nil || seconds != 0.124 { // 3 × 41.25 ms
		t.Errorf("the time is %q", breach.Time)
	}
	if warned := find(all, "clm-iat-missing"); warned.Failure != nil || !strings.Contains(string(warned.SystemOut), "server error") {
		t.Errorf("the warning is drawn as %+v", warned)
	}
	if skipped := find(all, "clm-sid-empty"); skipped.Skipped == nil || skipped.Skipped.Message != "the target knows no sid" {
		t.Errorf("what does not apply is drawn as %+v", skipped)
	}
	if implied := find(all, "ok-sub-sid"); !strings.Contains(string(implied.SystemOut), "not selected") {
		t.Errorf("the implied case is drawn as %+v", implied)
	}
	if fault := find(all, "sem-late"); fault.Error == nil || fault.Error.Type != "harness-error" {
		t.Errorf("our own fault is drawn as %+v", fault)
	}
	strict := junit(t, mixedDoc(), Strict(true))
	if warned := find(strict, "clm-iat-missing"); warned.Failure == nil || strict.Failures != all.Failures+1 {
		t.Errorf("under strict rules the warning is drawn as %+v", warned)
	}
	unknown := junit(t, document("", run.CaseResult{ID: "clm-x", Group: "CLM", Verdict: "splendid"}))
	if unknown.Errors != 1 {
		t.Error("a verdict that nobody knows passes")
	}
}
