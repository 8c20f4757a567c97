// Package engine makes a run: it brings up the issuer and the target, proves
// the probe, runs the baselines first and the rest side by side, repeats
// breaches alone, and has everything judged. Cases go in, a run document comes
// out.
package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Options say what to run.
type Options struct {
	Config config.Config
	Plan   Plan
	Tool   run.Tool
	// Listener is where the embedded issuer listens, when that is open
	// already; else it listens on issuer.listen.
	Listener net.Listener
	// Clock tells the time.
	Clock func() time.Time
	// Tag makes the user names of this run new to the target.
	Tag string
	// Progress is told about each step, one call at a time. It may be nil.
	Progress func(Progress)
}

// Progress is how far a run has come.
type Progress struct {
	// Doing says what is going on, in a few words.
	Doing string
	// Done and Total count exchanges; Total is 0 before they begin.
	Done, Total int
}

// Engine makes one run.
type Engine struct {
	options Options
	target  *target.Target // at home
	runner  *exchange.Runner
	issuer  issuer
	results *results
	meter   meter
	done    chan struct{}
	doc     *run.Run
}

// New prepares a run. An error is one of configuration: nothing was started.
func New(o Options) (*Engine, error) {
	targets, err := targetsOf(o.Config, o.Clock)
	if err != nil {
		return nil, err
	}
	nodes, err := nodesOf(o.Config, o.Clock)
	if err != nil {
		return nil, err
	}
	iss, err := newIssuer(o)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		options: o, target: targets[run.Home], issuer: iss, done: make(chan struct{}),
		results: newResults(o.Plan.Cases),
		meter:   meter{tell: o.Progress},
	}
	e.runner = &exchange.Runner{
		Targets: targets, Nodes: nodes, Issuer: iss, Terms: o.Config.Terms(), Clock: o.Clock,
		Names:      &exchange.Names{Tag: o.Tag},
		Pace:       &exchange.Pace{Timeout: time.Duration(o.Config.Run.Timeout), Declared: time.Duration(o.Config.Declares.DeathWithin)},
		Bystanders: &exchange.Bystanders{},
		Values:     valuesOf(o.Config),
		Secret:     o.Config.Secret,
	}
	return e, nil
}

// Start runs in the background. The run ends when everything is judged, or
// soon after ctx is done: what was seen until then is kept.
func (e *Engine) Start(ctx context.Context) {
	budget := time.Duration(e.options.Config.Run.Budget)
	e.runner.Until = e.options.Clock().Add(budget)
	ctx, cancel := context.WithTimeoutCause(ctx, budget, fmt.Errorf("the budget of the run (run.budget: %v) was used up", budget))
	go func() {
		defer close(e.done)
		defer cancel()
		e.doc = e.run(ctx)
	}()
}

// Result waits for the result of one case.
func (e *Engine) Result(ctx context.Context, id string) (run.CaseResult, error) {
	return e.results.await(ctx, id)
}

// Wait waits for the whole document.
func (e *Engine) Wait() *run.Run {
	<-e.done
	return e.doc
}

func (e *Engine) run(ctx context.Context) *run.Run {
	doc := &run.Run{
		Schema: run.Schema, Tool: e.options.Tool, Profile: e.options.Config.Profile,
		Target: run.Target{
			Name: e.options.Config.Target.Name, LogoutURL: e.options.Config.Target.ShownLogoutURL(), Issuer: e.issuer.url(),
		},
		Started: e.options.Clock(), Terms: e.runner.Terms, Covers: e.options.Plan.Covers,
	}
	defer e.close()
	work := &work{engine: e, doc: doc, evidence: map[string]map[string]seen{}}
	proof, stop := e.aim(ctx)
	defer stop()
	doc.Observed.Proof = &proof
	if proof.OK {
		work.exchanges(ctx)
	} else {
		work.giveUp(&run.Fault{By: faultOf(ctx), Text: proof.Problem})
	}
	doc.Interrupted = errors.Is(ctx.Err(), context.Canceled)
	e.meter.doing("judging")
	doc.Cases = work.stored()
	verdict.Run(doc, e.options.Plan.Cases)
	for i, c := range doc.Cases {
		doc.Cases[i].Implied = e.options.Plan.Implied[c.ID]
		e.results.publish(doc.Cases[i])
	}
	doc.Duration = run.ToMillis(e.options.Clock().Sub(doc.Started))
	return doc
}

func faultOf(ctx context.Context) run.FaultBy {
	if errors.Is(ctx.Err(), context.Canceled) {
		return run.ByInterrupt
	}
	return run.ByTarget
}

// A meter reports progress, one call at a time.
type meter struct {
	mu    sync.Mutex
	tell  func(Progress)
	state Progress
}

func (m *meter) doing(what string) { m.change(func(p *Progress) { p.Doing = what }) }

func (m *meter) change(how func(*Progress)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	how(&m.state)
	if m.tell != nil {
		m.tell(m.state)
	}
}
