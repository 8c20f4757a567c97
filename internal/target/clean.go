package target

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from outside fit for a terminal and a report: escape
// bytes, control characters and invalid UTF-8 become visible, and no more than
// limit bytes are kept.
func Clean(text string, limit int) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\r':
			continue
		case r == '\n' || r == '\t' || r == utf8.RuneError:
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
			r = '·'
		}
		if out.Len()+utf8.RuneLen(r) > limit {
			break
		}
		out.WriteRune(r)
	}
	return out.String()
}

// line makes cleaned text fit into a sentence.
func line(text string, limit int) string {
	return strings.Join(strings.Fields(Clean(text, limit)), " ")
}
