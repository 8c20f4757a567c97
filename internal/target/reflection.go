package target

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// inputs are the texts that a request brought to the target.
type inputs struct {
	token string
	// tokens are the token and whatever else must not come back.
	tokens     []string
	claims     []string
	kids       []string
	parameters []string
	// readable: the claims could be read.
	readable bool
}

// inputsOf reads them off the wire.
func inputsOf(token string, what fixtures.Prepared) inputs {
	in := inputs{token: token, tokens: append([]string{token}, what.Hidden...)}
	for i, segment := range strings.SplitN(token, ".", 3) {
		raw, err := base64.RawURLEncoding.DecodeString(segment)
		var value any
		if err != nil || json.Unmarshal(raw, &value) != nil {
			continue
		}
		switch header, _ := value.(map[string]any); i {
		case 0:
			in.kids = texts(header["kid"])
		case 1:
			in.claims, in.readable = texts(value), true
		}
	}
	for _, form := range []string{what.Query, what.Body} {
		fields, err := url.ParseQuery(form)
		if err != nil {
			continue
		}
		for _, values := range fields {
			for _, value := range values {
				if !slices.Contains(in.tokens, value) {
					in.parameters = append(in.parameters, value)
				}
			}
		}
	}
	return in
}

// texts are the strings within a JSON value.
func texts(value any) []string {
	var out []string
	switch v := value.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, each := range v {
			out = append(out, texts(each)...)
		}
	case map[string]any:
		for _, each := range v {
			out = append(out, texts(each)...)
		}
	}
	return out
}

// leastEcho is how long a text is at least that is looked for, in bytes:
// shorter ones stand in many a page by chance.
const leastEcho = 8

// without is a body without the texts of the request: what it echoes, it does
// not know of itself.
func (in inputs) without(body string) string {
	for _, text := range slices.Concat(in.claims, in.kids, in.parameters) {
		if len(text) >= leastEcho {
			body = strings.ReplaceAll(body, text, "")
			body = strings.ReplaceAll(body, html.EscapeString(text), "")
		}
	}
	return body
}

// isPage reports whether a browser would draw the answer as a web page.
func isPage(response *http.Response, body string) bool {
	declared := response.Header.Get("Content-Type")
	if declared == "" {
		declared = http.DetectContentType([]byte(body))
	}
	kind, _, err := mime.ParseMediaType(declared)
	if err != nil {
		kind = strings.ToLower(strings.TrimSpace(strings.Split(declared, ";")[0]))
	}
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// reflections says which texts of the request a page holds.
func (t *Target) reflections(body string, in inputs) []run.Trait {
	var out []run.Trait
	escaped := false
	for _, part := range []struct {
		trait run.Trait
		texts []string
	}{{run.ReflectsClaim, in.claims}, {run.ReflectsKid, in.kids}, {run.ReflectsParameter, in.parameters}} {
		raw := false
		for _, text := range part.texts {
			if len(text) < leastEcho || t.ownText(text) {
				continue
			}
			raw = raw || strings.Contains(body, text)
			safe := html.EscapeString(text)
			escaped = escaped || safe != text && (strings.Contains(body, safe) || strings.Contains(html.UnescapeString(body), text))
		}
		if raw {
			out = append(out, part.trait)
		}
	}
	if escaped && len(out) == 0 {
		out = append(out, run.EscapesInput)
	}
	return out
}

// ownText reports whether a page of the target may hold a text without having
// read the request: the issuer and the client stand in a login link.
func (t *Target) ownText(text string) bool {
	for _, own := range []string{t.config.Issuer.URL, t.config.Client.ID, t.config.Target.LogoutURL, fixtures.LogoutEvent, "logout+jwt"} {
		if strings.Contains(own, text) {
			return true
		}
	}
	return false
}
