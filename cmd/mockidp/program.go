package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
)

// program is what every subcommand works with.
type program struct {
	out, err io.Writer
	getenv   func(string) string
	recipes  func() map[string]fixtures.Recipe
}

// The exit codes.
const (
	exitOK      = 0
	exitFailure = 1 // it could not be done
	exitUsage   = 2 // a flag, a variable or the configuration is wrong
)

// errFailed marks an error that is no fault of the command line.
var errFailed = errors.New("failed")

// failed says what could not be done.
func failed(format string, values ...any) error {
	return &failure{fmt.Errorf(format, values...)}
}

type failure struct{ error }

func (f *failure) Is(target error) bool { return target == errFailed }
func (f *failure) Unwrap() error        { return f.error }

// run executes the command line and gives the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.serveCommand()
	root.AddCommand(p.healthcheckCommand(), p.versionCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetArgs(args)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	_, _ = fmt.Fprintf(p.err, "mockidp: %s\n", strings.TrimSpace(err.Error())) // nobody is left to tell
	if errors.Is(err, errFailed) {
		return exitFailure
	}
	return exitUsage
}
