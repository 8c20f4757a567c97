package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/clauses"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

func (p *program) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain CASE[/VARIANT]",
		Short: "Say what a case sends, and why",
		Long: `explain says what a case demands and why, with the texts it rests on, what its
tokens and requests look like, what each verdict would mean, and how to send
them by hand.`,
		Example: `  conformance explain clm-exp-past
  conformance explain hdr-alg-none/empty-signature`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, v, err := find(args[0])
			if err != nil {
				return err
			}
			shown := c.Variants
			if strings.Contains(args[0], "/") {
				shown = []run.Variant{v}
			}
			text, err := explain(c, shown)
			if err != nil {
				return err
			}
			_, err = p.out.Write([]byte(text))
			return err
		},
	}
}

// explain writes what a user wants to know of a case.
func explain(c run.Case, shown []run.Variant) (string, error) {
	b := &page{}
	row := describe(c)
	b.line("%s  (%s)\n\n%s.\n", c.ID, c.Level, capital(c.Requires))
	b.part("Why", why(c)...)
	if len(c.Wild) > 0 {
		b.part("Seen in the wild", strings.Join(c.Wild, ", "))
	}
	b.part("Profiles", join(row.Profiles))
	b.part("Applies", applies(c.Excluded, c.Needs)...)
	b.part("Expected", expected(c.Expect, c.Level, c.Given)...)
	b.part("Verdicts", meanings(c)...)
	if c.Expect == run.Observe {
		for _, v := range shown {
			b.line("%s looks at the answers of all other cases", c.Name(v))
		}
		return b.String(), nil
	}
	if c.Steps != nil || c.Around != nil {
		b.part("Script", "more than one request: the case has steps of its own around what is shown below")
	}
	for _, v := range shown {
		if err := explainVariant(b, c, v); err != nil {
			return "", fmt.Errorf("%s: %w", c.Name(v), err)
		}
	}
	return b.String(), nil
}

// why are the clauses, each with what it says and where.
func why(c run.Case) []string {
	var out []string
	for _, ref := range c.Clauses {
		clause, ok := clauses.Find(ref)
		if !ok {
			out = append(out, ref)
			continue
		}
		out = append(out, fmt.Sprintf("%s: %s", clause.Ref, clause.Text), "  "+clause.Says)
		if clause.URL != "" {
			out = append(out, "  "+clause.URL)
		}
	}
	return out
}

// applies says when a case or a variant does not.
func applies(excluded []run.Condition, needs []run.Need) []string {
	var out []string
	for _, x := range excluded {
		out = append(out, "not when the target "+x.Name)
	}
	for _, n := range needs {
		out = append(out, "not when "+n.Missing())
	}
	return out
}

func expected(e run.Expect, level run.Level, given []run.Given) []string {
	out := []string{expectations[e]}
	for _, g := range given {
		say := g.Expect
		if say == "" {
			say = e
		}
		weight := g.Level
		if weight == "" {
			weight = level
		}
		out = append(out, fmt.Sprintf("when the target %s: %s (%s)", g.If.Name, expectations[say], weight))
	}
	return out
}

var expectations = map[run.Expect]string{
	run.Revoke:  "the session ends, answered with 200; everybody else stays logged in",
	run.Refuse:  "refused with 400; the session lives, and a valid token ends it afterwards",
	run.Either:  "accepting and refusing are both allowed; nobody else's session ends",
	run.Observe: "judged on the answers of all other cases; nothing is sent",
}

// meanings says what each verdict would mean for this case.
func meanings(c run.Case) []string {
	broken := verdict.Broken(c.Level)
	var pass, fault, note, open string
	switch c.Expect {
	case run.Revoke:
		pass, fault = "the session ended and the answer was a success", "the session lives, or the answer was a failure"
		note, open = "it works, with something worth knowing", "the baseline that it rests on fails, or nobody could tell whether the session lives"
	case run.Refuse:
		pass, fault = "the session lived on, and the valid twin of the token ended it", "the session ended, by a token that had to be refused"
		note, open = "refused, though answered as a success", "the valid twin did not end the session either, so that the refusal proves nothing; or the request was throttled"
	case run.Either:
		pass, fault = "nothing to tell", "nothing breaks this case but the rules for every case"
		note, open = "says whether the token was accepted or refused", "nobody could tell what became of the session"
	case run.Observe:
		pass, fault = "all answers kept the rule", "some answers broke it; the first ones are named"
		note, open = "allowed, and worth knowing", "no answer that it could be judged on"
	}
	out := []string{"pass            " + pass}
	if c.Expect != run.Either && broken != run.Note {
		out = append(out, fmt.Sprintf("%-15s %s", broken, fault))
	}
	if broken != run.Fail && c.Expect != run.Observe {
		out = append(out, "fail            a rule for every case was broken: somebody else's session ended, or no valid token works any more")
	}
	return append(out, "note            "+note, "inconclusive    "+open,
		"not-applicable  the profile, the declarations or the configuration exclude it; the report says which")
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
