package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/idp"
	"github.com/loggedout/loggedout/internal/run"
)

// An issuer is where logins lead and tokens come from.
type issuer interface {
	exchange.Issuer
	url() string
	// start makes it reachable; the function it gives stops it again.
	start() (stop func())
	// jwksFetches counts how often the keys were fetched; nil when there are none.
	jwksFetches() *int
}

func newIssuer(o Options) (issuer, error) {
	if o.Config.Profile == run.SharedSecret {
		return newSecretIssuer(o, o.Config.Secret.Encoding)
	}
	return newEmbedded(o)
}

// embedded is a mock issuer in this process.
type embedded struct {
	unbuilt
	server   *idp.Server
	name     string
	listener net.Listener
	client   string
}

func newEmbedded(o Options) (*embedded, error) {
	base, name, err := splitIssuer(o.Config.Issuer.URL)
	if err != nil {
		return nil, err
	}
	c := o.Config.Client
	server, err := idp.New(idp.Options{
		BaseURL: base,
		Issuers: []idp.IssuerOptions{{
			Name:        name,
			SigningAlgs: signing(c.Alg),
			Clients: []idp.Client{
				{ID: c.ID, Secret: c.Secret, IDTokenSignedResponseAlg: c.Alg},
				{ID: fixtures.OtherClient},
			},
		}},
		Clock: o.Clock,
	})
	if err != nil {
		return nil, err
	}
	listener := o.Listener
	if listener == nil {
		if listener, err = net.Listen("tcp", o.Config.Issuer.Listen); err != nil { //nolint:noctx // at once, or not at all
			return nil, fmt.Errorf("issuer.listen: the mock issuer cannot listen: %w", err)
		}
	}
	return &embedded{server: server, name: name, listener: listener, client: c.ID}, nil
}

// signing are the algorithms of the issuer's own keys.
func signing(alg string) []string {
	if strings.HasPrefix(alg, "HS") {
		return nil
	}
	return []string{alg}
}

// splitIssuer takes an issuer URL apart into the base of the server and the
// name of the issuer, its last path segment.
func splitIssuer(address string) (base, name string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", fmt.Errorf("issuer.url: %w", err)
	}
	path := strings.TrimRight(u.Path, "/")
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return strings.TrimRight(address, "/"), "", nil
	}
	name, u.Path = path[i+1:], path[:i]
	return u.String(), name, nil
}

func (e *embedded) url() string { return e.server.IssuerURL(e.name) }

func (e *embedded) start() (stop func()) {
	server := &http.Server{
		Handler:           e.server.Protocol(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(e.listener) // ends when it is closed below
	}()
	return func() {
		_ = server.Close() // nothing is left to be lost
		<-ended
		e.server.Close()
	}
}

func (e *embedded) jwksFetches() *int {
	total := e.server.Stats().Issuers[e.name].JWKS.Total
	return &total
}

func (e *embedded) Session(_ context.Context, _ run.Place, sub string) (exchange.Session, error) {
	for _, session := range slices.Backward(e.server.SessionsOf(e.name, sub)) {
		if login, ok := session.Login(e.client); ok {
			return exchange.Session{Sub: sub, Sid: login.Sid, Nonce: login.Nonce, IDToken: login.IDToken}, nil
		}
	}
	return exchange.Session{}, fmt.Errorf("the target came back from the issuer without an ID token for %s: does it use the client id %q and redeem the code?", sub, e.client)
}

func (e *embedded) Mint(_ context.Context, _ run.Place, r fixtures.Recipe, about exchange.Session, values map[string]string) (fixtures.Token, error) {
	vars := maps.Clone(values)
	vars["id_token"], vars["other_client"] = about.IDToken, fixtures.OtherClient
	return e.server.Mint(e.name, idp.MintRequest{
		Recipe: &r, ClientID: e.client, Sub: about.Sub, Sid: about.Sid, Nonce: about.Nonce, Vars: vars,
	})
}

func (e *embedded) Publish(_ context.Context, role fixtures.Role) error {
	return e.server.Publish(e.name, role)
}

func (e *embedded) Withdraw(_ context.Context, role fixtures.Role) error {
	return e.server.Withdraw(e.name, role)
}

// secretIssuer signs with the secret that both sides hold. It logs nobody in.
type secretIssuer struct {
	unbuilt
	env fixtures.Env
}

func newSecretIssuer(o Options, encoding string) (*secretIssuer, error) {
	secret := o.Config.Secret
	secret.Encoding = encoding
	raw, err := secret.Bytes()
	if err != nil {
		return nil, err
	}
	known := slices.Concat(secret.Requires, secret.Checks)
	env := fixtures.SharedSecretEnv(known, raw, o.Config.Issuer.URL, o.Config.Client.ID)
	env.Vars["logout_url"] = o.Config.Target.LogoutURL
	return &secretIssuer{env: env}, nil
}

func (s *secretIssuer) url() string { return "" }

func (s *secretIssuer) start() func() { return func() {} }

func (s *secretIssuer) jwksFetches() *int { return nil }

func (s *secretIssuer) Session(_ context.Context, _ run.Place, sub string) (exchange.Session, error) {
	return exchange.Session{Sub: sub}, nil
}

func (s *secretIssuer) Mint(_ context.Context, _ run.Place, r fixtures.Recipe, about exchange.Session, values map[string]string) (fixtures.Token, error) {
	env := s.env
	env.Vars = maps.Clone(values)
	maps.Copy(env.Vars, s.env.Vars)
	env.Sub, env.Sid, env.Nonce = about.Sub, about.Sid, about.Nonce
	return fixtures.Mint(r, env)
}

var errNoKeys = errors.New("the shared-secret profile has no published keys")

func (s *secretIssuer) Publish(context.Context, fixtures.Role) error { return errNoKeys }

func (s *secretIssuer) Withdraw(context.Context, fixtures.Role) error { return errNoKeys }
