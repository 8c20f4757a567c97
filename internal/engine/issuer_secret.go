package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
)

// secretIssuer signs with the secrets that both sides hold, one for each
// account. It logs nobody in.
type secretIssuer struct {
	*canaries
	encoding string

	mu   sync.Mutex
	envs map[run.Place]fixtures.Env
}

func newSecretIssuer(o Options, encoding string) (*secretIssuer, error) {
	s := &secretIssuer{encoding: encoding, envs: map[run.Place]fixtures.Env{}}
	for _, place := range run.Places() {
		at, there := o.Config.At(place)
		if !there {
			continue
		}
		raw, err := s.read(at.Secret.Text)
		if err != nil {
			return nil, err
		}
		known := slices.Concat(at.Secret.Requires, at.Secret.Checks)
		env := fixtures.SharedSecretEnv(known, raw, at.Issuer.URL, at.Client.ID)
		env.Vars["logout_url"] = at.Target.LogoutURL
		s.envs[place] = env
	}
	return s, nil
}

// read gives the bytes that sign.
func (s *secretIssuer) read(text string) ([]byte, error) {
	return config.Secret{Text: text, Encoding: s.encoding}.Bytes()
}

// Rotate has the tokens of the run's account signed with another secret.
func (s *secretIssuer) Rotate(text string) error {
	raw, err := s.read(text)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, place := range []run.Place{run.Home, run.AtReplica} {
		if env, there := s.envs[place]; there {
			env.Secret = raw
			s.envs[place] = env
		}
	}
	return nil
}

func (s *secretIssuer) at(place run.Place) (fixtures.Env, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	env, there := s.envs[place]
	if !there {
		return env, fmt.Errorf("%s: %w", place, errNoPlace)
	}
	return env, nil
}

func (s *secretIssuer) Mint(_ context.Context, by run.Place, r fixtures.Recipe, about exchange.Session, values map[string]string) (fixtures.Token, error) {
	env, err := s.at(by)
	if err != nil {
		return fixtures.Token{}, err
	}
	vars := maps.Clone(env.Vars)
	maps.Copy(vars, values)
	env.Vars, env.Sub, env.Sid, env.Nonce = vars, about.Sub, about.Sid, about.Nonce
	return fixtures.Mint(r, env)
}

func (s *secretIssuer) Session(_ context.Context, place run.Place, sub string) (exchange.Session, error) {
	return exchange.Session{Sub: sub, Place: place}, nil
}

func (s *secretIssuer) url() string { return "" }

func (s *secretIssuer) start() func() { return s.canaries.start() }

func (s *secretIssuer) jwksFetches() *int { return nil }

// What follows needs an issuer that people log in at, which this profile has
// not. Keys cannot be changed; the rest has no effect.

var errNoKeys = errors.New("the shared-secret profile has no published keys")

func (s *secretIssuer) Publish(context.Context, fixtures.Role) error { return errNoKeys }

func (s *secretIssuer) Withdraw(context.Context, fixtures.Role) error { return errNoKeys }

func (s *secretIssuer) Serve(context.Context, fixtures.JWKS, map[string]string) error {
	return errNoKeys
}

func (s *secretIssuer) ServeAsUsual(context.Context) error { return nil }

func (s *secretIssuer) Fetches(context.Context) (int, error) { return 0, nil }

func (s *secretIssuer) Foresee(context.Context, run.Place, string, exchange.Wish) error { return nil }

// Hold is never reached.
func (s *secretIssuer) Hold(context.Context, run.Place, string) (<-chan struct{}, func(), error) {
	return nil, func() {}, nil
}

func (s *secretIssuer) Refresh(context.Context, run.Place, exchange.Session) (run.RefreshToken, error) {
	return run.RefreshToken{}, nil
}
