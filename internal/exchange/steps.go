package exchange

import (
	"context"
	"fmt"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

// steps is the implementation of [run.Steps] for one job.
type steps struct {
	runner    *Runner
	rec       *recorder
	job       Job
	users     map[string]string // role → name
	sessions  map[string]*session
	sent      map[string]sending // by label
	bystander *session
	// answered is when the last answer of the logout endpoint came, and
	// accepted whether it claimed success.
	answered time.Time
	accepted bool
}

// A session is a logged-in browser.
type session struct {
	browser *target.Browser
	about   Session
}

func (s *session) user() target.User { return target.User{Sub: s.about.Sub} }

// A sending is what was sent under a label.
type sending struct {
	recipe  fixtures.Recipe
	token   fixtures.Token
	carrier fixtures.Request
	session string
}

var _ run.Steps = (*steps)(nil)

func (s *steps) Terms() run.Terms { return s.runner.Terms }

func (s *steps) Login(ctx context.Context, name, user string) error {
	if s.users == nil {
		s.users = map[string]string{}
	}
	if s.users[user] == "" {
		s.users[user] = s.runner.Names.Next(user)
	}
	start := s.rec.clock()
	opened, login, err := s.runner.open(ctx, s.users[user])
	if err != nil {
		return err
	}
	s.rec.add(start, run.Event{Session: name, Login: &login})
	if login.Error != "" {
		return targetFault("nobody could log in: " + login.Error)
	}
	s.sessions[name] = opened
	return nil
}

// open logs a user in and asks the issuer what it put into the ID token.
func (r *Runner) open(ctx context.Context, sub string) (*session, run.Login, error) {
	browser, login := r.Target.Login(ctx, target.User{Sub: sub})
	if login.Error != "" {
		return nil, login, nil
	}
	about, err := r.Issuer.Session(ctx, sub)
	if err != nil {
		return nil, login, targetFault(err.Error())
	}
	login.Sid, login.Nonce = about.Sid, about.Nonce
	return &session{browser: browser, about: about}, login, nil
}

func (s *steps) session(name string) (*session, error) {
	if found, ok := s.sessions[name]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("the script of %s speaks of a session %q that it never opened", s.job.Case.ID, name)
}

func (s *steps) CopyCookies(name, copied string) error {
	from, err := s.session(name)
	if err != nil {
		return err
	}
	s.sessions[copied] = &session{browser: from.browser.Copy(), about: from.about}
	s.rec.add(s.rec.clock(), run.Event{Session: copied, Note: "cookies copied from " + name})
	return nil
}

func (s *steps) Probe(ctx context.Context, name, label string) (run.State, error) {
	asked, err := s.session(name)
	if err != nil {
		return run.Unknown, err
	}
	return s.record(name, label, s.rec.clock(), asked.browser.Probe(ctx, asked.user())), ctx.Err()
}

func (s *steps) record(name, label string, start time.Time, probe run.Probe) run.State {
	s.rec.add(start, run.Event{Session: name, Label: label, Probe: &probe})
	return probe.State
}

func (s *steps) Send(ctx context.Context, name, label string, r fixtures.Recipe, q fixtures.Request) (run.Answer, error) {
	about, err := s.session(name)
	if err != nil {
		return run.Answer{}, err
	}
	token, err := s.runner.Issuer.Mint(ctx, r, about.about)
	if err != nil {
		return run.Answer{}, fmt.Errorf("%s: %w", label, err)
	}
	return s.send(ctx, label, sending{recipe: r, token: token, carrier: q, session: name})
}

func (s *steps) SendAgain(ctx context.Context, earlier, label string) (run.Answer, error) {
	again, ok := s.sent[earlier]
	if !ok {
		return run.Answer{}, fmt.Errorf("the script of %s repeats %q, which it never sent", s.job.Case.ID, earlier)
	}
	return s.send(ctx, label, again)
}

func (s *steps) send(ctx context.Context, label string, what sending) (run.Answer, error) {
	start := s.rec.clock()
	sent, err := s.runner.Target.Send(ctx, what.token.Wire, what.carrier)
	if err != nil {
		return run.Answer{}, fmt.Errorf("build the request of %s: %w", s.job.Case.ID, err)
	}
	s.answered, s.accepted = s.rec.clock(), sent.Answer.Accepted()
	s.sent[label] = what
	sent.Recipe = what.recipe
	sent.Token = s.runner.shown(what.token)
	if !plain(what.carrier) {
		sent.Carrier = &what.carrier
	}
	s.rec.add(start, run.Event{Session: what.session, Label: label, Send: &sent})
	return sent.Answer, ctx.Err()
}

func (s *steps) Settle(ctx context.Context) error { return pause(ctx, s.runner.Pace.Settle()) }

func (s *steps) AwaitDeath(ctx context.Context, name, label string) (run.State, error) {
	asked, err := s.session(name)
	if err != nil {
		return run.Unknown, err
	}
	patience := s.runner.Pace.Patience(s.accepted)
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		start := s.rec.clock()
		probe := asked.browser.Probe(ctx, asked.user())
		since := start.Sub(s.answered)
		probe.After = run.ToMillis(since)
		if probe.State == run.Dead || since >= patience || ctx.Err() != nil {
			return s.record(name, label, start, probe), ctx.Err()
		}
		if err := pause(ctx, min(wait, max(patience-since, time.Millisecond))); err != nil {
			return run.Unknown, err
		}
	}
}

func (s *steps) Wait(ctx context.Context, why string, d run.Duration) error {
	if s.runner.Pace.Hopeless() {
		s.rec.add(s.rec.clock(), run.Event{Note: "does not wait: this target accepted no baseline"})
		return ctx.Err()
	}
	s.rec.add(s.rec.clock(), run.Event{Note: fmt.Sprintf("waits %v: %s", d, why)})
	if s.job.Yield == nil {
		return pause(ctx, time.Duration(d))
	}
	var err error
	s.job.Yield(func() { err = pause(ctx, time.Duration(d)) })
	return err
}

func (s *steps) Publish(ctx context.Context, role fixtures.Role) error {
	s.rec.add(s.rec.clock(), run.Event{Note: "the issuer publishes the key of the role " + string(role)})
	return s.runner.Issuer.Publish(ctx, role)
}

func (s *steps) Withdraw(ctx context.Context, role fixtures.Role) error {
	s.rec.add(s.rec.clock(), run.Event{Note: "the issuer withdraws the key of the role " + string(role)})
	return s.runner.Issuer.Withdraw(ctx, role)
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
