package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

var (
	//go:embed templates/report.html
	pageText string
	//go:embed templates/report.css
	pageStyle    template.CSS
	pageTemplate = template.Must(template.New("report").Parse(pageText))
)

// A page is what the template of the HTML report shows. All texts in it are
// clean; the template escapes them.
type page struct {
	Title, Target, Conclusion, Mood string
	Problem, ProblemTitle, Footer   string
	Style                           template.CSS
	Counts                          []countView
	Facts                           []labelled
	Attention                       []caseView
	Proof                           []eventView
	Groups                          []groupView
}

type countView struct {
	badge
	N int
}

// A badge is a verdict as a page shows it.
type badge struct{ Verdict, Mark, Class string }

type groupView struct {
	Name, Anchor string
	// Counts are how often each verdict was reached, those that were.
	Counts []countView
	Cases  []caseView
}

// WriteHTML writes one page that holds everything and loads nothing: no
// script, no network.
func WriteHTML(w io.Writer, doc *run.Run, list ...Option) error {
	o := optionsOf(list)
	p := page{
		Title:  oneLine("Logout conformance of " + doc.Target.Name),
		Target: oneLine(doc.Target.Name), Style: pageStyle,
		Conclusion: sentence(conclusion(doc, o.strict)), Mood: moodOf(doc, o.strict),
		Facts: facts(doc), Footer: oneLine(fmt.Sprintf("Drawn from a run document of schema %s.", doc.Schema)),
	}
	if problem := unproved(doc); problem != "" {
		p.Problem, p.ProblemTitle = problem, unprovedTitle(doc)
	}
	if proof := doc.Observed.Proof; proof != nil {
		p.Proof = eventsOf(proof.Events)
	}
	for _, t := range tallies(doc.Summary) {
		p.Counts = append(p.Counts, countView{badgeOf(t.Verdict), t.N})
	}
	names := anchors{}
	for _, s := range sections(doc.Cases) {
		g := groupView{Name: groupName(s.Group), Anchor: names.of("group-" + strings.ToLower(s.Group))}
		for _, t := range tallies(run.Summarize(s.Cases, false)) {
			if t.N > 0 {
				g.Counts = append(g.Counts, countView{badgeOf(t.Verdict), t.N})
			}
		}
		for _, c := range s.Cases {
			v := caseOf(c, names.of(c.ID))
			g.Cases = append(g.Cases, v)
			if !c.Acceptable(o.strict) && c.Verdict != run.Inconclusive {
				p.Attention = append(p.Attention, v)
			}
		}
		p.Groups = append(p.Groups, g)
	}
	return pageTemplate.Execute(w, p)
}

func badgeOf(v run.Verdict) badge {
	b := badge{Verdict: oneLine(string(v)), Mark: mark(v), Class: "other"}
	if slices.Contains(run.Verdicts(), v) {
		b.Class = string(v)
	}
	return b
}

func moodOf(doc *run.Run, strict bool) string {
	s := doc.Summary
	switch {
	case s.Fail > 0 || s.HarnessError > 0 || strict && s.Warn > 0:
		return "bad"
	case s.Conformant:
		return "good"
	}
	return "open"
}

// anchors gives every case a name of its own within the page: its id, unless a
// document made by hand has one that is none, or has it twice.
type anchors map[string]bool

var anchorable = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (a anchors) of(id string) string {
	if !anchorable.MatchString(id) || a[id] {
		id = fmt.Sprintf("case-%d", len(a))
	}
	a[id] = true
	return id
}

// facts are the terms of the run and what was observed of the target.
func facts(doc *run.Run) []labelled {
	d := doc.Terms.Declares
	var out []labelled
	add := func(label, format string, args ...any) {
		if text := oneLine(fmt.Sprintf(format, args...)); text != "" {
			out = append(out, labelled{label, text})
		}
	}
	add("Profile", "%s", doc.Profile)
	add("Logout URL", "%s", doc.Target.LogoutURL)
	add("Issuer", "%s", doc.Target.Issuer)
	add("Tool", "%s, catalogue %s", doc.Tool.Version, doc.Tool.Catalogue)
	add("Started", "%s", doc.Started.UTC().Format("2006-01-02 15:04:05 UTC"))
	add("Took", "%s", span(doc.Duration))
	add("Covers", "%s", doc.Covers)
	add("Algorithm", "%s", doc.Terms.Alg)
	add("Requires", "%s", strings.Join(doc.Terms.Secret.Requires, ", "))
	add("Checks", "%s", strings.Join(doc.Terms.Secret.Checks, ", "))
	declared := []string{d.Edition}
	for _, flag := range []struct {
		on   bool
		name string
	}{
		{d.StrictTyping, "strict typing"},
		{d.Sid, "knows sid"},
		{d.SessionRequired, "requires sid"},
		{d.SingleAudience, "a single audience"},
	} {
		if flag.on {
			declared = append(declared, flag.name)
		}
	}
	declared = append(declared, fmt.Sprintf("leeway %v", d.Leeway), fmt.Sprintf("keys cached %v", d.KeyCache),
		fmt.Sprintf("death within %v", d.DeathWithin))
	add("Declares", "%s", strings.Join(declared, ", "))
	if n := doc.Observed.JWKSFetches; n != nil {
		add("JWKS", "fetched %s", count(*n, "time", "times"))
	}
	if skew := doc.Observed.ClockSkew; skew != nil {
		add("Clock", "off by %v", skew.Duration())
	}
	if other := doc.Observed.OtherEncoding; other != "" {
		add("Secret", "is read as %s", other)
	}
	return out
}
