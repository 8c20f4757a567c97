package report

import (
	"strings"
)

// style is a colour or weight of text on a terminal, as SGR parameters.
type style string

const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	red     style = "31"
	green   style = "32"
	yellow  style = "33"
	magenta style = "35"
	cyan    style = "36"
	alarm   style = "1;31"
)

// A canvas collects lines for a terminal. All text that goes onto it is
// cleaned, and every line ends in the colour it began with.
type canvas struct {
	out   strings.Builder
	width int
	color bool
}

// leastText is the room that text gets beside its head; with less it stands
// below.
const leastText = 20

// A piece is the beginning of a line in one style.
type piece struct {
	text string
	as   style
}

// line draws pieces and then text, which goes on below itself where the line
// is full.
func (c *canvas) line(text string, as style, head ...piece) {
	left := 0
	for _, p := range head {
		p.text = strings.ReplaceAll(clean(p.text), "\n", " ")
		left += columns(p.text)
		c.paint(p.text, p.as)
	}
	if left > c.width-leastText {
		left = leastText / 2
		c.out.WriteString("\n" + strings.Repeat(" ", left))
	}
	for i, part := range wrap(oneLine(text), c.width-left) {
		if i > 0 {
			c.out.WriteString("\n" + strings.Repeat(" ", left))
		}
		c.paint(part, as)
	}
	c.out.WriteByte('\n')
}

func (c *canvas) blank() { c.out.WriteByte('\n') }

// paint writes clean text in a style, and resets it.
func (c *canvas) paint(text string, as style) {
	if !c.color || as == plain || strings.TrimSpace(text) == "" {
		c.out.WriteString(text)
		return
	}
	c.out.WriteString("\x1b[" + string(as) + "m" + text + "\x1b[0m")
}
