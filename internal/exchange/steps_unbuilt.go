package exchange

import (
	"errors"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

var errUnbuilt = errors.New("this step is not built yet")

func (s *steps) TryEnter(string, run.Visitor) run.State      { s.stop(errUnbuilt); return run.Unknown }
func (s *steps) EnterMeanwhile(string, run.Visitor, func())  { s.stop(errUnbuilt) }
func (s *steps) ProbeAt(string, run.Place, string) run.State { s.stop(errUnbuilt); return run.Unknown }
func (s *steps) ProbeSurfaces(string, string)                { s.stop(errUnbuilt) }
func (s *steps) ProbeWith(string, run.Presented, string) run.State {
	s.stop(errUnbuilt)
	return run.Unknown
}
func (s *steps) WatchDeath(string, string, ...run.Duration) run.State {
	s.stop(errUnbuilt)
	return run.Unknown
}
func (s *steps) RefreshTokens(string)                     { s.stop(errUnbuilt) }
func (s *steps) RefreshMeanwhile(string, func())          { s.stop(errUnbuilt) }
func (s *steps) SendAll([]run.Sending) []run.Answer       { s.stop(errUnbuilt); return nil }
func (s *steps) SendCopies(run.Sending, int) []run.Answer { s.stop(errUnbuilt); return nil }
func (s *steps) Withdraw(fixtures.Role)                   { s.stop(errUnbuilt) }
func (s *steps) Serve(fixtures.JWKS)                      { s.stop(errUnbuilt) }
func (s *steps) ServeAsUsual()                            { s.stop(errUnbuilt) }
func (s *steps) Fetches() int                             { s.stop(errUnbuilt); return 0 }
func (s *steps) LookUpRefresh(string, string) run.RefreshToken {
	s.stop(errUnbuilt)
	return run.RefreshToken{}
}
func (s *steps) Hook(run.HookName) { s.stop(errUnbuilt) }
