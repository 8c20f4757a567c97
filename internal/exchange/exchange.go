// Package exchange carries cases out: it logs in, probes, sends, and records
// what it sees as evidence. It judges nothing.
package exchange

import (
	"context"
	"sync"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

// Runner carries exchanges out. It is safe for concurrent use.
type Runner struct {
	// Targets are the places of the receiver, [run.Home] among them.
	Targets map[run.Place]*target.Target
	Issuer  Issuer
	Terms   run.Terms
	// Clock tells the time; durations are measured with it.
	Clock func() time.Time
	// Names gives every user a name that nobody had before.
	Names *Names
	// Pace is how long this target takes to end a session.
	Pace *Pace
	// Bystanders are other users who are logged in all the while.
	Bystanders *Bystanders
	// Nodes are those of the receiver beyond [run.AtReplica].
	Nodes []*target.Target
	// Values are what placeholders stand for in every exchange.
	Values map[string]string
	// Until is when the run ends whatever happens, by Clock. Zero: it has no end.
	Until time.Time
	// Secret is the shared secret, for the hook that rotates it.
	Secret config.Secret

	changes changes
	// serving is held by the exchange that has the jwks_uri answer something
	// else.
	serving  sync.Mutex
	throttle throttle
}

// Rest lets the late effects of earlier tokens pass, for that long at least.
func (r *Runner) Rest(ctx context.Context, least time.Duration) {
	_ = pause(ctx, max(r.Pace.Settle()+reserve, least)) // whoever is interrupted notices by itself
}

// Run carries a job out and gives the evidence of its variants, in their order.
func (r *Runner) Run(ctx context.Context, job Job) []run.Evidence {
	s := &steps{
		ctx: ctx, runner: r, rec: newRecorder(r.Clock, len(job.Variants)), job: job,
		users: map[string]string{}, sessions: map[string]*session{}, sent: map[string]sending{},
	}
	s.countFetches()
	s.leaseBystander()
	s.script()
	s.collectCanaries()
	s.tidy()
	s.returnBystander()
	return s.rec.finish(fault(ctx, s.err))
}
