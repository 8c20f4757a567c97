package report

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/loggedout/loggedout/internal/run"
)

// clean makes characters visible that could steer a terminal, break XML or
// turn the reading direction. Line ends and tabs stay.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return -1
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
			return '·'
		case r&0xFFFE == 0xFFFE: // no characters, and not allowed in XML
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// oneLine is clean text that fits into a sentence.
func oneLine(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

// wide holds the characters that take two cells of a terminal.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1},
		{Lo: 0x2E80, Hi: 0x303E, Stride: 1},
		{Lo: 0x3041, Hi: 0xA4CF, Stride: 1},
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1},
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1},
		{Lo: 0xFF00, Hi: 0xFF60, Stride: 1},
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1F300, Hi: 0x1F64F, Stride: 1},
		{Lo: 0x1F680, Hi: 0x1F6FF, Stride: 1},
		{Lo: 0x1F900, Hi: 0x1F9FF, Stride: 1},
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1},
	},
}

// cells is how many cells of a terminal a character takes.
func cells(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// columns is how many cells of a terminal a text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += cells(r)
	}
	return n
}

// pad fills a text with spaces to n cells.
func pad(text string, n int) string {
	return text + strings.Repeat(" ", max(0, n-columns(text)))
}

// cut shortens a text to n cells, and shows that it did.
func cut(text string, n int) string {
	if columns(text) <= n {
		return text
	}
	head, _ := split(text, n-1)
	return head + "…"
}

// split divides a text after n cells.
func split(text string, n int) (head, tail string) {
	used := 0
	for i, r := range text {
		if used += cells(r); used > n {
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// wrap breaks a text into lines of at most n cells, at spaces where it can.
func wrap(text string, n int) []string {
	n = max(n, 2) // the widest character fits
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && columns(line)+1+columns(word) <= n {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for columns(word) > n {
			var head string
			head, word = split(word, n)
			lines = append(lines, head)
		}
		line = word
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// span writes a time span for people.
func span(m run.Millis) string {
	d := m.Duration()
	switch {
	case 0 < d && d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(m))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
