package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// JUnit has no standard. These are the elements that CI systems agree on.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitProblem `xml:"failure"`
	Error     *junitProblem `xml:"error"`
	Skipped   *junitProblem `xml:"skipped"`
	SystemOut junitText     `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string    `xml:"message,attr"`
	Type    string    `xml:"type,attr,omitempty"`
	Text    junitText `xml:",chardata"`
}

// MarshalXML writes the element with its lines as they are.
func (p junitProblem) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	start.Attr = []xml.Attr{{Name: xml.Name{Local: "message"}, Value: p.Message}}
	if p.Type != "" {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: "type"}, Value: p.Type})
	}
	return p.Text.MarshalXML(e, start)
}

// junitText is text whose line ends stay line ends: encoding/xml would write
// them as &#xA;, which nobody can read in the raw file.
type junitText string

// MarshalXML writes the element with its lines as they are.
func (t junitText) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	if err := e.EncodeToken(xml.CharData(t)); err != nil {
		return err
	}
	return e.EncodeToken(start.End())
}

// WriteJUnit writes one testsuite for each group and one testcase for each
// case. A fail is a failure, with [Strict] a warning too; inconclusive and
// harness-error are errors; what does not apply is skipped. Times are in
// seconds, from the evidence.
func WriteJUnit(w io.Writer, doc *run.Run, list ...Option) error {
	o := optionsOf(list)
	all := junitSuites{Name: oneLine("loggedout: " + doc.Target.Name), Time: seconds(doc.Duration)}
	for _, s := range sections(doc.Cases) {
		suite := junitSuiteOf(doc, s, o)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		all.Skipped += suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", " ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitSuiteOf(doc *run.Run, s section, o options) junitSuite {
	suite := junitSuite{
		Name: groupName(s.Group), Tests: len(s.Cases), Timestamp: doc.Started.UTC().Format("2006-01-02T15:04:05"),
		Properties: []junitProperty{
			{"profile", oneLine(string(doc.Profile))},
			{"tool", oneLine(doc.Tool.Version)},
			{"catalogue", oneLine(doc.Tool.Catalogue)},
			{"conclusion", conclusion(doc, o.strict)},
		},
	}
	var took run.Millis
	for _, c := range s.Cases {
		took += c.Duration
		test := junitCaseOf(doc, c, o)
		switch {
		case test.Failure != nil:
			suite.Failures++
		case test.Error != nil:
			suite.Errors++
		case test.Skipped != nil:
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, test)
	}
	suite.Time = seconds(took)
	return suite
}

func junitCaseOf(doc *run.Run, c run.CaseResult, o options) junitCase {
	test := junitCase{
		Name: oneLine(c.ID), Time: seconds(c.Duration),
		Classname: oneLine(fmt.Sprintf("loggedout.%s.%s", doc.Profile, c.Group)),
	}
	problem := &junitProblem{Message: oneLine(c.Finding), Type: oneLine(string(c.Severity)), Text: explained(c)}
	if problem.Message == "" {
		problem.Message = oneLine(string(c.Verdict))
	}
	if problem.Type == "" {
		problem.Type = oneLine(string(c.Verdict))
	}
	switch c.Verdict {
	case run.Pass, run.Note:
		test.SystemOut = explained(c)
	case run.Warn:
		if o.strict {
			test.Failure = problem
		} else {
			test.SystemOut = explained(c)
		}
	case run.Fail:
		test.Failure = problem
	case run.NotApplicable:
		test.Skipped = &junitProblem{Message: reason(c)}
	case run.Inconclusive, run.HarnessError:
		problem.Type = string(c.Verdict)
		test.Error = problem
	default:
		problem.Type = "unknown-verdict"
		test.Error = problem
	}
	if c.Implied {
		test.SystemOut = junitText(strings.TrimLeft(string(test.SystemOut)+"\n"+impliedText, "\n"))
	}
	return test
}

// impliedText says why a case ran that was not selected.
const impliedText = "not selected itself: it ran because selected cases rest on it"

// explained is all that was found in a case, as plain text.
func explained(c run.CaseResult) junitText {
	findings := tell(c)
	if len(findings) == 0 {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "Required: %s (%s)\n", oneLine(c.Requires), findings[0].demanded(c))
	for _, t := range findings {
		fmt.Fprintf(&out, "%s\n", t.headline())
		for _, d := range t.details(len(c.Variants)) {
			fmt.Fprintf(&out, "  %s: %s\n", d.Label, d.Text)
		}
	}
	return junitText(strings.TrimSuffix(out.String(), "\n"))
}

// seconds writes a time span as JUnit has it.
func seconds(m run.Millis) string { return fmt.Sprintf("%.3f", float64(m)/1000) }
