package target

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		limit int
		want  string
	}{
		"plain":           {"hello\n\tworld", 100, "hello\n\tworld"},
		"line ends":       {"a\r\nb\rc", 100, "a\nbc"},
		"escape bytes":    {"\x1b[31mred\x07\x00\x7f\u0085", 100, "·[31mred····"},
		"bidi":            {"a\u202eb\u2066c\u200ed", 100, "a·b·c·d"},
		"invisible":       {"a\u200bb\ufeffc\u00add\U000e0041e", 100, "a·b·c·d·e"},
		"separators":      {"a\u2028b\u2029c", 100, "a·b·c"},
		"private":         {"a\ue000b", 100, "a·b"},
		"invalid":         {"a\xff\xc3(b\xed\xa0\x80", 100, "a\ufffd\ufffd(b\ufffd\ufffd\ufffd"},
		"other languages": {"é 世界 🎉", 100, "é 世界 🎉"},
		"cut":             {"hello", 3, "hel"},
		"cut in a rune":   {"a世界", 5, "a世"},
		"cut in a sign":   {"a\x00b", 2, "a"},
		"nothing":         {"hello", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Clean(c.text, c.limit); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := line(" a\n\tb \u00a0 c\r\n", 100); got != "a b c" {
		t.Errorf("line %q", got)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b[31m\u202e\xff\r\n\t", 8)
	f.Add("\xed\xa0\x80世界", 4)
	f.Add("", -1)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		got := Clean(text, limit)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unprintable) || len(got) > max(limit, 0) {
			t.Errorf("%q to %d: %q", text, limit, got)
		}
		if again := Clean(got, limit); again != got {
			t.Errorf("%q, cleaned again: %q", got, again)
		}
		if text := line(text, limit); strings.ContainsAny(text, "\n\t") {
			t.Errorf("line %q", text)
		}
	})
}
