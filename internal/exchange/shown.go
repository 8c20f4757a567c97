package exchange

import (
	"reflect"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// plain reports whether a request is the form post of the specification.
func plain(q fixtures.Request) bool { return reflect.DeepEqual(q, fixtures.Post()) }

// maxShown bounds how much of each text of a token is kept, in bytes.
const maxShown = 16 << 10

// shown is a token as the evidence keeps it: decoded, bounded, and without a
// signature that a live secret made, wherever it stands.
func shown(t fixtures.Token) run.Token {
	out := run.Token{Wire: t.Wire, Header: t.Header, Payload: t.Payload}
	for _, text := range []*string{&out.Wire, &out.Header, &out.Payload} {
		if kept := t.Shown(*text); kept != *text {
			*text, out.Elided = kept, true
		}
		*text = bounded(*text)
	}
	return out
}

// bounded is the beginning of a text, in memory of its own when that is not all.
func bounded(text string) string {
	if len(text) > maxShown {
		text = text[:maxShown] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
