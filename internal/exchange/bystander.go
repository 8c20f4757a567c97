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
func (s *steps) leaseBystander() {
	for free := s.runner.Bystanders.take(); free != nil; free = s.runner.Bystanders.take() {
		start := s.rec.clock()
		probe := free.browser.Probe(s.ctx, free.user())
		if probe.State == run.Alive {
			s.rec.add(start, run.Event{Session: run.Bystander, Label: run.Before, Probe: &probe})
			s.sessions[run.Bystander] = free
			return
		}
		if !free.known {
			s.rec.add(start, run.Event{Session: run.Bystander, Label: run.Lost, Probe: &probe})
		}
	}
	opened := s.runner.newSession(s.runner.Names.Next(run.Bystander))
	switch login, err := s.runner.enter(s.ctx, opened); {
	case err != nil:
		s.stop(err)
	case login.Error != "":
		s.stop(targetFault("no bystander could log in: " + login.Error))
	default:
		s.sessions[run.Bystander] = opened
		s.Probe(run.Bystander, run.Before)
	}
}

// returnBystander gives the bystander back. That one died in this exchange is
// known, and told nobody again.
func (s *steps) returnBystander() {
	if leased := s.sessions[run.Bystander]; leased != nil {
		leased.known = s.rec.died(run.Bystander)
		s.runner.Bystanders.give(leased)
	}
}

// Farewell looks at every bystander once more, when all exchanges are through.
func (r *Runner) Farewell(ctx context.Context) []run.Event {
	var all sync.WaitGroup
	r.Bystanders.mu.Lock()
	defer r.Bystanders.mu.Unlock()
	events := make([]run.Event, 0, len(r.Bystanders.free))
	for _, free := range r.Bystanders.free {
		if free.known {
			continue
		}
		events = append(events, run.Event{Session: run.Bystander, Label: run.After})
		event := &events[len(events)-1]
		all.Go(func() {
			probe := free.browser.Probe(ctx, free.user())
			event.Probe = &probe
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return events
}
