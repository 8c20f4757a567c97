package idp

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/loggedout/loggedout/fixtures"
)

// Serve has an issuer's jwks_uri answer something else from now on, until
// [Server.ServeAsUsual]. An error names what cannot be filled in; the answer is
// then what it was.
func (s *Server) Serve(issuer string, keys fixtures.JWKS, vars map[string]string) error {
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	if keys.Status != 0 && (keys.Status < 200 || keys.Status > 599) {
		return fmt.Errorf("serve: the status %d is none of an answer: want 200 to 599", keys.Status)
	}
	if keys.Delay < 0 || keys.Delay > maxDelay {
		return fmt.Errorf("serve: the delay %s is out of range: want 0 to %s", keys.Delay, maxDelay)
	}
	env := i.env(Client{})
	env.Vars = maps.Clone(vars)
	told := &serving{keys: keys, env: env, over: make(chan struct{})}
	honest, err := i.document()
	if err != nil {
		return err
	}
	if _, _, err := told.answer(honest); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	i.instruct(told)
	return nil
}

// ServeAsUsual has the jwks_uri answer with the issuer's own keys again. Who
// still waits for an answer gets it at once.
func (s *Server) ServeAsUsual(issuer string) error {
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	i.instruct(nil)
	return nil
}

// instruct replaces what the jwks_uri was told to answer.
func (i *issuer) instruct(now *serving) {
	if former := i.told.Swap(now); former != nil {
		close(former.over)
	}
}

// maxDelay bounds how long an answer is held back.
const maxDelay = 10 * time.Minute

// A serving is what a jwks_uri was told to answer.
type serving struct {
	keys fixtures.JWKS
	env  fixtures.Env
	over chan struct{} // closed when something else is served

	// The answer that was made last, from which honest document.
	mu     sync.Mutex
	made   bool
	honest string
	text   string
	header []fixtures.Field
}

// await holds the answer back. It reports whether it is still to be given: it
// is not when something else is served meanwhile.
func (s *serving) await(ctx context.Context) bool {
	timer := time.NewTimer(s.keys.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done(): // the client is gone
	case <-s.over:
		return false
	}
	return true
}

// answer makes the answer, or gives the one made before: it may be large, and
// asked for often.
func (s *serving) answer(honest string) (text string, header []fixtures.Field, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made && s.honest == honest {
		return s.text, s.header, nil
	}
	if text, err = s.keys.Document(s.env, honest); err != nil {
		return "", nil, err
	}
	if header, err = s.keys.Fields(s.env, honest); err != nil {
		return "", nil, err
	}
	s.made, s.honest, s.text, s.header = true, honest, text, slices.Clip(header)
	return text, header, nil
}
