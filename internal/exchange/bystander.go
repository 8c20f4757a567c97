package exchange

import (
	"context"
	"sync"

	"github.com/loggedout/loggedout/internal/run"
)

// Bystanders are users who stay logged in through the whole run, one for each
// exchange that runs. They are logged in when they are first needed, and anew
// when somebody ended their session.
type Bystanders struct {
	mu   sync.Mutex
	free []*session
}

func (b *Bystanders) take() *session {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.free) == 0 {
		return nil
	}
	last := b.free[len(b.free)-1]
	b.free = b.free[:len(b.free)-1]
	return last
}

func (b *Bystanders) give(s *session) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free = append(b.free, s)
}

// leaseBystander finds a bystander who is seen alive before anything is sent.
func (s *steps) leaseBystander(ctx context.Context) error {
	for s.bystander = s.runner.Bystanders.take(); s.bystander != nil; s.bystander = s.runner.Bystanders.take() {
		start := s.rec.clock()
		probe := s.bystander.browser.Probe(ctx, s.bystander.user())
		if probe.State == run.Alive {
			s.record(run.Bystander, run.Before, start, probe)
			return nil
		}
	}
	opened, login, err := s.runner.open(ctx, s.runner.Names.Next(run.Bystander))
	if err != nil {
		return err
	}
	if login.Error != "" {
		return targetFault("no bystander could log in: " + login.Error)
	}
	s.bystander = opened
	return s.probeBystander(ctx, run.Before)
}

func (s *steps) probeBystander(ctx context.Context, label string) error {
	start := s.rec.clock()
	s.record(run.Bystander, label, start, s.bystander.browser.Probe(ctx, s.bystander.user()))
	return ctx.Err()
}

func (s *steps) returnBystander() {
	if s.bystander != nil {
		s.runner.Bystanders.give(s.bystander)
	}
}
