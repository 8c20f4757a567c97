// Command mockidp is a local fake identity provider. It logs people in, keeps
// their sessions, tells every client when a session ends, and sends bad logout
// tokens on request.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/loggedout/loggedout/suites/cases"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{
		out: os.Stdout, err: os.Stderr, getenv: os.Getenv,
		recipes: cases.Recipes, // the named tokens of POST /tokens and POST /deliveries
	}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
