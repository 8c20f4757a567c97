package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/loggedout/loggedout/internal/idp"
)

func (p *program) serveCommand() *cobra.Command {
	var s settings
	c := &cobra.Command{
		Use:   "mockidp",
		Short: "A local identity provider for tests, which tells every client when a session ends",
		Long: `mockidp is a mock OpenID provider. It logs anybody in without a password, keeps
provider sessions, and delivers a back-channel logout token to every client of a
session that ends. On its second port it is driven and watched: end sessions,
mint and send valid and hostile tokens, rotate keys, move the clock.

Without a configuration it takes every client id, redirect URI and user, and
makes an issuer of every first path segment. A file that names issuers allows no
others; --strict allows only what is configured.

Every flag has an environment variable: --control-listen is
MOCKIDP_CONTROL_LISTEN, and lists are separated by commas. PORT (or SERVER_PORT)
is the port to listen on when neither --listen nor MOCKIDP_LISTEN is there.

The configuration, whose clients have the names of RFC 7591:

  clients:                       # of the issuer default
    - client_id: app
      client_secret: app-secret
      redirect_uris: [http://127.0.0.1:3000/callback]
      post_logout_redirect_uris: [http://127.0.0.1:3000/]
      backchannel_logout_uri: http://127.0.0.1:3000/backchannel-logout
      backchannel_logout_session_required: true
      id_token_signed_response_alg: RS256
  users:                         # one click each on the login page
    - {sub: alice, name: Alice, groups: [staff]}
  issuers:                       # if there are several
    - {name: other, strict: true, signing_algs: [RS256, ES256], clients: [], users: []}`,
		Example: `  mockidp --client app=http://127.0.0.1:3000/backchannel-logout
  mockidp -c mockidp.yaml --listen 127.0.0.1:0
  curl -X POST http://127.0.0.1:8081/logout -H 'Content-Type: application/json' -d '{"sub":"alice"}'`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := environment(cmd.Flags(), p.getenv); err != nil {
				return err
			}
			return p.serve(cmd.Context(), s)
		},
	}
	s.flags(c.Flags())
	return c
}

// serve runs both faces until the context ends.
func (p *program) serve(ctx context.Context, s settings) error {
	o, err := p.options(s)
	if err != nil {
		return err
	}
	protocol, err := listen(ctx, "listen", s.listen)
	if err != nil {
		return err
	}
	defer protocol.Close() //nolint:errcheck // closed by its server before
	control, err := listen(ctx, "control-listen", s.controlListen)
	if err != nil {
		return err
	}
	defer control.Close() //nolint:errcheck // closed by its server before
	if o.BaseURL == "" {
		o.BaseURL = "http://" + reachable(s.listen, protocol.Addr())
	}
	server, err := idp.New(o)
	if err != nil {
		return err
	}
	defer server.Close()
	b := banner{
		settings: s, options: o, server: server,
		control: "http://" + reachable(s.controlListen, control.Addr()), exposed: !loopback(protocol.Addr()),
	}
	if err := b.write(p.out); err != nil {
		return failed("print where it listens: %w", err)
	}
	return serveBoth(ctx, face{protocol, server.Protocol()}, face{control, server.Control()})
}

// options are those of the engine. The base URL may be left to the listener.
func (p *program) options(s settings) (idp.Options, error) {
	var issuers []idp.IssuerOptions
	listed := false
	if s.file != "" {
		var err error
		if issuers, listed, err = readConfig(s.file); err != nil {
			return idp.Options{}, err
		}
	}
	issuers, err := addClients(issuers, s.clients)
	if err != nil {
		return idp.Options{}, err
	}
	if s.strict {
		if len(issuers) == 0 {
			return idp.Options{}, errors.New("--strict serves only what is configured, and nothing is: give a file with -c")
		}
		for n := range issuers {
			issuers[n].Strict = true
		}
	}
	host, _, err := net.SplitHostPort(s.controlListen)
	if err != nil {
		return idp.Options{}, fmt.Errorf("--control-listen %q: want HOST:PORT: %w", s.controlListen, err)
	}
	if _, _, err := net.SplitHostPort(s.listen); err != nil {
		return idp.Options{}, fmt.Errorf("--listen %q: want HOST:PORT: %w", s.listen, err)
	}
	if s.controlToken == "" && !local(host) {
		return idp.Options{}, fmt.Errorf("--control-listen %s can be reached by others, who could log everybody out: give a --control-token", s.controlListen)
	}
	if u, err := url.Parse(s.issuerURL); s.issuerURL != "" && (err != nil || u.Host == "") {
		return idp.Options{}, fmt.Errorf("--issuer-url %q: want a URL such as http://idp:8080", s.issuerURL)
	}
	level := slog.LevelInfo
	if s.quiet {
		level = slog.LevelWarn
	}
	return idp.Options{
		BaseURL: s.issuerURL, Issuers: issuers, OnlyListed: listed || s.strict, Recipes: p.recipes(),
		Control: idp.ControlOptions{Token: s.controlToken, Hosts: named(append(s.controlHosts, host))},
		Log:     slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: level})),
	}, nil
}

// A face is a handler and where it listens.
type face struct {
	listener net.Listener
	handler  http.Handler
}

// patience is how long requests under way may take when it stops, which is a
// little more than a logout may.
const patience = 6 * time.Second

// serveBoth serves until the context ends, and lets requests under way finish.
func serveBoth(ctx context.Context, faces ...face) error {
	ended := make(chan error, len(faces))
	var servers []*http.Server
	for _, f := range faces {
		server := &http.Server{
			Handler: f.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		}
		servers = append(servers, server)
		go func() { ended <- server.Serve(f.listener) }()
	}
	var broken error
	select {
	case <-ctx.Done():
	case broken = <-ended:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for _, server := range servers {
		if err := server.Shutdown(stop); err != nil {
			_ = server.Close() // whoever is still there had time enough
		}
	}
	if broken != nil && !errors.Is(broken, http.ErrServerClosed) {
		return failed("serve: %w", broken)
	}
	return nil
}
