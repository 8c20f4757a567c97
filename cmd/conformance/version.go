package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/suites/cases"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version and the edition of the catalogue", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.out, "conformance %s, catalogue %s, %d cases\n", version, cases.Edition, len(cases.All()))
			return err
		},
	}
}
