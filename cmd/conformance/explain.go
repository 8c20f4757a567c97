package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain CASE[/VARIANT]",
		Short: "Say what a case sends, and why",
		Example: `  conformance explain clm-exp-past
  conformance explain hdr-alg-none/empty-signature`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, v, err := find(args[0])
			if err != nil {
				return err
			}
			only := ""
			if strings.Contains(args[0], "/") {
				only = v.Slug
			}
			text, err := explain(c, only)
			if err != nil {
				return err
			}
			_, err = p.out.Write([]byte(text))
			return err
		},
	}
}

// explain writes what a user wants to know of a case.
func explain(c run.Case, only string) (string, error) {
	var b strings.Builder
	row := describe(c)
	fmt.Fprintf(&b, "%s  (%s)\n\n%s.\n\n", c.ID, c.Level, capital(c.Requires))
	fmt.Fprintf(&b, "Demanded by   %s\n", strings.Join(c.Clauses, ", "))
	fmt.Fprintf(&b, "Profiles      %s\n", joinProfiles(row.Profiles))
	if len(c.Wild) > 0 {
		fmt.Fprintf(&b, "Seen          %s\n", strings.Join(c.Wild, ", "))
	}
	fmt.Fprintf(&b, "Expected      %s\n", expectations[c.Expect])
	for _, g := range c.Given {
		fmt.Fprintf(&b, "              when the target %s: %s (%s)\n", g.If.Name, expectations[g.Expect], g.Level)
	}
	if c.Expect == run.Observe {
		return b.String(), nil
	}
	for _, v := range c.Variants {
		if only != "" && v.Slug != only {
			continue
		}
		if err := explainVariant(&b, c, v); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func explainVariant(b *strings.Builder, c run.Case, v run.Variant) error {
	fmt.Fprintf(b, "\n%s\n", c.Name(v))
	for _, x := range v.Excluded {
		fmt.Fprintf(b, "  not when the target %s\n", x.Name)
	}
	example := config.Default()
	m := minting{sub: "alice", sid: "s-6f1c", nonce: "n-0S6_WzA2Mj"}
	if !appliesTo(run.Case{Variants: []run.Variant{v}}, run.OIDC) {
		example.Profile, example.Secret.Text = run.SharedSecret, "an example secret of 32 bytes or more"
	}
	token, err := m.mint(example, v.Recipe)
	if v.Recipe.Captured != "" {
		fmt.Fprintf(b, "  sends   the %s of the login, as it was captured\n", strings.Trim(v.Recipe.Captured, "${}"))
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "  header  %s\n  claims  %s\n", pretty(token.Header), pretty(token.Payload))
	if !strings.HasSuffix(token.Wire, ".") && strings.Count(token.Wire, ".") == 2 {
		fmt.Fprintf(b, "  signed  %s\n", signer(v))
	}
	q := v.Carrier()
	curl := fmt.Sprintf("curl -X %s \"$LOGOUT_URL\"", q.Method)
	for _, f := range q.Query {
		curl = fmt.Sprintf("curl -X %s \"$LOGOUT_URL?%s=%s\"", q.Method, f.Name, shell(f.Value, c, v))
	}
	for _, f := range q.Form {
		curl += fmt.Sprintf(" -d \"%s=%s\"", f.Name, shell(f.Value, c, v))
	}
	fmt.Fprintf(b, "  by hand %s\n", curl)
	return nil
}

func shell(value string, c run.Case, v run.Variant) string {
	return strings.ReplaceAll(value, "${token}", "$(conformance mint "+c.Name(v)+" --sub alice)")
}

func signer(v run.Variant) string {
	switch s := v.Recipe.Sign; {
	case s.Key == "text":
		return fmt.Sprintf("%s keyed with %q", s.Alg, s.Secret)
	case v.Recipe.Write.Signature != "":
		return "by the issuer, and then changed: " + v.Recipe.Write.Signature
	case s.Input != "":
		return "by the issuer, over another token"
	case s.Key != "":
		return "with the key of the role " + string(s.Key)
	}
	return "by the issuer"
}

// pretty puts a blank after each colon and comma of a JSON text.
func pretty(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "          ", "  ") != nil {
		return text
	}
	return out.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

var expectations = map[run.Expect]string{
	run.Revoke:  "the session ends, answered with 200; everybody else stays logged in",
	run.Refuse:  "refused with 400; the session lives, and a valid token ends it afterwards",
	run.Either:  "accepting and refusing are both allowed; nobody else's session ends",
	run.Observe: "judged on the answers of all other cases; nothing is sent",
}
