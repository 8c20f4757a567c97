package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/receiver"
)

func (p *program) receiverCommand() *cobra.Command {
	var listen, issuer, defect string
	c := &cobra.Command{
		Use:   "receiver",
		Short: "Serve the reference receiver: something to log out of",
		Long: `receiver serves the application that demo tests, until it is interrupted. It has
two applications: "app" logs users in at the issuer (the oidc profile), "shared"
has a login of its own and a shared secret.

The secret is CONFORMANCE_SECRET_TEXT, or a public one that is printed. With
--defect the receiver is wrong in one way. It keeps the issuer's keys for a minute,
or as long as CONFORMANCE_DECLARES_KEY_CACHE says.`,
		Example: `  conformance receiver --issuer http://127.0.0.1:8080/default
  curl -c jar -d uid=alice http://127.0.0.1:3000/app/shared/login
  curl -b jar http://127.0.0.1:3000/app/shared/me`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if defect != "" && !concerns(defect, "oidc") && !concerns(defect, "shared-secret") {
				return unknownDefect(defect)
			}
			c, err := config.Load("", p.getenv)
			if err != nil {
				return err
			}
			if issuer != "" {
				c.Issuer.URL = issuer
			}
			if from := p.getenv("CONFORMANCE_RECEIVER_LISTEN"); from != "" && !cmd.Flags().Changed("listen") {
				listen = from
			}
			return p.serveReceiver(cmd.Context(), c, listen, defect)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:3000", "where to listen; port 0 takes a free one")
	f.StringVar(&issuer, "issuer", "", "the issuer that it trusts (issuer.url)")
	f.StringVar(&defect, "defect", "", "make it wrong in one way")
	return c
}

func (p *program) serveReceiver(ctx context.Context, c config.Config, listen, defect string) error {
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", listen)
	if err != nil {
		return &exitError{exitFault, fmt.Errorf("--listen: %w", err)}
	}
	base := "http://" + listener.Addr().String()
	secret, shown := c.Secret.Text, "CONFORMANCE_SECRET_TEXT"
	if secret == "" {
		secret, shown = demo.Secret, demo.Secret
	}
	r, err := receiver.New(receiver.Config{Clock: p.clock, Defect: defect, Keys: keyTimes(c), Apps: []receiver.App{
		{Name: "app", OIDC: &receiver.OIDC{Issuer: c.Issuer.URL, ClientID: c.Client.ID, ClientSecret: c.Client.Secret, BaseURL: base}},
		{Name: "shared", SharedSecret: &receiver.SharedSecret{Secret: []byte(secret)}},
	}})
	if err != nil {
		_ = listener.Close() // the other error is the one to tell
		return err
	}
	_, err = fmt.Fprintf(p.out, `The reference receiver listens on %[1]s.

  app      log in at %[1]s/app/app/login, through %[2]s
           who am I  %[1]s/app/app/me
           logout    %[1]s/auth/logout/app
  shared   log in by POST uid=… to %[1]s/app/shared/login
           who am I  %[1]s/app/shared/me
           logout    %[1]s/auth/logout/shared
           secret    %[3]s

`, base, c.Issuer.URL, shown)
	if err != nil {
		return err
	}
	return untilDone(ctx, receiver.NewServer(r), listener)
}

// keyTimes are those of a receiver that is what the configuration declares. It
// lets unknown keys be asked for in the same measure as by default.
func keyTimes(c config.Config) receiver.KeyTimes {
	fresh := time.Duration(c.Declares.KeyCache)
	return receiver.KeyTimes{Fresh: fresh, Refill: fresh / 3}
}

// untilDone serves until the context is done.
func untilDone(ctx context.Context, server *http.Server, listener net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return &exitError{exitFault, err}
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return &exitError{exitFault, err}
	}
	return nil
}
