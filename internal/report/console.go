package report

import (
	"errors"
	"io"
	"os"
	"sync"

	"golang.org/x/term"

	"github.com/loggedout/loggedout/internal/run"
)

// ConsoleOptions say how a console is drawn.
type ConsoleOptions struct {
	// Color: colours are used.
	Color bool
	// Terminal: a status line is rewritten in place. Otherwise progress is
	// told in plain lines, and control bytes are never written for it.
	Terminal bool
	// Width is the width in characters, at least 60; 0 means 100.
	Width int
	// Strict makes a warning count as broken.
	Strict bool
	// Verbose shows every variant, and the evidence of a probe that could not
	// be proved.
	Verbose bool
}

// Detect finds out what a file can show: whether it is a terminal, how wide it
// is, and whether colours are welcome (NO_COLOR and TERM=dumb say that they are
// not). getenv is usually os.Getenv.
func Detect(file *os.File, getenv func(string) string) ConsoleOptions {
	var o ConsoleOptions
	fd := int(file.Fd())
	o.Terminal = term.IsTerminal(fd) && getenv("TERM") != "dumb"
	o.Color = o.Terminal && getenv("NO_COLOR") == ""
	if width, _, err := term.GetSize(fd); o.Terminal && err == nil {
		o.Width = width
	}
	return o
}

const (
	defaultWidth = 100
	leastWidth   = 60
)

// A Console draws a run while it goes on. It is safe for concurrent use.
type Console struct {
	mu      sync.Mutex
	w       io.Writer
	o       ConsoleOptions
	err     error
	status  status
	closed  bool
	group   string
	drawn   map[string]bool
	reasons map[string]string // why a case is inconclusive → the first such case
	// held are the cases while nothing but inconclusive ones has come: when it
	// stays like that, the reason is told once instead.
	held    []run.CaseResult
	holding bool
	// folding: there are many cases, and fold is what of the group is told at
	// its end.
	folding bool
	fold    fold
}

// NewConsole makes a console that draws to w.
func NewConsole(w io.Writer, o ConsoleOptions) *Console {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	o.Width = max(o.Width, leastWidth)
	return &Console{
		w: w, o: o, status: status{terminal: o.Terminal, width: o.Width},
		drawn: map[string]bool{}, reasons: map[string]string{}, holding: true,
	}
}

// A Header says what is about to be run.
type Header struct {
	Target, LogoutURL, Issuer, Profile, Version, Catalogue string
	// Covers says what was selected; empty for a whole profile.
	Covers string
	// Cases is how many cases will be drawn; of many, passes are only counted.
	Cases int
}

// HeaderOf is the header of a run that is over.
func HeaderOf(doc *run.Run) Header {
	return Header{
		Target: doc.Target.Name, LogoutURL: doc.Target.LogoutURL, Issuer: doc.Target.Issuer,
		Profile: string(doc.Profile), Version: doc.Tool.Version, Catalogue: doc.Tool.Catalogue,
		Covers: doc.Covers, Cases: len(doc.Cases),
	}
}

// Begin draws the header.
func (c *Console) Begin(h Header) {
	c.show(func(v *canvas) {
		c.folding = h.Cases >= many
		v.line("loggedout "+h.Version+", catalogue "+h.Catalogue, bold)
		for _, l := range []labelled{
			{"Target", h.Target},
			{"Logout", h.LogoutURL},
			{"Issuer", h.Issuer},
			{"Profile", h.Profile + ", " + count(h.Cases, "case", "cases")},
			{"Covers", h.Covers},
		} {
			if l.Text != "" {
				v.line(l.Text, plain, piece{"  " + pad(l.Label, labelWidth), dim})
			}
		}
	})
}

// Case draws one case. The cases come in the order of the catalogue; one that
// was drawn already is left out.
func (c *Console) Case(result run.CaseResult) {
	c.show(func(v *canvas) { c.take(v, result) })
}

// Progress tells how far the run has come: on a terminal in a line that is
// rewritten in place, elsewhere in a plain line whenever something else is
// being done, or a further quarter of it is done.
func (c *Console) Progress(doing string, done, total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.write(c.status.change(doing, done, total))
	}
}

// End draws the cases that were not drawn yet, and what came of the run: why
// it proved nothing, which baselines failed, the counts, the conclusion, where
// the reports are and what the exit code means. Nothing is drawn after it.
func (c *Console) End(doc *run.Run, exit int, reports []string) {
	c.show(func(v *canvas) {
		for _, result := range doc.Cases {
			c.take(v, result)
		}
		c.finish(v, doc, exit, reports)
	})
	_ = c.Close()
}

// Close erases the status line, so that a run that broke off leaves a clean
// terminal too. It gives the first error of writing. Nothing is drawn after it.
func (c *Console) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write(c.status.erased())
	c.closed = true
	if c.err != nil {
		return errors.Join(errors.New("the console could not be written"), c.err)
	}
	return nil
}

// show draws above the status line, in one piece.
func (c *Console) show(draw func(*canvas)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	v := &canvas{width: c.o.Width, color: c.o.Color}
	draw(v)
	if v.out.Len() > 0 {
		c.write(c.status.erased() + v.out.String() + c.status.redrawn())
	}
}

func (c *Console) write(text string) {
	if text == "" || c.err != nil {
		return
	}
	_, c.err = io.WriteString(c.w, text)
}
