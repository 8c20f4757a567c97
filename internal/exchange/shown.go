package exchange

import (
	"encoding/base64"
	"reflect"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

var post = fixtures.Post()

// plain reports whether a request is the form post of the specification.
func plain(q fixtures.Request) bool { return reflect.DeepEqual(q, post) }

// maxShown bounds how much of a token is kept, in bytes.
const maxShown = 16 << 10

// shown is a token as the evidence keeps it: decoded, bounded, and without the
// signature when that was made with a live secret.
func (r *Runner) shown(t fixtures.Token) run.Token {
	out := run.Token{Wire: t.Wire, Header: t.Header, Payload: t.Payload}
	if parts := strings.Split(t.Wire, "."); out.Payload == "" && len(parts) == 3 {
		out.Header, out.Payload = decoded(parts[0]), decoded(parts[1])
	}
	if r.Elide {
		if i := strings.LastIndexByte(out.Wire, '.'); i >= 0 && i+1 < len(out.Wire) {
			out.Wire, out.Elided = out.Wire[:i+1]+"(elided)", true
		}
	}
	for _, text := range []*string{&out.Wire, &out.Header, &out.Payload} {
		if len(*text) > maxShown {
			*text = (*text)[:maxShown] + "…"
		}
		*text = strings.ToValidUTF8(*text, "\uFFFD")
	}
	return out
}

func decoded(segment string) string {
	text, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		return ""
	}
	return string(text)
}
