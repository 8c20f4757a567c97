package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/run"
)

func (p *program) demoCommand() *cobra.Command {
	var (
		s      selection
		defect string
	)
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run every case against the embedded reference receiver",
		Long: `demo does the main job on embedded defaults: it starts the mock issuer and the
reference receiver in this process, on free loopback ports, and runs every case
of the oidc profile and then of the shared-secret profile. Reports go to
out/oidc and out/shared-secret.

With --defect the receiver is made wrong in one way, to see what a finding
looks like.`,
		Example: `  conformance demo
  conformance demo --defect alg-none-accepted
  conformance demo --case clm-exp-past -v`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			code := exitOK
			ran := false
			for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
				if defect != "" && !concerns(defect, profile) {
					continue
				}
				ran = true
				one, err := p.demo(cmd.Context(), profile, defect, s)
				if err != nil {
					return err
				}
				if code = worse(code, one); code == exitInterrupted {
					break
				}
			}
			if !ran {
				return unknownDefect(defect)
			}
			if code != exitOK {
				return &exitError{code: code}
			}
			return nil
		},
	}
	c.Flags().StringVar(&defect, "defect", "", "make the receiver wrong in one way")
	s.flags(c)
	return c
}

func (p *program) demo(ctx context.Context, profile run.Profile, defect string, s selection) (int, error) {
	options := demo.Options{Profile: profile, Defect: defect, Clock: p.clock}
	s.load.over(&options.Load)
	d, err := demo.Start(ctx, options)
	if err != nil {
		return exitFault, &exitError{exitFault, err}
	}
	defer d.Close()
	if err := s.apply(&d.Config); err != nil {
		return exitUsage, err
	}
	if err := d.Config.Check(); err != nil {
		return exitUsage, err
	}
	d.Config.Report.Dir = filepath.Join(d.Config.Report.Dir, string(profile))
	return p.test(ctx, d.Config, d.Issuer, s)
}
