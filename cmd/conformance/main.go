// Command conformance says whether an application behind single sign-on really
// logs its users out when the identity provider says so, and whether nobody
// else can say so.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

// version is set by the build.
var version = "dev"

func main() {
	log.SetOutput(io.Discard) // net/http writes what it thinks of odd servers there
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	p := &program{
		out: os.Stdout, err: os.Stderr, getenv: os.Getenv, clock: time.Now,
		terminal: err == nil && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb",
		width:    width,
	}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
