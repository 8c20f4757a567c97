package main

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/report"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites"
	"github.com/loggedout/loggedout/suites/cases"
)

// selection are the flags that choose cases and how they are run.
type selection struct {
	cases, groups, levels, skip []string
	strict, verbose             bool
	load, slow                  onOff
	workers                     int
	dir                         string
}

func (s *selection) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringSliceVar(&s.cases, "case", nil, "run these cases only, such as clm-exp-past,hdr-alg-none")
	f.StringSliceVar(&s.groups, "group", nil, "run these groups only, such as CLM,SIG")
	f.StringSliceVar(&s.levels, "level", nil, "run cases of these levels only: MUST, SHOULD, MAY, hardening")
	f.StringSliceVar(&s.skip, "skip", nil, "leave these cases out")
	f.BoolVar(&s.strict, "strict", false, "a warning stands against the target too")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "say more about each case")
	s.load.flag(f, "load", "send too what can hurt a live system: floods, huge requests (run.load)")
	s.slow.flag(f, "slow", "wait over 5 s where a case needs it; --slow=false leaves such cases out (run.slow)")
	f.IntVar(&s.workers, "workers", 0, "how many exchanges run side by side (run.workers)")
	f.StringVarP(&s.dir, "out", "o", "", "where reports go (report.dir)")
	c.PreRunE = func(cmd *cobra.Command, _ []string) error {
		for flag, list := range map[string][]string{"case": s.cases, "group": s.groups, "level": s.levels, "skip": s.skip} {
			if cmd.Flags().Changed(flag) && len(list) == 0 {
				return fmt.Errorf("--%s: is empty: name something, or leave the flag out", flag)
			}
		}
		return nil
	}
}

func (p *program) runCommand() *cobra.Command {
	var (
		s                                        selection
		file, profile, logoutURL, issuer, listen string
	)
	c := &cobra.Command{
		Use:   "run -c conformance.yaml",
		Short: "Test an application",
		Long: `run logs users in at the application, sends it good and bad logout tokens, and
judges what becomes of the sessions. It writes run.json, junit.xml, report.html
and summary.md.

Every key of the file has an environment variable, CONFORMANCE_ and the key's
path: CONFORMANCE_TARGET_LOGOUT_URL, CONFORMANCE_SECRET_TEXT.

Exit codes: 0 nothing stands against the target; 1 a case failed; 2 usage or
configuration; 3 incomplete (target unreachable, a MUST case inconclusive);
4 a fault of the harness; 130 interrupted (reports are written).`,
		Example: `  conformance run -c conformance.yaml
  conformance run -c conformance.yaml --group CLM,SIG --strict
  conformance run -c conformance.yaml --case clm-exp-past -v
  conformance run -c conformance.yaml --load           # all there is, floods included
  conformance run -c conformance.yaml --slow=false     # no long waits`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(file, p.getenv)
			if err != nil {
				return err
			}
			for flag, key := range map[string]struct {
				text string
				into *string
			}{
				"profile": {profile, (*string)(&c.Profile)}, "logout-url": {logoutURL, &c.Target.LogoutURL},
				"issuer": {issuer, &c.Issuer.URL}, "listen": {listen, &c.Issuer.Listen},
			} {
				if cmd.Flags().Changed(flag) {
					*key.into = key.text
				}
			}
			if err := s.apply(&c); err != nil {
				return err
			}
			if err := c.Check(); err != nil {
				return fmt.Errorf("%s%w", inFile(file), err)
			}
			code, err := p.test(cmd.Context(), c, nil, s)
			if err == nil && code != exitOK {
				err = &exitError{code: code}
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVarP(&file, "config", "c", "", "the configuration file (see docs/configuration.md)")
	f.StringVar(&profile, "profile", "", "oidc, asvs or shared-secret (profile)")
	f.StringVar(&logoutURL, "logout-url", "", "the back-channel logout endpoint (target.logout_url)")
	f.StringVar(&issuer, "issuer", "", "the issuer URL that the target trusts (issuer.url)")
	f.StringVar(&listen, "listen", "", "where the mock issuer listens (issuer.listen)")
	s.flags(c)
	return c
}

func inFile(file string) string {
	if file == "" {
		return ""
	}
	return file + ": "
}

// apply puts the flags over the configuration.
func (s selection) apply(c *config.Config) error {
	if s.workers < 0 {
		return fmt.Errorf("--workers: %d is out of range: want 1 to 256", s.workers)
	}
	if s.workers > 0 {
		c.Run.Workers = s.workers
	}
	s.load.over(&c.Run.Load)
	s.slow.over(&c.Run.Slow)
	if s.dir != "" {
		c.Report.Dir = s.dir
	}
	return nil
}

// test makes one run, reports it, and gives the exit code.
func (p *program) test(ctx context.Context, c config.Config, issuer net.Listener, s selection) (int, error) {
	console := p.console(s)
	program := suites.Program{
		Options: suites.Options{Cases: s.cases, Groups: s.groups, Levels: s.levels, Skip: s.skip, Strict: s.strict},
		Context: ctx, Version: version, Config: c, Listener: issuer, Clock: p.clock,
		OnProgress: func(at engine.Progress) { console.Progress(at.Doing, at.Done, at.Total) },
		OnResult:   console.Case,
		OnPlan: func(plan engine.Plan) {
			console.Begin(report.Header{
				Target: c.Target.Name, LogoutURL: c.Target.ShownLogoutURL(), Issuer: issuerOf(c), Profile: string(c.Profile),
				Version: version, Catalogue: cases.Edition, Covers: plan.Covers, Cases: len(plan.Cases),
			})
		},
	}
	doc, err := program.Run()
	if err != nil {
		return exitUsage, err
	}
	code := exitCode(doc, s.strict)
	if err := report.WriteAll(c.Report.Dir, doc, report.Strict(s.strict)); err != nil {
		console.End(doc, exitFault, nil)
		return exitFault, &exitError{exitFault, err}
	}
	console.End(doc, code, report.Files(c.Report.Dir))
	if err := console.Close(); err != nil {
		return exitFault, &exitError{exitFault, fmt.Errorf("write what was found: %w", err)}
	}
	return code, nil
}

// console is where a run is shown while it goes on.
func (p *program) console(s selection) *report.Console {
	return report.NewConsole(p.out, report.ConsoleOptions{
		Color: p.terminal && p.getenv("NO_COLOR") == "", Terminal: p.terminal, Width: p.width,
		Strict: s.strict, Verbose: s.verbose,
	})
}

func issuerOf(c config.Config) string {
	if c.Profile == run.SharedSecret {
		return ""
	}
	return strings.TrimRight(c.Issuer.URL, "/")
}
