package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

// aim brings up issuer and target and proves the probe. What it gives has to
// be stopped, whatever the proof says.
func (e *Engine) aim(ctx context.Context) (proof run.Proof, stop func()) {
	e.meter.doing("starting the issuer")
	stopIssuer := e.issuer.start()
	e.meter.doing("starting the target")
	process, err := e.target.Start(ctx)
	stop = func() {
		process.Stop()
		stopIssuer()
	}
	if err != nil {
		return run.Proof{Problem: err.Error()}, stop
	}
	if err := e.target.AwaitReady(ctx, process); err != nil {
		return run.Proof{Problem: err.Error(), Unreachable: true}, stop
	}
	e.meter.doing("proving the probe")
	return e.prove(ctx), stop
}

// prove shows that the probe can tell sessions apart: nobody is logged out for
// an anonymous browser, and everybody is only who they are.
func (e *Engine) prove(ctx context.Context) run.Proof {
	alice, bob := e.runner.Names.Next("alice"), e.runner.Names.Next("bob")
	anonymous := e.look(ctx, e.target.NewBrowser(), alice, "anonymous")
	proof := run.Proof{Events: []run.Event{anonymous}}
	if proof.Problem = problemAnonymous(*anonymous.Probe); proof.Problem != "" {
		proof.Unreachable = anonymous.Probe.State == run.Unknown && anonymous.Probe.Status == 0
		return proof
	}
	var first, second visit
	var both sync.WaitGroup
	both.Go(func() { first = e.visit(ctx, alice, alice) })
	both.Go(func() { second = e.visit(ctx, bob, bob, alice) })
	both.Wait()
	proof.Events = slices.Concat(proof.Events, first.events, second.events)
	for _, v := range []visit{first, second} {
		if proof.Problem = v.problem(); proof.Problem != "" {
			return proof
		}
	}
	if foreign := second.probes[1]; foreign.State != run.Dead {
		proof.Problem = fmt.Sprintf("the probe finds %s in a session of %s (%s): its answer must name the session's own user alone", alice, bob, foreign.Why)
		return proof
	}
	e.target.KnowAnonymous(anonymous.Probe.Status)
	further, problem := e.proveFurther(ctx, alice)
	proof.Events = append(proof.Events, further...)
	if proof.Problem = problem; problem != "" {
		return proof
	}
	proof.OK = true
	return proof
}

func (e *Engine) look(ctx context.Context, b *target.Browser, sub, label string) run.Event {
	probe := b.Probe(ctx, target.User{Sub: sub})
	return run.Event{Session: sub, Label: label, Probe: &probe}
}

// A visit is a login and what the probe then says of some users.
type visit struct {
	sub    string
	login  run.Login
	probes []run.Probe
	events []run.Event
}

func (e *Engine) visit(ctx context.Context, sub string, asked ...string) visit {
	browser, login := e.target.Login(ctx, target.User{Sub: sub})
	v := visit{sub: sub, login: login, events: []run.Event{{Session: sub, Login: &login}}}
	if login.Error != "" {
		return v
	}
	for _, user := range asked {
		event := e.look(ctx, browser, user, "in the session of "+sub)
		v.probes, v.events = append(v.probes, *event.Probe), append(v.events, event)
	}
	return v
}

// problem says why a visit proves nothing of its own user; empty when it does.
func (v visit) problem() string {
	switch {
	case v.login.Error != "":
		return "nobody can log in: " + v.login.Error
	case v.probes[0].State != run.Alive:
		return fmt.Sprintf("the login went through, but the probe does not find the user (%s): check target.probe, whose answer must name the user as %q", v.probes[0].Why, v.sub)
	}
	return ""
}

func problemAnonymous(p run.Probe) string {
	switch {
	case p.State == run.Unknown && p.Status == 0:
		return "the target does not answer at target.probe.url: " + p.Why
	case p.State == run.Unknown:
		return "the probe says nothing about a browser that never logged in: " + p.Why
	case p.State == run.Alive:
		return fmt.Sprintf("the probe calls a browser alive that never logged in (%s): target.probe.url must ask for a page that only a logged-in user sees", p.Why)
	}
	return ""
}
