package exchange

import (
	"context"
	"fmt"
	"sync"

	"github.com/loggedout/loggedout/internal/run"
)

// whileHeld begins something that needs a token answer, does something else
// when the issuer holds that back, and lets it go. It reports whether the
// answer was asked for at all.
func (s *steps) whileHeld(about Session, begin func(context.Context), meanwhile func()) (held bool) {
	reached, release, err := s.runner.Issuer.Hold(s.ctx, issuedAt(about.Place), about.Sub)
	if err != nil {
		s.stop(err)
		return false
	}
	s.rec.add(s.rec.clock(), run.Event{Issuer: &run.Issuer{Do: run.Hold}, Place: about.Place})
	release = sync.OnceFunc(release)
	defer release()
	ctx, cancel := context.WithTimeout(s.ctx, s.runner.Pace.Timeout)
	defer cancel()
	over := make(chan struct{})
	go func() {
		defer close(over)
		begin(s.ctx)
	}()
	select {
	case <-reached:
		held = true
		meanwhile()
	case <-over:
	case <-ctx.Done():
	}
	s.rec.add(s.rec.clock(), run.Event{Issuer: &run.Issuer{Do: run.Release}, Place: about.Place})
	release()
	<-over
	return held
}

func (s *steps) RefreshTokens(name string) {
	asked := s.session(name)
	if asked == nil {
		return
	}
	switch status, err := asked.browser.Refresh(s.ctx); {
	case err != nil:
		s.stop(targetFault("the page that refreshes tokens (target.refresh) gave no answer: " + err.Error()))
	case status >= 400:
		s.stop(targetFault(fmt.Sprintf("the page that refreshes tokens (target.refresh) answered with status %d", status)))
	}
}

func (s *steps) RefreshMeanwhile(name string, meanwhile func()) {
	asked := s.session(name)
	if asked == nil {
		return
	}
	var err error
	held := s.whileHeld(asked.about, func(ctx context.Context) { _, err = asked.browser.Refresh(ctx) }, meanwhile)
	switch {
	case s.Stopped():
	case err != nil:
		s.stop(targetFault("the page that refreshes tokens (target.refresh) gave no answer: " + err.Error()))
	case !held:
		s.stop(targetFault("the target asked the issuer for no new tokens: is target.refresh a page that refreshes them?"))
	}
}
