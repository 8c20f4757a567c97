package engine

import (
	"context"
	"errors"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
)

var errUnbuilt = errors.New("this step is not built yet")

type unbuilt struct{}

func (unbuilt) Serve(context.Context, fixtures.JWKS, map[string]string) error { return errUnbuilt }
func (unbuilt) ServeAsUsual(context.Context) error                            { return errUnbuilt }
func (unbuilt) Fetches(context.Context) (int, error)                          { return 0, errUnbuilt }
func (unbuilt) Foresee(context.Context, run.Place, string, exchange.Wish) error {
	return errUnbuilt
}
func (unbuilt) Hold(context.Context, run.Place, string) (<-chan struct{}, func(), error) {
	return nil, nil, errUnbuilt
}
func (unbuilt) Refresh(context.Context, run.Place, exchange.Session) (run.RefreshToken, error) {
	return run.RefreshToken{}, errUnbuilt
}
func (unbuilt) Canary(string) map[string]string { return nil }
func (unbuilt) Hits(context.Context, string) ([]run.CanaryHit, error) {
	return nil, errUnbuilt
}
