package exchange

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

func (s *steps) Send(what run.Sending) run.Answer {
	answer := s.send(s.mint(what))
	if s.waitOut(answer) {
		again := s.send(s.mint(what))
		s.runner.throttle.tried(!again.Throttled())
		return again
	}
	return answer
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

func (s *steps) SendAll(all []run.Sending) []run.Answer {
	minted := make([]sending, len(all))
	for i, what := range all {
		minted[i] = s.mint(what)
	}
	return s.sendTogether(minted)
}

func (s *steps) SendCopies(what run.Sending, copies int) []run.Answer {
	one := s.mint(what)
	all := make([]sending, copies)
	for i := range all {
		all[i] = one
		all[i].Label = one.Label + "-" + strconv.Itoa(i+1)
	}
	return s.sendTogether(all)
}

// mint makes the token of a sending, and all that its request stands for.
func (s *steps) mint(what run.Sending) sending {
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
		return sending{}
	}
	if what.To == nil {
		what.To = &about.about.Place
	}
	by := about.about.Place
	if what.By != nil {
		by = *what.By
	}
	out := sending{Sending: what, values: s.values()}
	if to := s.target(*what.To); to != nil {
		out.values["path"] = to.LogoutPath()
	}
	mentions := textOf(what.Recipe) + textOf(what.Request)
	if namesCanary(mentions) {
		maps.Copy(out.values, s.newCanary(what.Session, what.Label, *what.To))
	}
	var err error
	if out.token, err = s.runner.Issuer.Mint(s.ctx, issuedAt(by), what.Recipe, about.about, out.values); err != nil {
		s.stop(fmt.Errorf("%s: %w", what.Label, err))
	}
	out.token.Live = out.token.Live || namesSecret(mentions)
	return out
}

// send brings a token to its logout endpoint.
func (s *steps) send(what sending) run.Answer {
	f := s.prepare(what)
	if f == nil {
		return run.Answer{}
	}
	f.fly(s.ctx, s.rec.clock)
	return s.land(f)
}

// sendTogether sends all of them at the same time, and records them in their
// order.
func (s *steps) sendTogether(all []sending) []run.Answer {
	flights := make([]*flight, len(all))
	for i, what := range all {
		if flights[i] = s.prepare(what); flights[i] == nil {
			return make([]run.Answer, len(all))
		}
	}
	var together sync.WaitGroup
	for _, f := range flights {
		together.Go(func() { f.fly(s.ctx, s.rec.clock) })
	}
	together.Wait()
	answers := make([]run.Answer, len(all))
	for i, f := range flights {
		answers[i] = s.land(f)
	}
	return answers
}

// A flight is one request on its way.
type flight struct {
	sending
	to       *target.Target
	prepared fixtures.Prepared
	further  map[string]run.Token
	// What came of it.
	started, answered time.Time
	sent              run.Send
	err               error
}

// prepare fills a request in; nil, and a stop, when that cannot be done.
func (s *steps) prepare(what sending) *flight {
	if s.Stopped() {
		return nil
	}
	f := &flight{sending: what, to: s.target(*what.To)}
	if f.to == nil {
		return nil
	}
	values := maps.Clone(what.values)
	var err error
	if f.further, err = s.furnish(what.Request, what.Session, values); err == nil {
		f.prepared, err = fixtures.Prepare(what.Request, what.token.Wire, values)
	}
	if err != nil {
		s.stop(fmt.Errorf("the request of %s: %w", s.job.Case.ID, err))
		return nil
	}
	return f
}

// fly sends the request and takes the answer.
func (f *flight) fly(ctx context.Context, clock func() time.Time) {
	f.started = clock()
	f.sent, f.err = f.to.Send(ctx, f.token.Wire, f.prepared)
	f.answered = clock()
	f.prepared = fixtures.Prepared{} // a big body is needed no more
}

// land records what came of a request.
func (s *steps) land(f *flight) run.Answer {
	if f.err != nil {
		s.stop(fmt.Errorf("the request of %s: %w", s.job.Case.ID, f.err))
		return run.Answer{}
	}
	if f.answered.After(s.answered) {
		s.answered = f.answered
	}
	s.accepted = f.sent.Answer.Accepted()
	s.sent[f.Label] = f.sending
	sent := f.sent
	sent.Recipe, sent.Token, sent.Further, sent.URL = f.Recipe, shown(f.token), f.further, bounded(sent.URL)
	if !plain(f.Request) {
		sent.Carrier = &f.Request
	}
	s.rec.add(f.started, run.Event{Session: f.Session, Label: f.Label, Place: *f.To, Send: &sent})
	return sent.Answer
}
