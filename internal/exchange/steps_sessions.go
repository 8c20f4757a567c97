package exchange

import (
	"context"
	"fmt"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

func (s *steps) Enter(name string, who run.Visitor) {
	opened := s.visit(who)
	if opened == nil {
		return
	}
	start := s.rec.clock()
	login, err := s.runner.enter(s.ctx, opened)
	s.recordLogin(start, name, opened, login)
	switch {
	case err != nil:
		s.stop(err)
		return
	case login.Error != "":
		s.stop(targetFault("nobody could log in: " + login.Error))
		return
	}
	s.keep(name, opened)
	if state := s.Probe(name, run.Before); state != run.Alive {
		s.stop(targetFault("the session was not alive right after the login"))
	}
}

func (s *steps) TryEnter(name string, who run.Visitor) run.State {
	opened := s.visit(who)
	if opened == nil {
		return run.Unknown
	}
	start := s.rec.clock()
	login, err := s.runner.enter(s.ctx, opened)
	if err != nil && login.Error == "" {
		login.Error = err.Error() // the issuer gave no ID token
	}
	s.recordLogin(start, name, opened, login)
	s.keep(name, opened)
	return s.Probe(name, run.After)
}

func (s *steps) EnterMeanwhile(name string, who run.Visitor, meanwhile func()) {
	opened := s.visit(who)
	if opened == nil {
		return
	}
	start, user := s.rec.clock(), opened.user()
	var login run.Login
	held := s.whileHeld(opened.about,
		func(ctx context.Context) { login = opened.browser.Login(ctx, user) },
		func() {
			if err := s.runner.ask(s.ctx, opened); err != nil {
				s.stop(err)
				return
			}
			s.keep(name, opened)
			meanwhile()
		})
	if login.Sub == "" {
		return // it was never begun
	}
	if held && login.Error == "" { // the ID token is there by now
		_ = s.runner.ask(s.ctx, opened) // what was known before holds
	}
	login.Sid, login.Nonce = opened.about.Sid, opened.about.Nonce
	s.recordLogin(start, name, opened, login)
	if !held {
		why := "the login came to its end before the target asked the issuer for tokens"
		if login.Error != "" {
			why += ": " + login.Error
		}
		s.stop(targetFault(why))
	}
}

// visit prepares a login: whose it is, at which place, with which browser, and
// how it is to go at the issuer. Nil: it cannot be made.
func (s *steps) visit(who run.Visitor) *session {
	if s.Stopped() {
		return nil
	}
	at := s.target(who.At)
	if at == nil {
		return nil
	}
	opened := &session{browser: at.NewBrowser(), about: Session{Sub: s.user(who.User), Place: who.At}}
	if who.Browser != "" {
		of := s.session(who.Browser)
		if of == nil {
			return nil
		}
		opened.browser = of.browser.At(at)
	}
	if who.Sid != "" || who.WithoutSid || who.IDToken != nil {
		wish := Wish{WithoutSid: who.WithoutSid, IDToken: who.IDToken}
		var err error
		if wish.Sid, err = fixtures.Fill(who.Sid, s.values()); err != nil {
			s.stop(fmt.Errorf("the sid of a visitor of %s: %w", s.job.Case.ID, err))
			return nil
		}
		if err = s.runner.Issuer.Foresee(s.ctx, issuedAt(who.At), opened.about.Sub, wish); err != nil {
			s.stop(err)
			return nil
		}
	}
	return opened
}

// user is the name of a user of the script at the target.
func (s *steps) user(role string) string {
	if s.users[role] == "" {
		s.users[role] = s.runner.Names.Next(role)
	}
	return s.users[role]
}

// keep calls a session by a name.
func (s *steps) keep(name string, opened *session) {
	opened.since = s.rec.current
	s.sessions[name] = opened
}

func (s *steps) recordLogin(start time.Time, name string, opened *session, login run.Login) {
	s.rec.add(start, run.Event{Session: name, Place: opened.about.Place, Login: &login})
}

// enter logs the user of a session in, and asks the issuer what it put into
// the ID token.
func (r *Runner) enter(ctx context.Context, opened *session) (run.Login, error) {
	login := opened.browser.Login(ctx, opened.user())
	if login.Error != "" {
		return login, nil
	}
	err := r.ask(ctx, opened)
	login.Sid, login.Nonce = opened.about.Sid, opened.about.Nonce
	return login, err
}

// ask asks the issuer about a session.
func (r *Runner) ask(ctx context.Context, opened *session) error {
	about, err := r.Issuer.Session(ctx, issuedAt(opened.about.Place), opened.about.Sub)
	if err != nil {
		return targetFault(err.Error())
	}
	about.Place = opened.about.Place
	opened.about = about
	return nil
}

// newSession is a browser of its own for a user at home.
func (r *Runner) newSession(sub string) *session {
	return &session{browser: r.Targets[run.Home].NewBrowser(), about: Session{Sub: sub}}
}

func (s *steps) CopyCookies(name, copied string) {
	if from := s.session(name); from != nil {
		s.keep(copied, &session{browser: from.browser.Copy(), about: from.about})
		s.rec.add(s.rec.clock(), run.Event{Session: copied, CopyOf: name, Place: from.about.Place})
	}
}

// browserAt is the browser of a session at a place: the nodes of one receiver
// get the same cookies, wherever they stand.
func browserAt(b *target.Browser, at run.Place, t *target.Target) *target.Browser {
	if at == run.AtReplica {
		return b.AtNode(t)
	}
	return b.At(t)
}
