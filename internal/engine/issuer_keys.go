package engine

import (
	"context"

	"github.com/loggedout/loggedout/fixtures"
)

// The keys are those of the issuer of the run.

func (e *embedded) jwksFetches() *int {
	total := e.server.Stats().Issuers[e.home()].JWKS.Total
	return &total
}

func (e *embedded) Publish(_ context.Context, role fixtures.Role) error {
	return e.server.Publish(e.home(), role)
}

func (e *embedded) Withdraw(_ context.Context, role fixtures.Role) error {
	return e.server.Withdraw(e.home(), role)
}

func (e *embedded) Serve(_ context.Context, keys fixtures.JWKS, values map[string]string) error {
	return e.server.Serve(e.home(), keys, values)
}

func (e *embedded) ServeAsUsual(context.Context) error { return e.server.ServeAsUsual(e.home()) }

func (e *embedded) Fetches(context.Context) (int, error) { return *e.jwksFetches(), nil }
