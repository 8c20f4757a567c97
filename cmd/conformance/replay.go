package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/report"
	"github.com/loggedout/loggedout/internal/verdict"
	"github.com/loggedout/loggedout/suites/cases"
)

func (p *program) replayCommand() *cobra.Command {
	var s selection
	c := &cobra.Command{
		Use:   "replay RUN.JSON",
		Short: "Judge a stored run again, without the target",
		Long: `replay reads a run document and reaches every verdict anew from its evidence.
Nothing is sent anywhere. With --out the reports are written again.`,
		Example: "  conformance replay out/run.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			doc, err := report.ReadJSON(args[0])
			if err != nil {
				return err
			}
			if err := verdict.Known(doc, cases.All()); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			verdict.Run(doc, cases.All())
			console := p.console(s)
			console.Begin(report.HeaderOf(doc))
			for _, c := range doc.Cases {
				console.Case(c)
			}
			code := exitCode(doc, s.strict)
			var files []string
			if s.dir != "" {
				if err := report.WriteAll(s.dir, doc, report.Strict(s.strict)); err != nil {
					return &exitError{exitFault, err}
				}
				files = report.Files(s.dir)
			}
			console.End(doc, code, files)
			if code != exitOK {
				return &exitError{code: code}
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&s.strict, "strict", false, "a warning stands against the target too")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "say more about each case")
	f.StringVarP(&s.dir, "out", "o", "", "write the reports again, to this folder")
	return c
}
