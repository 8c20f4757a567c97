package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// maxRows bounds the table of findings: a job summary is read at a glance.
const maxRows = 60

// WriteMarkdown writes a summary for the page of a CI job: what stands, the
// counts, what was found and what was covered.
func WriteMarkdown(w io.Writer, doc *run.Run, list ...Option) error {
	o := optionsOf(list)
	var out strings.Builder
	fmt.Fprintf(&out, "## Logout conformance of %s\n\n", marked(doc.Target.Name))
	fmt.Fprintf(&out, "**%s**\n\n", marked(conclusion(doc, o.strict)))
	if problem := unproved(doc); problem != "" {
		fmt.Fprintf(&out, "> **%s**\n> %s\n\n", unprovedTitle(doc), marked(problem))
	}
	markdownCounts(&out, doc.Summary)
	markdownFindings(&out, doc)
	markdownCover(&out, doc)
	_, err := io.WriteString(w, out.String())
	return err
}

func markdownCounts(out *strings.Builder, s run.Summary) {
	names, rule, numbers := "|", "|", "|"
	for _, t := range tallies(s) {
		names += fmt.Sprintf(" %s %s |", mark(t.Verdict), t.Verdict)
		rule += " ---: |"
		numbers += fmt.Sprintf(" %d |", t.N)
	}
	fmt.Fprintf(out, "%s\n%s\n%s\n", names, rule, numbers)
}

// A row of the findings: one case, or all that are inconclusive for the same
// reason.
type row struct {
	run.CaseResult
	more int
}

func rows(doc *run.Run) []row {
	var out []row
	same := map[string]int{}
	for _, c := range doc.Cases {
		if c.Verdict == run.Pass || c.Verdict == run.NotApplicable {
			continue
		}
		if why := reason(c); why != "" {
			if i, ok := same[why]; ok {
				out[i].more++
				continue
			}
			same[why] = len(out)
		}
		out = append(out, row{CaseResult: c})
	}
	slices.SortStableFunc(out, func(a, b row) int { return a.Verdict.Compare(b.Verdict) })
	return out
}

func markdownFindings(out *strings.Builder, doc *run.Run) {
	found, problem := rows(doc), unproved(doc)
	if len(found) == 0 {
		return
	}
	out.WriteString("\n| case | level | verdict | finding | clauses |\n| --- | --- | --- | --- | --- |\n")
	for i, r := range found {
		if i == maxRows {
			fmt.Fprintf(out, "\n%s more in report.html.\n", count(len(found)-i, "finding", "findings"))
			break
		}
		id := code(r.ID)
		if r.more > 0 {
			id += fmt.Sprintf(" and %d more", r.more)
		}
		verdict := string(r.Verdict)
		if r.Severity != "" {
			verdict += " (" + string(r.Severity) + ")"
		}
		finding := marked(r.Finding)
		if problem != "" && reason(r.CaseResult) == problem {
			finding = "the problem above"
		}
		fmt.Fprintf(out, "| %s | %s | %s %s | %s | %s |\n", id, marked(string(r.Level)), mark(r.Verdict), marked(verdict),
			finding, marked(strings.Join(r.Clauses, ", ")))
	}
}

func markdownCover(out *strings.Builder, doc *run.Run) {
	implied := 0
	for _, c := range doc.Cases {
		if c.Implied {
			implied++
		}
	}
	covered := "the whole profile, " + count(len(doc.Cases), "case", "cases")
	if doc.Covers != "" {
		covered = marked(doc.Covers)
	}
	if implied > 0 {
		covered += fmt.Sprintf(", and %s that they rest on", count(implied, "baseline", "baselines"))
	}
	fmt.Fprintf(out, "\nProfile %s, covers %s. Edition %s of the catalogue, tool %s, %s, took %s.\n",
		code(string(doc.Profile)), covered, marked(doc.Tool.Catalogue), marked(doc.Tool.Version),
		doc.Started.UTC().Format("2006-01-02 15:04:05 UTC"), span(doc.Duration))
}

// markup are the characters that Markdown or HTML could act on, and what
// neither acts on. A bare address does not become a link.
var markup = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `{`, `\{`, `}`, `\}`, `[`, `\[`, `]`, `\]`,
	`#`, `\#`, `|`, `\|`, `~`, `\~`, `$`, `\$`, `!`, `\!`, `<`, `&lt;`, `>`, `&gt;`, `&`, `&amp;`,
	`://`, `\://`, `www.`, `www\.`,
)

// marked is text that stays text in a line or a table of Markdown.
func marked(text string) string { return markup.Replace(oneLine(text)) }

// code is a name in a code span, which can also stand in a table.
func code(name string) string {
	return "`" + strings.NewReplacer("`", "'", "|", `\|`).Replace(oneLine(name)) + "`"
}
