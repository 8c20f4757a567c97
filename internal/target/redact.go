package target

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/config"
)

// minSecret is how long a secret is at least that is looked for, in bytes:
// shorter ones are in every second word.
const minSecret = 4

// slack is how much more than an excerpt is looked at, in bytes, so that the
// cut leaves no half of a secret.
const slack = 8 << 10

// secretsOf are the secrets of a configuration in every spelling in which an
// answer may hold them, the longest first.
func secretsOf(c config.Config) []string {
	var out []string
	for _, secret := range c.Secrets() {
		out = append(out, spellings(secret)...)
		if raw, err := (config.Secret{Text: secret, Encoding: c.Secret.Encoding}).Bytes(); err == nil {
			out = append(out, spellings(string(raw))...)
		}
	}
	if len(c.Client.Secret) >= minSecret { // client_secret_basic (RFC 6749, section 2.3.1)
		pair := url.QueryEscape(c.Client.ID) + ":" + url.QueryEscape(c.Client.Secret)
		out = append(out, base64.StdEncoding.EncodeToString([]byte(pair)))
	}
	return longestFirst(out)
}

// spellings are a text as it is, as forms, URLs, pages and JSON write it, and its
// bytes as base64 and hexadecimal digits.
func spellings(secret string) []string {
	if len(secret) < minSecret {
		return nil
	}
	quoted, _ := json.Marshal(secret) // a string always is
	raw := []byte(secret)
	return []string{
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
		hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)),
		secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret),
		string(quoted[1 : len(quoted)-1]), strings.ReplaceAll(secret, "/", `\/`),
	}
}

// longestFirst sorts so that a secret within another never hides the rest of
// it, and drops what is there twice.
func longestFirst(texts []string) []string {
	slices.SortFunc(texts, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	return slices.Compact(texts)
}

// learn takes a text for a secret from now on.
func (t *Target) learn(secret string) {
	for {
		known, more := t.rotated.Load(), spellings(secret)
		if known != nil {
			more = append(more, *known...)
		}
		if t.rotated.CompareAndSwap(known, &more) {
			return
		}
	}
}

// hidden are all secrets, in every spelling.
func (t *Target) hidden() []string {
	if more := t.rotated.Load(); more != nil {
		return slices.Concat(t.secrets, *more)
	}
	return t.secrets
}

// redact takes secrets out of text that is kept.
func (t *Target) redact(text string, more ...string) string {
	var pairs []string
	for _, secret := range longestFirst(slices.Concat(t.hidden(), more)) {
		if secret != "" {
			pairs = append(pairs, secret, "[redacted]")
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// keep makes text from the target fit to be kept: without secrets, printable,
// and no longer than limit bytes. Secrets are looked for before and after the
// cleaning, which may hide one or put its pieces together.
func (t *Target) keep(text string, limit int, more ...string) string {
	return Clean(t.redact(Clean(t.redact(text, more...), limit+slack), more...), limit)
}

// keepLine is keep for what goes into a sentence.
func (t *Target) keepLine(text string, limit int, more ...string) string {
	return line(t.keep(text, limit, more...), limit)
}

// signaturesOf are the parts of a token that may prove it: all from the third
// segment on, there also without what stands around the signature, since that
// may come back in another spelling, and in the JSON serialization every long
// text. One that is longer
// than what is read of an answer cannot stand in it.
func signaturesOf(token string) []string {
	var out []string
	for i, segment := range strings.Split(token, ".") {
		if i < 2 || len(segment) < minSignature || len(segment) > maxBody {
			continue
		}
		out = append(out, segment)
		for _, part := range signatureText.FindAllString(segment, -1) {
			if part != segment {
				out = append(out, part)
			}
		}
	}
	for i, piece := range strings.Split(token, `"`) {
		if i > 0 && len(piece) >= minSignature && len(piece) <= maxBody && !strings.ContainsAny(piece, "{}[]:,. ") {
			out = append(out, piece)
		}
	}
	return out
}

// hiddenOf are the texts that must not be kept of an answer to a request with
// this token and more: further tokens and cookies.
func hiddenOf(token string, more []string) []string {
	hidden := signaturesOf(token)
	for _, each := range more {
		if found := signaturesOf(each); len(found) > 0 {
			hidden = append(hidden, found...)
		} else if len(each) >= minSecret {
			hidden = append(hidden, each)
		}
	}
	return hidden
}

// minSignature is how long a signature is at least, in characters.
const minSignature = 20

// signatureText is the text of a signature.
var signatureText = regexp.MustCompile(`[\w-]{20,}`)
