package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/vectors"
)

// A page is text in parts.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { p.WriteString(fmt.Sprintf(format, args...) + "\n") }

// margin is where the text of a part begins.
const margin = 18

// part writes lines beside a title; without lines nothing.
func (p *page) part(title string, lines ...string) {
	for i, line := range lines {
		if i > 0 {
			title = ""
		}
		p.line("%-*s%s", margin, title, line)
	}
	if len(lines) > 0 {
		p.line("")
	}
}

// field writes a text of several lines beside a label.
func (p *page) field(label, text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		p.line("%s", strings.TrimRight(fmt.Sprintf("  %-8s%s", label, line), " \n"))
		label = ""
	}
}

func explainVariant(b *page, c run.Case, v run.Variant) error {
	b.line("%s", c.Name(v))
	for _, line := range applies(v.Excluded, v.Needs) {
		b.field("", line)
	}
	if v.Expect != "" || v.Level != "" || len(v.Given) > 0 {
		d := c.Demand(v, run.Terms{Profile: run.OIDC, Offers: run.Needs(), Declares: run.DefaultDeclares()})
		if d.NotApplicable == "" {
			b.field("expects", fmt.Sprintf("%s (%s)", expectations[d.Expect], d.Level))
		}
	}
	example, m := exampleFor(v)
	if v.Recipe.Captured != "" {
		b.field("sends", fmt.Sprintf("the %s of a login, as it was captured", strings.Trim(v.Recipe.Captured, "${}")))
	} else {
		token, _, err := m.mint(example, v.Recipe)
		if err != nil {
			return err
		}
		b.field("header", legible(token.Header))
		b.field("claims", legible(token.Payload))
		b.field("signed", signer(v))
	}
	values, err := vectors.Values(fixtures.Env{Keys: fixtures.FixedKeys()}, v.Carrier())
	if err != nil {
		return err
	}
	q := v.Carrier()
	q.Encoding, q.Padding = "", nil // told in words
	prepared, err := fixtures.Prepare(q, tokenMark, values)
	if err != nil {
		return err
	}
	b.field("request", wireText(v.Carrier(), prepared))
	for _, further := range q.Tokens {
		b.field("", fmt.Sprintf("(with a further token %q: %s)", further.Name, asJSON(further.Recipe)))
	}
	b.field("by hand", curl(c, v, prepared, example.Profile))
	b.line("")
	return nil
}

// exampleFor is a setting in which a variant applies.
func exampleFor(v run.Variant) (config.Config, minting) {
	example := config.Default()
	if !appliesTo(run.Case{Variants: []run.Variant{v}}, run.OIDC) {
		example.Profile, example.Secret.Text = run.SharedSecret, "an example secret of 32 bytes or more"
	}
	return example, minting{sub: "alice", sid: "s-6f1c", nonce: "n-0S6_WzA2Mj"}
}

// maxLegible bounds how much of a header or a payload is shown, in bytes.
const maxLegible = 2 << 10

// legible is a text for a terminal: indented when it is JSON, bounded, and
// without control characters.
func legible(text string) string {
	var out bytes.Buffer
	if len(text) <= maxLegible && json.Indent(&out, []byte(text), "", "  ") == nil && out.Len() < maxLegible {
		text = out.String()
	}
	if len(text) > maxLegible {
		text = fmt.Sprintf("%s… (%d bytes)", text[:maxLegible], len(text))
	}
	return strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil { // a recipe always is
		return ""
	}
	return string(text)
}

func signer(v run.Variant) string {
	switch s := v.Recipe.Sign; {
	case s.Key == fixtures.ByText:
		return fmt.Sprintf("%s keyed with %q", s.Alg, s.Secret)
	case v.Recipe.Write.Signature == "${hex:}":
		return "not at all"
	case v.Recipe.Write.Signature != "":
		return "by the issuer, and then changed: " + v.Recipe.Write.Signature
	case s.Input != "":
		return "over another text than its own segments: " + s.Input
	case s.Kind != "":
		return "with a key of the kind " + s.Kind
	case s.Key != "":
		return "with the key of the role " + string(s.Key)
	}
	return "by the issuer"
}
