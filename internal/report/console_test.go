package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

// drawn draws a document as a live run would.
func drawn(w io.Writer, doc *run.Run, o ConsoleOptions) error {
	c := NewConsole(w, o)
	c.Begin(HeaderOf(doc))
	c.Progress("proving the probe", 0, 0)
	for i, result := range doc.Cases {
		c.Progress("cases", i, len(doc.Cases))
		c.Case(result)
	}
	c.Progress("judging", len(doc.Cases), len(doc.Cases))
	c.End(doc, exitOf(doc), Files("out"))
	return c.Close()
}

// exitOf is the exit code that goes with a document.
func exitOf(doc *run.Run) int {
	switch {
	case doc.Summary.Fail > 0:
		return 1
	case !doc.Observed.Proof.OK:
		return 3
	}
	return 0
}

func TestPlainOutputHasNoControlBytes(t *testing.T) {
	for name, document := range documents {
		for _, verbose := range []bool{false, true} {
			var out strings.Builder
			if err := drawn(&out, document(), ConsoleOptions{Verbose: verbose}); err != nil {
				t.Fatal(err)
			}
			if i := strings.IndexFunc(out.String(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == 0x202e }); i >= 0 {
				t.Errorf("%s: control byte %q in the output", name, out.String()[i])
			}
		}
	}
}

// TestTerminalShowsTheSame plays what was written to a terminal back: what
// stays on it is the plain output without the lines of progress, in no colour
// that goes on.
func TestTerminalShowsTheSame(t *testing.T) {
	for name, document := range documents {
		t.Run(name, func(t *testing.T) {
			var raw, plainly strings.Builder
			if err := drawn(&raw, document(), ConsoleOptions{Terminal: true, Color: true, Width: 90}); err != nil {
				t.Fatal(err)
			}
			if err := drawn(&plainly, document(), ConsoleOptions{Width: 90}); err != nil {
				t.Fatal(err)
			}
			screen := played(t, raw.String(), 90)
			var want []string
			for line := range strings.Lines(plainly.String()) {
				if !strings.HasPrefix(line, "… ") {
					want = append(want, strings.TrimRight(line, " \n"))
				}
			}
			want = append(want, "") // where the cursor stands
			if got := strings.Join(screen, "\n"); got != strings.Join(want, "\n") {
				t.Errorf("the terminal shows\n%s\nand not\n%s", got, strings.Join(want, "\n"))
			}
		})
	}
}

// played is what stands on a terminal after these bytes. Other control bytes
// than those of the console, and colours left on, are errors.
func played(t *testing.T, raw string, width int) []string {
	t.Helper()
	lines := []string{""}
	color := ""
	for raw != "" {
		last := len(lines) - 1
		switch {
		case strings.HasPrefix(raw, erase):
			lines[last], raw = "", raw[len(erase):]
		case strings.HasPrefix(raw, "\x1b["):
			sgr, rest, found := strings.Cut(raw[2:], "m")
			if !found || strings.Trim(sgr, "0123456789;") != "" {
				t.Fatalf("a strange escape: %q", raw[:min(len(raw), 20)])
			}
			color, raw = sgr, rest
		case raw[0] == '\n':
			if color != "" && color != "0" {
				t.Errorf("the colour %s goes on after %q", color, lines[last])
			}
			lines[last] = strings.TrimRight(lines[last], " ")
			lines, raw = append(lines, ""), raw[1:]
		case raw[0] < ' ':
			t.Fatalf("a control byte: %q", raw[0])
		default:
			lines[last] += raw[:1]
			raw = raw[1:]
		}
	}
	for _, line := range lines {
		if columns(line) > width {
			t.Errorf("%d cells in a terminal of %d: %q", columns(line), width, line)
		}
	}
	if color != "" && color != "0" {
		t.Errorf("the colour %s goes on after the end", color)
	}
	return lines
}

func TestProgressInPlainLines(t *testing.T) {
	var out strings.Builder
	c := NewConsole(&out, ConsoleOptions{})
	c.Progress("starting the target", 0, 0)
	c.Progress("starting the target", 0, 0)
	for i := range 101 {
		c.Progress("cases", i, 100)
	}
	c.Progress("cases", 100, 200) // more to do than was known: no step back
	c.Progress("judging\x1b[2J", 200, 200)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(got) != 1+5+1 || got[0] != "… starting the target" || got[2] != "… cases: 25 of 100 (25 %)" || got[6] != "… judging·[2J: 200 of 200 (100 %)" {
		t.Errorf("progress was told as %q", got)
	}
}

