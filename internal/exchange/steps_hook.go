package exchange

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

func (s *steps) Hook(name run.HookName) {
	if s.Stopped() {
		return
	}
	switch name {
	case run.RotateSecret:
		text, err := newSecret()
		s.stop(err)
		if !s.Stopped() {
			s.stop(s.rotate(s.ctx, text))
		}
	case run.StoreDown:
		s.changed.storeDown = true // even when it failed: it may be half down
		s.stop(s.call(s.ctx, name, nil))
	case run.StoreUp:
		s.stop(s.call(s.ctx, name, nil))
		s.changed.storeDown = s.changed.storeDown && s.Stopped()
	case run.Restart:
		s.stop(s.call(s.ctx, name, nil))
		s.anew()
	default:
		s.stop(fmt.Errorf("the script of %s calls a hook %q, which nobody knows", s.job.Case.ID, name))
	}
}

// call calls a hook, and records it.
func (s *steps) call(ctx context.Context, name run.HookName, values map[string]string) error {
	start := s.rec.clock()
	err := s.runner.Targets[run.Home].Hook(ctx, name, values)
	hook := run.Hook{Name: name}
	if err != nil {
		hook.Error = err.Error()
		err = targetFault("outside help failed: " + hook.Error)
	}
	s.rec.add(start, run.Event{Hook: &hook})
	return err
}

// anew looks after the bystanders when the target was started again: it may have
// forgotten its sessions, which no token did.
func (s *steps) anew() {
	s.runner.Bystanders.forget()
	if s.Stopped() || s.Probe(run.Bystander, run.Before) == run.Alive {
		return
	}
	delete(s.sessions, run.Bystander)
	s.leaseBystander()
}

// rotate gives target and issuer a secret. The first rotation is undone when
// the exchange ends, and until then ${old.secret} is the secret from before.
func (s *steps) rotate(ctx context.Context, text string) error {
	issuer, ok := s.runner.Issuer.(Rotator)
	if !ok {
		return errors.New("the secret of this profile cannot be rotated")
	}
	before := s.runner.Secret
	s.changed.secret = before.Text // even when it fails, or is broken off: the target may have taken the new one
	if err := s.call(ctx, run.RotateSecret, map[string]string{target.NewSecret: text}); err != nil {
		return err
	}
	if err := issuer.Rotate(text); err != nil {
		return err
	}
	raw, err := config.Secret{Text: text, Encoding: before.Encoding}.Bytes()
	if err != nil {
		return err
	}
	old, err := before.Bytes()
	if err != nil {
		return err
	}
	s.changed.values = map[string]string{"client_secret": string(raw), "old.secret": string(old)}
	return nil
}

// newSecret is a text that is a good secret as text and as base64.
func newSecret() (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("draw a new secret: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}
