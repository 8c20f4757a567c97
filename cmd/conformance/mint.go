package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/vectors"
	"github.com/loggedout/loggedout/suites/cases"
)

// minting is whom a token is about and what it is made with.
type minting struct {
	file, profile, sub, sid, nonce, client, issuer string
	// values are what only a run knows, such as bob.sub.
	values map[string]string
	// encrypted: the token goes to the client that is registered for encryption.
	encrypted bool
}

func (p *program) mintCommand() *cobra.Command {
	var (
		m      minting
		all    bool
		format string
	)
	c := &cobra.Command{
		Use:   "mint CASE[/VARIANT] | --all --format json",
		Short: "Print the token of a case",
		Long: `mint makes the token of a case, valid or hostile, and prints it.

Under the oidc profile it is signed with the fixed keys of the mock issuer,
which mockidp publishes for its issuer "default". Under the shared-secret
profile it is signed with the secret in CONFORMANCE_SECRET_TEXT or in the
configuration file.

Some tokens name what only a run knows: the session of a second user, a canary,
the ID token of a login. Such values are made up, which is said on standard
error; --sid, --nonce and --value give the real ones.

With --all it writes every token of the catalogue, made with fixed keys and a
fixed clock, with what a receiver has to do with it: see fixtures/vectors.`,
		Example: `  conformance mint ok-sub-sid --sub alice --sid "$sid"
  CONFORMANCE_SECRET_TEXT=… conformance mint ok-sub-only --profile shared-secret --sub alice
  conformance mint clm-sub-sid-disagree --sub alice --sid "$sid" --value "bob.sid=$other"
  curl -X POST "$LOGOUT_URL" -d "logout_token=$(conformance mint clm-exp-past/hour --sub alice)"`,
		Args: func(cmd *cobra.Command, args []string) error {
			if all && len(args) > 0 {
				return fmt.Errorf("--all is every token, and %s is one: give either", args[0])
			}
			if all {
				return nil
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if all {
				return p.mintAll(format)
			}
			c, err := config.Load(m.file, p.getenv)
			if err != nil {
				return err
			}
			m.over(cmd, &c)
			found, v, err := find(args[0])
			if err != nil {
				return err
			}
			if found.Expect == run.Observe {
				return fmt.Errorf("%s sends nothing: it is judged on what all other cases saw", found.ID)
			}
			m.encrypted = v.At == run.AtEncrypted
			token, made, err := m.mint(c, v.Recipe)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if len(made) > 0 {
				if _, err := fmt.Fprintf(p.err, "conformance: made up: %s (give what is real with --sid, --nonce or --value NAME=VALUE)\n", told(made)); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintln(p.out, token.Wire)
			return err
		},
	}
	f := c.Flags()
	f.BoolVar(&all, "all", false, "every token of the catalogue, with fixed keys and a fixed clock")
	f.StringVar(&format, "format", "json", "with --all: json")
	f.StringVarP(&m.file, "config", "c", "", "the configuration file")
	f.StringVar(&m.profile, "profile", "", "oidc, asvs or shared-secret (profile)")
	f.StringVar(&m.sub, "sub", "alice", "the user that the token names")
	f.StringVar(&m.sid, "sid", "", "the session that the token names")
	f.StringVar(&m.nonce, "nonce", "", "the nonce of the login, for cases that use it")
	f.StringVar(&m.client, "client", "", "the client id that the token is for (client.id)")
	f.StringVar(&m.issuer, "issuer", "", "the issuer URL (issuer.url)")
	f.StringToStringVar(&m.values, "value", nil, "what only a run knows, such as bob.sub=bob; may be repeated")
	return c
}

// mintAll writes the vectors.
func (p *program) mintAll(format string) error {
	if format != "json" {
		return fmt.Errorf("--format %q is none: want json", format)
	}
	doc, err := vectors.Make(cases.All())
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(doc)
}

func (m minting) over(cmd *cobra.Command, c *config.Config) {
	if cmd.Flags().Changed("profile") {
		c.Profile = run.Profile(m.profile)
	}
	if cmd.Flags().Changed("client") {
		c.Client.ID = m.client
	}
	if cmd.Flags().Changed("issuer") {
		c.Issuer.URL = m.issuer
	}
}

// find looks a case up by its id, or a variant by its full name.
func find(name string) (run.Case, run.Variant, error) {
	id, slug, exact := strings.Cut(name, "/")
	for _, c := range cases.All() {
		if c.ID != id {
			continue
		}
		if !exact {
			return c, c.Variants[0], nil
		}
		var slugs []string
		for _, v := range c.Variants {
			if v.Slug == slug {
				return c, v, nil
			}
			slugs = append(slugs, v.Slug)
		}
		return run.Case{}, run.Variant{}, fmt.Errorf("%s has no variant %q: want one of %s", id, slug, strings.Join(slugs, ", "))
	}
	return run.Case{}, run.Variant{}, fmt.Errorf("there is no case %q: see 'conformance list'", id)
}
