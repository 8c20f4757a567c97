package report

import (
	"fmt"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// issuerOutcome is what the issuer was told to do.
func issuerOutcome(i run.Issuer) string {
	switch {
	case i.Do == run.Count && i.Fetches != nil:
		return "its keys were fetched " + count(*i.Fetches, "time", "times") + " since the exchange began"
	case i.Do == run.Serve && i.Keys != nil:
		return oneLine("from now on its keys are " + served(*i.Keys))
	case i.Do == run.ServeAsUsual:
		return "its keys are served as usual again"
	case i.Do == run.Hold:
		return "a token answer is held back"
	case i.Do == run.Release:
		return "the token answer that was held back is let go"
	case i.Role != "":
		return oneLine(fmt.Sprintf("%s the key of the role %s", i.Do, i.Role))
	}
	return oneLine(string(i.Do))
}

// maxServed bounds how much of a served document is told in a line, in bytes.
const maxServed = 120

// served is what a jwks_uri answers, in a few words.
func served(j fixtures.JWKS) string {
	var parts []string
	say := func(when bool, format string, args ...any) {
		if when {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	say(j.Drop, "a connection that is closed without an answer")
	say(j.Status != 0, "status %d", j.Status)
	say(j.Delay > 0, "held back for %v", j.Delay)
	say(j.Body != "", "the body %s", shortened(j.Body))
	say(len(j.Before) > 0, "%s before the honest ones", count(len(j.Before), "entry", "entries"))
	say(len(j.Also) > 0, "%s behind the honest ones", count(len(j.Also), "entry", "entries"))
	say(j.Pad > 0, "%d bytes of entries that nobody needs", j.Pad)
	for _, f := range j.Header {
		say(true, "%s: %s", f.Name, f.Value)
	}
	if len(parts) == 0 {
		return "the honest ones"
	}
	return strings.Join(parts, ", ")
}

func shortened(text string) string {
	if len(text) <= maxServed {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q… (%d bytes)", strings.ToValidUTF8(text[:maxServed], ""), len(text))
}

// canaryOutcome is who came to an address that a token pointed at.
func canaryOutcome(c run.Canary) string {
	if len(c.Hits) == 0 {
		return oneLine("nobody came to " + c.URL)
	}
	const told = 3
	var hits []string
	for _, h := range c.Hits[:min(told, len(c.Hits))] {
		text := h.Method + " " + h.Path
		if h.From != "" {
			text += " from " + h.From
		}
		hits = append(hits, text)
	}
	if more := len(c.Hits) - told; more > 0 {
		hits = append(hits, fmt.Sprintf("and %d more", more))
	}
	return oneLine(fmt.Sprintf("%s at %s: %s", count(len(c.Hits), "request", "requests"), c.URL, strings.Join(hits, ", ")))
}

func hookOutcome(h run.Hook) string {
	if h.Error != "" {
		return oneLine(fmt.Sprintf("%s failed: %s", h.Name, h.Error))
	}
	return oneLine(string(h.Name) + " was called")
}

// refreshOutcome is what the issuer knows of a refresh token.
func refreshOutcome(r run.RefreshToken) string {
	if !r.Issued {
		return "no refresh token was issued"
	}
	text := "the refresh token"
	if r.Offline {
		text += ", with offline_access,"
	}
	text += " was used " + count(r.Uses, "time", "times")
	if r.Revoked {
		return text + " and is revoked"
	}
	return text + " and is not revoked"
}
