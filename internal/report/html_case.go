package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

type caseView struct {
	badge
	Anchor, ID, Level, Requires, Clauses, Finding, Severity, Summary string
	Implied, Open                                                    bool
	Variants                                                         []variantView
}

type variantView struct {
	badge
	Slug, About string
	Findings    []findingView
	Exchanges   []exchangeView
}

type findingView struct {
	badge
	Headline string
	Details  []labelled
}

type exchangeView struct {
	Title, Fault string
	Events       []eventView
	Sends        []sendView
}

type eventView struct{ At, Kind, Session, Label, Outcome, Class string }

type sendView struct {
	Title, Header, Payload, Wire, Request, Status, Body, Recipe string
	Elided                                                      bool
	Fields                                                      []labelled
}

func caseOf(c run.CaseResult, anchor string) caseView {
	v := caseView{
		badge: badgeOf(c.Verdict), Anchor: anchor, ID: oneLine(c.ID), Level: oneLine(string(c.Level)),
		Requires: oneLine(c.Requires), Clauses: oneLine(strings.Join(c.Clauses, ", ")),
		Finding: oneLine(c.Finding), Severity: oneLine(string(c.Severity)), Implied: c.Implied,
		Open:    c.Verdict == run.Fail || c.Verdict == run.HarnessError,
		Summary: count(len(c.Variants), "variant", "variants") + ", " + span(c.Duration),
	}
	for _, each := range c.Variants {
		v.Variants = append(v.Variants, variantOf(each))
	}
	return v
}

func variantOf(each run.VariantResult) variantView {
	v := variantView{
		badge: badgeOf(each.Verdict), Slug: oneLine(each.Slug),
		About: oneLine(fmt.Sprintf("expected: %s, level %s", each.Expect, each.Level)),
	}
	for _, f := range each.Findings {
		t := told{Finding: f}
		t.add(each.Slug, f.Actual)
		v.Findings = append(v.Findings, findingView{badgeOf(f.Verdict), t.headline(), t.details(0)})
	}
	if shown(each.Evidence) {
		v.Exchanges = append(v.Exchanges, exchangeOf("Evidence", each.Evidence))
	}
	if each.First != nil {
		v.Exchanges = append(v.Exchanges, exchangeOf("Evidence of the first exchange, which was then repeated alone", *each.First))
	}
	return v
}

// shown: a case that does not apply, or only looks at others, has no evidence
// of its own.
func shown(e run.Evidence) bool { return len(e.Events) > 0 || e.Fault != nil }

func exchangeOf(title string, e run.Evidence) exchangeView {
	v := exchangeView{
		Title:  fmt.Sprintf("%s: %s in %s", title, count(len(e.Events), "event", "events"), span(e.Duration)),
		Events: eventsOf(e.Events),
	}
	if e.Fault != nil {
		v.Fault = oneLine(fmt.Sprintf("Not carried through (%s): %s", e.Fault.By, e.Fault.Text))
	}
	for _, event := range e.Events {
		if event.Send != nil {
			v.Sends = append(v.Sends, sendOf(event))
		}
	}
	return v
}

func eventsOf(events []run.Event) []eventView {
	var out []eventView
	for _, e := range events {
		v := eventView{
			At: fmt.Sprintf("%.1f", float64(e.At)), Kind: kind(e), Session: sessionAt(e), Label: oneLine(e.Label),
			Outcome: outcome(e), Class: "event",
		}
		if e.Canary != nil && len(e.Canary.Hits) > 0 || e.Hook != nil && e.Hook.Error != "" {
			v.Class = "hit"
		}
		if e.Probe != nil && slices.Contains([]run.State{run.Alive, run.Dead, run.Unknown}, e.Probe.State) {
			v.Class = string(e.Probe.State)
		}
		out = append(out, v)
	}
	return out
}

func sendOf(e run.Event) sendView {
	s := e.Send
	v := sendView{
		Title:  oneLine(fmt.Sprintf("Sent at %.1f ms: %s", float64(e.At), e.Label)),
		Header: pretty(s.Token.Header), Payload: pretty(s.Token.Payload), Wire: clean(s.Token.Wire), Elided: s.Token.Elided,
		Request: requestText(*s), Status: answered(s.Answer), Body: clean(s.Answer.Body), Recipe: recipeText(s.Recipe),
	}
	for _, name := range slices.Sorted(maps.Keys(s.Answer.Header)) {
		v.Fields = append(v.Fields, labelled{oneLine(name), oneLine(s.Answer.Header[name])})
	}
	if len(s.Answer.Traits) > 0 {
		var traits []string
		for _, t := range s.Answer.Traits {
			traits = append(traits, string(t))
		}
		v.Fields = append(v.Fields, labelled{"Traits", oneLine(strings.Join(traits, ", "))})
	}
	size := count(int(s.Answer.BodyBytes), "byte", "bytes")
	if s.Answer.Truncated {
		size += " and more"
	}
	v.Fields = append(v.Fields, labelled{"Body", size})
	return v
}

// pretty indents text that is JSON. Its members stay as they were sent:
// doubles, escapes and order are often what a case is about. What is nested
// deeply stays as it is: every level would be indented by all those above it.
func pretty(text string) string {
	const deep = 50
	var out bytes.Buffer
	if strings.Count(text, "[")+strings.Count(text, "{") <= deep && json.Indent(&out, []byte(text), "", "  ") == nil {
		text = out.String()
	}
	return clean(text)
}

// requestText is the request as a reader of HTTP would write it down.
func requestText(s run.Send) string {
	q := fixtures.Post()
	if s.Carrier != nil {
		q = *s.Carrier
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s\n", s.Method, s.URL)
	if q.Path != "" {
		fmt.Fprintf(&out, "path: %s\n", q.Path)
	}
	for _, f := range q.Query {
		fmt.Fprintf(&out, "query: %s=%s\n", f.Name, f.Value)
	}
	for _, f := range q.Header {
		if f.Value == "" {
			fmt.Fprintf(&out, "%s: (left out)\n", f.Name)
		} else {
			fmt.Fprintf(&out, "%s: %s\n", f.Name, f.Value)
		}
	}
	for _, f := range q.Form {
		fmt.Fprintf(&out, "form: %s=%s\n", f.Name, f.Value)
	}
	if q.Body != "" {
		out.WriteString("\n" + q.Body)
	}
	if how := wireText(q.Wire); how != "" {
		fmt.Fprintf(&out, "\n(%s)", how)
	}
	return strings.TrimRight(clean(out.String()), "\n")
}

// wireText says how a request was written to the socket.
func wireText(w *fixtures.Wire) string {
	if w == nil {
		return ""
	}
	var parts []string
	say := func(when bool, format string, args ...any) {
		if when {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	say(w.Proto != "", "as %s", w.Proto)
	say(w.LowerCase, "with lower-case names")
	say(w.Chunk > 0, "in chunks of %d bytes", w.Chunk)
	say(w.Expect, "the body after 100 Continue")
	say(w.Pause > 0, "with a pause of %v after every %d bytes of the body", w.Pause, max(w.PauseBytes, 1))
	return strings.Join(parts, ", ")
}

func recipeText(r fixtures.Recipe) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if encoder.Encode(r) != nil {
		return ""
	}
	return clean(strings.TrimSpace(out.String()))
}
