package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// listed is a case as other tools read it.
type listed struct {
	ID       string        `json:"id"`
	Group    string        `json:"group"`
	Level    run.Level     `json:"level"`
	Clauses  []string      `json:"clauses"`
	Profiles []run.Profile `json:"profiles"`
	Variants []string      `json:"variants"`
	// Needs are what a target has to have for it; those of single variants are
	// not among them.
	Needs    []run.Need `json:"needs"`
	Expect   run.Expect `json:"expect"`
	Requires string     `json:"requires"`
}

func (p *program) listCommand() *cobra.Command {
	var (
		filter          engine.Filter
		format, profile string
	)
	c := &cobra.Command{
		Use:   "list",
		Short: "List the cases",
		Example: `  conformance list --group CLM
  conformance list --profile shared-secret --format json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			write, ok := map[string]func(io.Writer, []listed) error{
				"text": writeText, "json": writeListJSON, "markdown": writeMarkdown,
			}[format]
			if !ok {
				return fmt.Errorf("--format %q is none: want text, json or markdown", format)
			}
			if profile != "" && !slices.Contains(run.Profiles(), run.Profile(profile)) {
				return fmt.Errorf("--profile %q is none: want oidc, asvs or shared-secret", profile)
			}
			plan, err := engine.Select(cases.All(), filter)
			if err != nil {
				return err
			}
			var rows []listed
			for _, c := range plan.Cases {
				row := describe(c)
				if plan.Implied[c.ID] || profile != "" && !slices.Contains(row.Profiles, run.Profile(profile)) {
					continue
				}
				rows = append(rows, row)
			}
			return write(p.out, rows)
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "text", "text, json or markdown")
	f.StringVar(&profile, "profile", "", "cases of this profile only")
	f.StringSliceVar(&filter.Cases, "case", nil, "these cases only")
	f.StringSliceVar(&filter.Groups, "group", nil, "these groups only")
	f.StringSliceVar(&filter.Levels, "level", nil, "these levels only")
	return c
}

func describe(c run.Case) listed {
	row := listed{
		ID: c.ID, Group: c.Group(), Level: c.Level, Clauses: c.Clauses, Requires: c.Requires, Expect: c.Expect,
		Needs: append([]run.Need{}, c.Needs...), Profiles: []run.Profile{},
	}
	for _, v := range c.Variants {
		row.Variants = append(row.Variants, v.Slug)
	}
	for _, profile := range run.Profiles() {
		if appliesTo(c, profile) {
			row.Profiles = append(row.Profiles, profile)
		}
	}
	return row
}

// appliesTo reports whether a case says something about some target of a
// profile: one that has whatever the case needs.
func appliesTo(c run.Case, profile run.Profile) bool {
	terms := run.Terms{Profile: profile, Alg: "RS256", Declares: run.DefaultDeclares(), Offers: run.Needs()}
	if profile == run.SharedSecret {
		terms.Alg = "HS256"
		terms.Secret.Requires = []string{"iss", "sub", "aud", "iat", "exp", "jti", "sid", "events", "nonce", "typ"}
	}
	return slices.ContainsFunc(c.Variants, func(v run.Variant) bool { return c.Demand(v, terms).NotApplicable == "" })
}

func writeListJSON(w io.Writer, rows []listed) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(rows)
}

func writeText(w io.Writer, rows []listed) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		if _, err := fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", r.ID, r.Level, len(r.Variants), r.Requires); err != nil {
			return err
		}
	}
	return table.Flush()
}

func writeMarkdown(w io.Writer, rows []listed) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Cases\n\nCatalogue %s: %d cases with %d variants. Written by `conformance list --format markdown`;\n`conformance explain CASE` says more of each.\n",
		cases.Edition, len(rows), variantsOf(rows))
	group := ""
	for _, r := range rows {
		if r.Group != group {
			group = r.Group
			fmt.Fprintf(&b, "\n## %s\n\n| case | level | requires | clauses | variants | profiles | needs |\n|---|---|---|---|---|---|---|\n", group)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", r.ID, r.Level, r.Requires, strings.Join(r.Clauses, ", "),
			strings.Join(r.Variants, ", "), join(r.Profiles), join(r.Needs))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func variantsOf(rows []listed) int {
	n := 0
	for _, r := range rows {
		n += len(r.Variants)
	}
	return n
}

func join[T ~string](all []T) string {
	names := make([]string, len(all))
	for i, each := range all {
		names[i] = string(each)
	}
	return strings.Join(names, ", ")
}
