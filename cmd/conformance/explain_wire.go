package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// tokenMark stands for the token in a request that is shown.
const tokenMark = "(token)"

// encodedMark is how a form encoder writes it.
const encodedMark = "%28token%29"

// maxBody bounds how much of a body is shown, in bytes.
const maxBody = 1 << 10

// wireText is the request as it goes over the wire.
func wireText(q fixtures.Request, p fixtures.Prepared) string {
	var b strings.Builder
	query := ""
	if p.Query != "" {
		query = "?" + p.Query
	}
	fmt.Fprintf(&b, "%s %s%s HTTP/1.1\nHost: (target)\n", p.Method, strings.ReplaceAll(orPath(q.Path), "${path}", "(path)"), query)
	for _, h := range p.Header {
		if h.Value != "" {
			fmt.Fprintf(&b, "%s: %s\n", h.Name, h.Value)
		}
	}
	body := p.Body
	if len(body) > maxBody {
		body = fmt.Sprintf("%s… (%d bytes)", body[:maxBody], len(body))
	}
	if body != "" {
		fmt.Fprintf(&b, "\n%s\n", body)
	}
	if how := written(q); how != "" {
		fmt.Fprintf(&b, "(%s)\n", how)
	}
	return legible(strings.ReplaceAll(b.String(), encodedMark, tokenMark))
}

func orPath(path string) string {
	if path == "" {
		return "${path}"
	}
	return path
}

// written says how a request differs on the socket.
func written(q fixtures.Request) string {
	var parts []string
	say := func(when bool, format string, args ...any) {
		if when {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	say(q.Encoding != "", "the body compressed with %s", q.Encoding)
	if j := q.Padding; j != nil {
		say(true, "behind junk, fields: %d, bytes of their names: %d, of their values: %d", max(j.Fields, 1), j.Name, j.Value)
	}
	w := q.Wire
	if w == nil {
		return strings.Join(parts, ", ")
	}
	say(w.Proto != "", "as %s", w.Proto)
	say(w.LowerCase, "with lower-case names")
	say(w.Chunk > 0, "in chunks of %d bytes", w.Chunk)
	say(w.Expect, "the body after 100 Continue")
	say(w.Pause > 0, "with a pause of %v after every %d bytes of the body", w.Pause, max(w.PauseBytes, 1))
	return strings.Join(parts, ", ")
}

// curl is a command that sends the request by hand.
func curl(c run.Case, v run.Variant, p fixtures.Prepared, profile run.Profile) string {
	mint := "conformance mint " + c.Name(v) + " --sub alice"
	if profile != run.OIDC {
		mint = "CONFORMANCE_SECRET_TEXT=… " + mint + " --profile " + string(profile)
	}
	var b strings.Builder
	q := v.Carrier()
	address := "$LOGOUT_URL" + strings.ReplaceAll(strings.TrimPrefix(orPath(q.Path), "${path}"), `"`, `\"`)
	if p.Query != "" {
		address += "?" + p.Query
	}
	if brings(p) {
		if v.Recipe.Captured != "" {
			mint = "echo …" // somebody else made it
		}
		fmt.Fprintf(&b, "token=$(%s)\n", mint)
	}
	body := bodyFlags(q, p)
	if q.Encoding == "gzip" {
		fmt.Fprintf(&b, "printf %%s %s | gzip | ", quoted(p.Body))
		body = " -H 'Content-Encoding: gzip' --data-binary @-"
	}
	fmt.Fprintf(&b, "curl -X %s \"%s\"", p.Method, filled(address))
	for _, h := range p.Header {
		if !slices.ContainsFunc(q.Header, func(own fixtures.Field) bool { return strings.EqualFold(own.Name, h.Name) }) {
			continue // curl sets it too
		}
		if h.Value == "" {
			fmt.Fprintf(&b, " -H %s", quoted(h.Name+":"))
			continue
		}
		fmt.Fprintf(&b, " -H %s", quoted(h.Name+": "+h.Value))
	}
	b.WriteString(body)
	if w := q.Wire; w != nil {
		for flag, on := range map[string]bool{" --http1.0": w.Proto == "HTTP/1.0", " --http2-prior-knowledge": w.Proto == "HTTP/2"} {
			if on {
				b.WriteString(flag)
			}
		}
		if w.Chunk > 0 {
			b.WriteString(" -H 'Transfer-Encoding: chunked'")
		}
		if w.Expect {
			b.WriteString(" -H 'Expect: 100-continue'")
		}
		if w.Pause > 0 && w.PauseBytes > 0 {
			fmt.Fprintf(&b, " --limit-rate %d", max(1, int(float64(w.PauseBytes)/w.Pause.Seconds())))
		}
	}
	return legible(b.String())
}

// brings reports whether the token is anywhere in a request.
func brings(p fixtures.Prepared) bool {
	marked := func(text string) bool {
		return strings.Contains(text, tokenMark) || strings.Contains(text, encodedMark)
	}
	return marked(p.Query) || marked(p.Body) || slices.ContainsFunc(p.Header, func(h fixtures.Field) bool { return marked(h.Value) })
}

// bodyFlags are the flags that bring the body.
func bodyFlags(q fixtures.Request, p fixtures.Prepared) string {
	if q.Body == "" && len(p.Body) <= maxBody {
		var b strings.Builder
		for each := range strings.SplitSeq(p.Body, "&") {
			if each != "" {
				fmt.Fprintf(&b, " --data %s", quoted(each))
			}
		}
		return b.String()
	}
	if len(p.Body) > maxBody {
		return fmt.Sprintf(" --data-binary @body # %d bytes", len(p.Body))
	}
	return " --data-binary " + quoted(p.Body)
}

// quoted is a text for a shell, with the token in a variable.
func quoted(text string) string {
	if strings.Contains(text, tokenMark) || strings.Contains(text, encodedMark) {
		return `"` + filled(strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`").Replace(text)) + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func filled(text string) string {
	return strings.NewReplacer(tokenMark, "$token", encodedMark, "$token").Replace(text)
}
