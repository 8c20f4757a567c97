package exchange

import (
	"context"
	"slices"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// changed is what a script changed and has to be undone when it ends.
type changed struct {
	published []fixtures.Role
	served    bool
	storeDown bool
	// secret is the text of the secret before it was rotated; empty: it was not.
	secret string
	// values are what placeholders stand for since then.
	values map[string]string
}

func (s *steps) Publish(role fixtures.Role) {
	if s.Stopped() {
		return
	}
	s.atIssuer(run.Issuer{Do: run.Publish, Role: role})
	s.changed.published = append(s.changed.published, role)
	s.runner.changes.begin()
	s.stop(s.runner.Issuer.Publish(s.ctx, role))
}

func (s *steps) Withdraw(role fixtures.Role) {
	if !s.Stopped() && slices.Contains(s.changed.published, role) {
		s.stop(s.withdraw(s.ctx, role))
	}
}

func (s *steps) withdraw(ctx context.Context, role fixtures.Role) error {
	s.atIssuer(run.Issuer{Do: run.Withdraw, Role: role})
	i := slices.Index(s.changed.published, role)
	s.changed.published = slices.Delete(s.changed.published, i, i+1)
	s.runner.changes.end()
	return s.runner.Issuer.Withdraw(ctx, role)
}

// Serve waits until nobody else has the issuer serve something.
func (s *steps) Serve(keys fixtures.JWKS) {
	if s.Stopped() {
		return
	}
	if !s.changed.served {
		if !s.runner.serving.TryLock() {
			s.yield(s.runner.serving.Lock)
		}
		s.changed.served = true
		s.runner.changes.begin()
	}
	values := s.values()
	if namesCanary(textOf(keys)) {
		for name, value := range s.newCanary("", "", run.Home) {
			values[name] = value
		}
	}
	s.atIssuer(run.Issuer{Do: run.Serve, Keys: &keys})
	s.stop(s.runner.Issuer.Serve(s.ctx, keys, values))
}

func (s *steps) ServeAsUsual() {
	if !s.Stopped() && s.changed.served {
		s.stop(s.serveAsUsual(s.ctx))
	}
}

func (s *steps) serveAsUsual(ctx context.Context) error {
	s.atIssuer(run.Issuer{Do: run.ServeAsUsual})
	err := s.runner.Issuer.ServeAsUsual(ctx)
	s.changed.served = false
	s.runner.changes.end()
	s.runner.serving.Unlock()
	return err
}

// countFetches remembers how often the keys were fetched before a script of its
// own begins.
func (s *steps) countFetches() {
	if s.job.Case.Steps != nil || s.job.Case.Around != nil {
		s.fetched, s.fetchedErr = s.runner.Issuer.Fetches(s.ctx)
	}
}

func (s *steps) Fetches() int {
	if s.Stopped() {
		return 0
	}
	s.stop(s.fetchedErr)
	now, err := s.runner.Issuer.Fetches(s.ctx)
	s.stop(err)
	if s.Stopped() {
		return 0
	}
	since := now - s.fetched
	s.atIssuer(run.Issuer{Do: run.Count, Fetches: &since})
	return since
}

func (s *steps) LookUpRefresh(name, label string) run.RefreshToken {
	of := s.session(name)
	if of == nil {
		return run.RefreshToken{}
	}
	start := s.rec.clock()
	known, err := s.runner.Issuer.Refresh(s.ctx, issuedAt(of.about.Place), of.about)
	if err != nil {
		s.stop(err)
		return run.RefreshToken{}
	}
	s.rec.add(start, run.Event{Session: name, Label: label, Place: of.about.Place, Refresh: &known})
	return known
}

func (s *steps) atIssuer(did run.Issuer) { s.rec.add(s.rec.clock(), run.Event{Issuer: &did}) }

// tidy undoes at the end what a script changed, however it ended.
func (s *steps) tidy() {
	ctx := context.WithoutCancel(s.ctx)
	if s.changed.served {
		s.stop(s.serveAsUsual(ctx))
	}
	for len(s.changed.published) > 0 {
		s.stop(s.withdraw(ctx, s.changed.published[0]))
	}
	if s.changed.storeDown {
		s.stop(s.call(ctx, run.StoreUp, nil))
	}
	if s.changed.secret != "" {
		s.stop(s.rotate(ctx, s.changed.secret))
	}
}
