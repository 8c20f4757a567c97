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
	ctx       context.Context //nolint:containedctx // of this one exchange; scripts read better without it
	err       error
	runner    *Runner
	rec       *recorder
	job       Job
	users     map[string]string // role → name
	sessions  map[string]*session
	sent      map[string]sending // by label
	published []fixtures.Role
	// answered is when the last answer of the logout endpoint came, and
	// accepted whether it claimed success.
	answered time.Time
	accepted bool
}

// A session is a logged-in browser.
type session struct {
	browser *target.Browser
	about   Session
	// known: its death was seen in an exchange.
	known bool
}

func (s *session) user() target.User { return target.User{Sub: s.about.Sub} }

// A sending is what was sent under a label.
type sending struct {
	run.Sending
	token fixtures.Token
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

func (s *steps) Enter(name string, who run.Visitor) {
	if s.Stopped() {
		return
	}
	if s.users[who.User] == "" {
		s.users[who.User] = s.runner.Names.Next(who.User)
	}
	start := s.rec.clock()
	opened, login, err := s.runner.open(s.ctx, s.users[who.User])
	if login.Sub != "" {
		s.rec.add(start, run.Event{Session: name, Login: &login})
	}
	switch {
	case err != nil:
		s.stop(err)
		return
	case login.Error != "":
		s.stop(targetFault("nobody could log in: " + login.Error))
		return
	}
	s.sessions[name] = opened
	if state := s.Probe(name, run.Before); state != run.Alive {
		s.stop(targetFault("the session was not alive right after the login"))
	}
}

// open logs a user in and asks the issuer what it put into the ID token.
func (r *Runner) open(ctx context.Context, sub string) (*session, run.Login, error) {
	browser, login := r.Target.Login(ctx, target.User{Sub: sub})
	if login.Error != "" {
		return nil, login, nil
	}
	about, err := r.Issuer.Session(ctx, run.Home, sub)
	if err != nil {
		return nil, login, targetFault(err.Error())
	}
	login.Sid, login.Nonce = about.Sid, about.Nonce
	return &session{browser: browser, about: about}, login, nil
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

func (s *steps) CopyCookies(name, copied string) {
	if from := s.session(name); from != nil {
		s.sessions[copied] = &session{browser: from.browser.Copy(), about: from.about}
		s.rec.add(s.rec.clock(), run.Event{Session: copied, CopyOf: name})
	}
}

func (s *steps) Probe(name, label string) run.State {
	asked := s.session(name)
	if asked == nil {
		return run.Unknown
	}
	start := s.rec.clock()
	probe := asked.browser.Probe(s.ctx, asked.user())
	s.rec.add(start, run.Event{Session: name, Label: label, Probe: &probe})
	return probe.State
}

func (s *steps) Send(what run.Sending) run.Answer {
	if what.Session == "" {
		what.Session = run.Named
	}
	if what.Label == "" {
		what.Label = run.CaseSend
	}
	if what.Request.Method == "" {
		what.Request = fixtures.Post()
	}
	about := s.session(what.Session)
	if about == nil {
		return run.Answer{}
	}
	token, err := s.runner.Issuer.Mint(s.ctx, about.about.Place, what.Recipe, about.about, s.values())
	if err != nil {
		s.stop(fmt.Errorf("%s: %w", what.Label, err))
		return run.Answer{}
	}
	return s.send(sending{what, token})
}

func (s *steps) SendAgain(earlier, label string) run.Answer {
	if s.Stopped() {
		return run.Answer{}
	}
	again, ok := s.sent[earlier]
	if !ok {
		s.stop(fmt.Errorf("the script of %s repeats %q, which it never sent", s.job.Case.ID, earlier))
		return run.Answer{}
	}
	again.Label = label
	return s.send(again)
}

func (s *steps) send(what sending) run.Answer {
	values := s.values()
	further, err := s.furnish(what.Request, what.Session, values)
	if err != nil {
		s.stop(fmt.Errorf("the request of %s: %w", s.job.Case.ID, err))
		return run.Answer{}
	}
	prepared, err := fixtures.Prepare(what.Request, what.token.Wire, values)
	if err != nil {
		s.stop(fmt.Errorf("the request of %s: %w", s.job.Case.ID, err))
		return run.Answer{}
	}
	start := s.rec.clock()
	sent, err := s.runner.Target.Send(s.ctx, what.token.Wire, prepared)
	if err != nil {
		s.stop(fmt.Errorf("the request of %s: %w", s.job.Case.ID, err))
		return run.Answer{}
	}
	s.answered, s.accepted = s.rec.clock(), sent.Answer.Accepted()
	s.sent[what.Label] = what
	sent.Recipe, sent.Token, sent.Further = what.Recipe, shown(what.token), further
	if !plain(what.Request) {
		sent.Carrier = &what.Request
	}
	s.rec.add(start, run.Event{Session: what.Session, Label: what.Label, Send: &sent})
	return sent.Answer
}

// values are what placeholders of all sessions stand for: ${sibling.sid}.
func (s *steps) values() map[string]string {
	out := map[string]string{}
	for name, session := range s.sessions {
		out[name+".sub"], out[name+".sid"] = session.about.Sub, session.about.Sid
		out[name+".nonce"], out[name+".id_token"] = session.about.Nonce, session.about.IDToken
	}
	return out
}

func (s *steps) Settle() {
	if !s.Stopped() {
		s.stop(pause(s.ctx, s.runner.Pace.Settle()))
	}
}

func (s *steps) AwaitDeath(name, label string) run.State {
	asked := s.session(name)
	if asked == nil {
		return run.Unknown
	}
	patience := s.runner.Pace.Patience(s.accepted)
	seenAlive := false
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		start := s.rec.clock()
		probe := asked.browser.Probe(s.ctx, asked.user())
		since := start.Sub(s.answered)
		if seenAlive { // else it may have died at any time before
			probe.After = run.ToMillis(since)
		}
		seenAlive = seenAlive || probe.State == run.Alive
		if probe.State == run.Dead || since >= patience || s.Stopped() {
			s.rec.add(start, run.Event{Session: name, Label: label, Probe: &probe})
			if probe.State == run.Dead {
				s.runner.Pace.Saw(probe.After.Duration())
			}
			return probe.State
		}
		s.stop(pause(s.ctx, min(wait, max(patience-since, time.Millisecond))))
	}
}

func (s *steps) Wait(why string, d run.Duration) {
	if s.Stopped() {
		return
	}
	start := s.rec.clock()
	event := run.Wait{Why: why, For: run.ToMillis(time.Duration(d))}
	if !s.runner.Pace.Hopeless() { // else nothing is worth a long wait
		s.linger(time.Duration(d))
	}
	event.Took = run.ToMillis(s.rec.clock().Sub(start))
	s.rec.add(start, run.Event{Wait: &event})
}

// linger lets time pass and leaves the place in the pool to others.
func (s *steps) linger(d time.Duration) {
	switch {
	case s.Stopped():
	case s.job.Yield == nil:
		s.stop(pause(s.ctx, d))
	default:
		s.job.Yield(func() { s.stop(pause(s.ctx, d)) })
	}
}

func (s *steps) Publish(role fixtures.Role) {
	if s.Stopped() {
		return
	}
	s.rec.add(s.rec.clock(), run.Event{Issuer: &run.Issuer{Do: run.Publish, Role: role}})
	s.published = append(s.published, role)
	s.runner.published.Add(1)
	s.stop(s.runner.Issuer.Publish(s.ctx, role))
}

// tidy undoes at the end what a script did to the issuer, however it ended.
func (s *steps) tidy() {
	ctx := context.WithoutCancel(s.ctx)
	for _, role := range s.published {
		s.rec.add(s.rec.clock(), run.Event{Issuer: &run.Issuer{Do: run.Withdraw, Role: role}})
		s.stop(s.runner.Issuer.Withdraw(ctx, role))
		s.runner.published.Done()
	}
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
