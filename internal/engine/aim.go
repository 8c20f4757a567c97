package engine

import (
	"context"
	"fmt"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

// aim brings up issuer and target and proves the probe. What it gives has to
// be stopped, whatever the proof says.
func (e *Engine) aim(ctx context.Context) (proof run.Proof, stop func()) {
	e.meter.doing("starting the issuer")
	stopIssuer, err := e.issuer.start(ctx)
	if err != nil {
		return run.Proof{Problem: err.Error()}, stopIssuer
	}
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
	var proof run.Proof
	look := func(b *target.Browser, sub, label string) run.Probe {
		probe := b.Probe(ctx, target.User{Sub: sub})
		proof.Events = append(proof.Events, run.Event{Session: sub, Label: label, Probe: &probe})
		return probe
	}
	enter := func(sub string) *target.Browser {
		browser, login := e.target.Login(ctx, target.User{Sub: sub})
		proof.Events = append(proof.Events, run.Event{Session: sub, Login: &login})
		if login.Error != "" {
			proof.Problem = "nobody can log in: " + login.Error
			return nil
		}
		return browser
	}
	alice, bob := e.runner.Names.Next("alice"), e.runner.Names.Next("bob")
	anonymous := look(e.target.NewBrowser(), alice, "anonymous")
	switch {
	case anonymous.State == run.Unknown && anonymous.Status == 0:
		proof.Unreachable = true
		proof.Problem = "the target does not answer at target.probe.url: " + anonymous.Why
		return proof
	case anonymous.State == run.Unknown:
		proof.Problem = "the probe says nothing about a browser that never logged in: " + anonymous.Why
		return proof
	case anonymous.State == run.Alive:
		proof.Problem = fmt.Sprintf("the probe calls a browser alive that never logged in (%s): target.probe.url must ask for a page that only a logged-in user sees", anonymous.Why)
		return proof
	}
	first := enter(alice)
	if first == nil {
		return proof
	}
	if own := look(first, alice, "own"); own.State != run.Alive {
		proof.Problem = fmt.Sprintf("the login went through, but the probe does not find the user (%s): check target.probe, whose answer must name the user as %q", own.Why, alice)
		return proof
	}
	second := enter(bob)
	if second == nil {
		return proof
	}
	if own := look(second, bob, "own"); own.State != run.Alive {
		proof.Problem = fmt.Sprintf("the probe does not find a second user: %s", own.Why)
		return proof
	}
	if foreign := look(second, alice, "foreign"); foreign.State != run.Dead {
		proof.Problem = fmt.Sprintf("the probe finds %s in a session of %s (%s): its answer must name the session's own user alone", alice, bob, foreign.Why)
		return proof
	}
	proof.OK = true
	return proof
}
