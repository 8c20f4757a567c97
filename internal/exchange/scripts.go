package exchange

import (
	"context"

	"github.com/loggedout/loggedout/internal/run"
)

// refusals sends variants that have to be refused to one session in turn, and
// then the control: the twin must end that same session.
func (s *steps) refusals(ctx context.Context) error {
	alive := false
	for i, v := range s.job.Variants {
		if !alive {
			s.rec.share(i)
			if err := s.enter(ctx); err != nil {
				return err
			}
		}
		s.rec.stage(i)
		if _, err := s.Send(ctx, run.Named, run.CaseSend, v.Recipe, v.Carrier()); err != nil {
			return err
		}
		state, err := s.look(ctx)
		if err != nil {
			return err
		}
		alive = state != run.Dead
	}
	s.rec.share(0)
	if !alive {
		if err := s.enter(ctx); err != nil {
			return err
		}
	}
	return s.twin(ctx)
}

// single sends one variant that must, or may, be accepted.
func (s *steps) single(ctx context.Context) error {
	v := s.job.Variants[0]
	if err := s.enter(ctx); err != nil {
		return err
	}
	if _, err := s.Send(ctx, run.Named, run.CaseSend, v.Recipe, v.Carrier()); err != nil {
		return err
	}
	if s.job.Case.Demand(v, s.runner.Terms).Expect == run.Revoke {
		if _, err := s.AwaitDeath(ctx, run.Named, run.After); err != nil {
			return err
		}
		return s.probeBystander(ctx, run.After)
	}
	state, err := s.look(ctx)
	if err != nil || state == run.Dead {
		return err
	}
	return s.twin(ctx)
}

// own follows the case's own script.
func (s *steps) own(ctx context.Context) error {
	if err := s.job.Case.Steps(ctx, s, s.job.Variants[0]); err != nil {
		return err
	}
	return s.probeBystander(ctx, run.After)
}

// enter logs the named user in and sees the session alive.
func (s *steps) enter(ctx context.Context) error {
	if err := s.Login(ctx, run.Named, "alice"); err != nil {
		return err
	}
	state, err := s.Probe(ctx, run.Named, run.Before)
	if err != nil {
		return err
	}
	if state != run.Alive {
		return targetFault("the session was not alive right after the login")
	}
	return nil
}

// look gives the target the time it takes to end a session, and then asks.
func (s *steps) look(ctx context.Context) (run.State, error) {
	if err := s.Settle(ctx); err != nil {
		return run.Unknown, err
	}
	state, err := s.Probe(ctx, run.Named, run.After)
	if err != nil {
		return state, err
	}
	return state, s.probeBystander(ctx, run.After)
}

// twin sends the control of a refusal.
func (s *steps) twin(ctx context.Context) error {
	v := s.job.Variants[0]
	if _, err := s.Send(ctx, run.Named, run.TwinSend, v.Recipe.Twin(), post); err != nil {
		return err
	}
	_, err := s.AwaitDeath(ctx, run.Named, run.AfterTwin)
	return err
}
