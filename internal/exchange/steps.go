package exchange

import (
	"context"
	"fmt"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

// steps is the implementation of [run.Steps] for one job. The first step that
// cannot be carried out leaves its error, and those after it do nothing.
type steps struct {
	ctx      context.Context //nolint:containedctx // of this one exchange; scripts read better without it
	err      error
	runner   *Runner
	rec      *recorder
	job      Job
	users    map[string]string // role → name
	sessions map[string]*session
	sent     map[string]sending // by label
	fresh    string             // of this exchange alone
	canaries []canary
	changed  changed
	// fetched is how often the keys had been fetched when the exchange began.
	fetched    int
	fetchedErr error
	// answered is when the last answer of the logout endpoint came, and
	// accepted whether it claimed success.
	answered time.Time
	accepted bool
}

// A session is a logged-in browser.
type session struct {
	browser *target.Browser
	about   Session
	// since is the first variant that it is there for.
	since int
	// alive is when it was last seen alive by somebody who waited for its death.
	alive time.Time
	// known: its death was seen in an exchange.
	known bool
}

func (s *session) user() target.User { return target.User{Sub: s.about.Sub} }

// A sending is what was sent under a label.
type sending struct {
	run.Sending
	token fixtures.Token
	// values are what the placeholders of its request stand for.
	values map[string]string
	// further are the tokens of the request beside its own.
	further map[string]run.Token
}

var _ run.Steps = (*steps)(nil)

func (s *steps) Terms() run.Terms { return s.runner.Terms }

func (s *steps) Stopped() bool {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	return s.err != nil
}

func (s *steps) stop(err error) {
	if s.err == nil {
		s.err = err
	}
}

// session finds a session by its name; nil, and a stop, when there is none.
func (s *steps) session(name string) *session {
	if s.Stopped() {
		return nil
	}
	found, ok := s.sessions[name]
	if !ok {
		s.stop(fmt.Errorf("the script of %s speaks of a session %q that it never opened", s.job.Case.ID, name))
	}
	return found
}

// target finds a place of the receiver; nil, and a stop, when there is none.
func (s *steps) target(at run.Place) *target.Target {
	found, ok := s.runner.Targets[at]
	if !ok {
		s.stop(fmt.Errorf("the script of %s goes to the place %q, which is not configured", s.job.Case.ID, at))
	}
	return found
}

// issuedAt is the place as the issuer knows it: the nodes of one receiver are
// one client.
func issuedAt(at run.Place) run.Place {
	if at == run.AtReplica {
		return run.Home
	}
	return at
}

func (s *steps) Settle() {
	if !s.Stopped() {
		s.stop(pause(s.ctx, s.runner.Pace.Settle()))
	}
}

func (s *steps) Wait(why string, d run.Duration) {
	if s.Stopped() {
		return
	}
	start := s.rec.clock()
	event := run.Wait{Why: why, For: run.ToMillis(time.Duration(d))}
	if !s.runner.Pace.Hopeless() { // else nothing is worth a long wait
		if until := s.runner.Until; !until.IsZero() && start.Add(time.Duration(d)).After(until) {
			s.stop(tooLong(why, time.Duration(d)))
		}
		s.linger(time.Duration(d))
	}
	event.Took = run.ToMillis(s.rec.clock().Sub(start))
	s.rec.add(start, run.Event{Wait: &event})
}

// linger lets time pass and leaves the place in the pool to others.
func (s *steps) linger(d time.Duration) {
	if !s.Stopped() {
		s.yield(func() { s.stop(pause(s.ctx, d)) })
	}
}

// yield leaves the place in the pool for the time of a wait. A case that runs
// alone keeps it while what it changed at the issuer is felt by others.
func (s *steps) yield(wait func()) {
	if s.job.Yield == nil || s.job.Case.Schedule == run.Alone && s.changed.served {
		wait()
		return
	}
	s.job.Yield(wait)
}

// pause waits, or returns early with the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