func TestStatusLine(t *testing.T) {
	var out strings.Builder
	c := NewConsole(&out, ConsoleOptions{Terminal: true, Width: leastWidth})
	c.Progress(strings.Repeat("very long ", 10), 1, 2)
	if got := played(t, out.String(), leastWidth-1); len(got) != 1 || !strings.HasSuffix(got[0], "…") {
		t.Errorf("the status line is %q", got)
	}
	c.Case(conformantDoc().Cases[0])
	if got := played(t, out.String(), leastWidth); !strings.HasPrefix(got[len(got)-1], "… very") || !strings.HasPrefix(got[1], "OK  Base") {
		t.Errorf("after a case the terminal shows %q", got)
	}
	before := out.Len()
	c.Progress(strings.Repeat("very long ", 10), 1, 2)
	if out.Len() != before {
		t.Error("the same status was written twice")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c.Progress("too late", 1, 2)
	c.Case(conformantDoc().Cases[1])
	if got := played(t, out.String(), leastWidth); got[len(got)-1] != "" {
		t.Errorf("after the end the terminal shows %q", got)
	}
}

func TestEndDrawsWhatWasNotDrawn(t *testing.T) {
	doc := mixedDoc()
	var live, after strings.Builder
	for out, drawLive := range map[*strings.Builder]bool{&live: true, &after: false} {
		c := NewConsole(out, ConsoleOptions{})
		c.Begin(HeaderOf(doc))
		for _, result := range doc.Cases {
			if drawLive {
				c.Case(result)
			}
		}
		c.End(doc, 0, nil)
	}
	if live.String() != after.String() {
		t.Error("a run drawn afterwards looks different")
	}
}

func TestOneReasonIsToldOnce(t *testing.T) {
	cases := make([]run.CaseResult, 44)
	for i := range cases {
		cases[i] = judged(fmt.Sprintf("clm-%d", i), "CLM", run.Must, "something", inconclusive("the target throttled the request"))
	}
	var out strings.Builder
	if err := drawn(&out, document("", cases...), ConsoleOptions{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "the target throttled the request"); n != 1 {
		t.Errorf("the reason is told %d times:\n%s", n, out.String())
	}
	for _, want := range []string{"44 cases are inconclusive: the target", "clm-11 and 32 more", "Incomplete: 44 MUST cases inconclusive."} {
		if !strings.Contains(oneLine(out.String()), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
	out.Reset()
	doc := unprovedDoc()
	if err := drawn(&out, doc, ConsoleOptions{Width: 400}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), doc.Observed.Proof.Problem); n != 1 {
		t.Errorf("the problem is told %d times:\n%s", n, out.String())
	}
}

func TestConsoleIsSafeForConcurrentUse(t *testing.T) {
	doc := mixedDoc()
	var out strings.Builder
	c := NewConsole(&out, ConsoleOptions{Terminal: true, Color: true})
	c.Begin(HeaderOf(doc))
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 50 {
				c.Progress(fmt.Sprint("worker ", worker), i, 50)
			}
		})
	}
	for _, result := range doc.Cases {
		group.Go(func() { c.Case(result) })
	}
	group.Wait()
	c.End(doc, 1, nil)
	if got := played(t, out.String(), defaultWidth); got[len(got)-1] != "" {
		t.Errorf("the terminal ends in %q", got[len(got)-1])
	}
	for _, result := range doc.Cases {
		if n := strings.Count(out.String(), oneLine(result.ID)+" "); n == 0 {
			t.Errorf("%s was not drawn", result.ID)
		}
	}
}

func TestConsoleKeepsTheFirstError(t *testing.T) {
	c := NewConsole(failing{}, ConsoleOptions{})
	c.Begin(Header{})
	if err := c.Close(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Close gives %v", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestDetect(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // empty
	if got := Detect(file, func(string) string { return "" }); got != (ConsoleOptions{}) {
		t.Errorf("a file is taken for %+v", got)
	}
}
