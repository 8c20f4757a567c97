package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// program is what every subcommand works with.
type program struct {
	out, err io.Writer
	getenv   func(string) string
	clock    func() time.Time
	// terminal: somebody watches, and lines can be rewritten.
	terminal bool
	width    int
}

// run executes the command line and gives the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{exitUsage, err}
	}
	if exit.err != nil {
		_, _ = fmt.Fprintf(p.err, "conformance: %s\n", strings.TrimSpace(exit.err.Error())) // nobody is left to tell
	}
	return exit.code
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "conformance",
		Short: "Is the user really logged out, and can nobody else say so?",
		Long: `conformance logs users in at an application through a mock identity provider,
sends it good and bad logout tokens (OpenID Connect Back-Channel Logout 1.0),
watches the sessions live or die, and judges each case against the text that
demands it.`,
		Example: `  conformance demo                          every case against the embedded reference receiver
  conformance run -c conformance.yaml       every case against your application
  conformance explain clm-exp-past          what a case sends, and why`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(p.runCommand(), p.demoCommand(), p.listCommand(), p.explainCommand(),
		p.mintCommand(), p.replayCommand(), p.receiverCommand(), p.versionCommand())
	return root
}
