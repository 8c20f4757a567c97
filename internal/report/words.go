package report

import (
	"fmt"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// marks are the signs of the verdicts; the shape tells them apart, not only
// the colour.
var marks = map[run.Verdict]string{
	run.Pass: "✓", run.Fail: "✗", run.Warn: "!", run.Note: "·",
	run.Inconclusive: "?", run.NotApplicable: "-", run.HarnessError: "E",
}

// mark is the sign of a verdict. One that this version does not know is drawn
// as a fault, so that it never reads as good.
func mark(v run.Verdict) string {
	if m, ok := marks[v]; ok {
		return m
	}
	return marks[run.HarnessError]
}

// titles are the groups of the catalogue in words.
var titles = map[string]string{
	"OK":   "Baselines that must work",
	"HDR":  "JOSE header",
	"SIG":  "Signature and key choice",
	"SER":  "Serialization, encoding and parsing",
	"JWE":  "Encrypted tokens",
	"CLM":  "Claims",
	"XJWT": "Cross-JWT confusion",
	"HTTP": "HTTP request",
	"RSP":  "Response",
	"SEM":  "Session semantics",
	"KEY":  "Key management",
}

// groupName is a group with its title.
func groupName(group string) string { return strings.TrimSpace(oneLine(group) + " " + titles[group]) }

// tally is how often a verdict was reached.
type tally struct {
	Verdict run.Verdict
	N       int
}

// tallies are the counts of a summary, in the order in which people ask.
func tallies(s run.Summary) []tally {
	return []tally{
		{run.Pass, s.Pass},
		{run.Fail, s.Fail},
		{run.Warn, s.Warn},
		{run.Note, s.Note},
		{run.Inconclusive, s.Inconclusive},
		{run.NotApplicable, s.NotApplicable},
		{run.HarnessError, s.HarnessError},
	}
}

// counts are the tallies as text. Passes and fails are named even when there
// are none.
func counts(s run.Summary) string {
	var parts []string
	for _, t := range tallies(s) {
		if t.N > 0 || t.Verdict == run.Pass || t.Verdict == run.Fail {
			parts = append(parts, fmt.Sprintf("%d %s", t.N, t.Verdict))
		}
	}
	return strings.Join(parts, ", ")
}

// unproved says why nothing that was seen proves anything; empty when the
// probe was proved.
func unproved(doc *run.Run) string {
	proof := doc.Observed.Proof
	switch {
	case proof == nil || proof.OK:
		return ""
	case proof.Problem == "":
		return "the probe was never proved"
	}
	return oneLine(proof.Problem)
}

// unprovedTitle is the headline over [unproved].
func unprovedTitle(doc *run.Run) string {
	switch {
	case doc.Interrupted:
		return "Interrupted before anything was judged"
	case doc.Observed.Proof.Unreachable:
		return "Nothing was judged: the target could not be reached"
	}
	return "Nothing was judged: logging in and probing do not work yet"
}

// conclusion says in a sentence whether the target is conformant, or else what
// was covered and what stands against it.
func conclusion(doc *run.Run, strict bool) string {
	s := doc.Summary
	var parts []string
	say := func(when bool, format string, args ...any) {
		if when {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	incomplete := 0
	for _, c := range doc.Cases {
		if c.Undecided() {
			incomplete++
		}
	}
	aimless := unproved(doc) != ""
	say(s.Conformant, "conformant to the %s profile", oneLine(string(doc.Profile)))
	say(doc.Interrupted, "interrupted after %s", span(doc.Duration))
	say(doc.Covers != "", "covers %s", oneLine(doc.Covers))
	stated := len(parts)
	say(aimless, "incomplete: nothing was judged")
	say(s.Fail > 0, "not conformant: %d fail", s.Fail)
	say(s.HarnessError > 0, "%s ended in a fault of the harness", count(s.HarnessError, "case", "cases"))
	say(incomplete > 0 && !aimless, "incomplete: %s inconclusive", count(incomplete, "MUST case", "MUST cases"))
	say(strict && s.Warn > 0, "%d warn, which --strict counts as broken", s.Warn)
	nothing := len(parts) == stated
	say(nothing && len(doc.Cases) == 0, "no case was run")
	say(nothing && len(doc.Cases) > 0 && s.Pass == 0, "no case passed, so nothing is proved")
	say(nothing && s.Pass > 0 && doc.Covers != "", "nothing stands against the target there")
	if len(parts) == 0 {
		return "not conformant: the run was not whole"
	}
	return strings.Join(parts, "; ")
}

// ExitMeaning says in words why the program ends with that exit code; empty
// for 0.
func ExitMeaning(code int) string {
	switch code {
	case 0:
		return ""
	case 1:
		return "a requirement is broken that is not a known failure, or a known failure no longer fails"
	case 2:
		return "the command line or the configuration is not right"
	case 3:
		return "incomplete: nothing to run, the target unreachable or not understood, or a MUST case inconclusive"
	case 4:
		return "the harness itself is at fault"
	case 130:
		return "interrupted; the reports hold what was seen until then"
	}
	return "not one of the exit codes of a run"
}
