// Package exchange carries cases out: it logs in, probes, sends, and records
// what it sees as evidence. It judges nothing.
package exchange

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

// Issuer is what an exchange needs of the mock issuer, wherever it runs.
type Issuer interface {
	// Session says what the issuer put into the newest ID token of a user.
	Session(ctx context.Context, at run.Place, sub string) (Session, error)
	// Mint makes a token about a session, for the client of a place and by its
	// issuer; values are further placeholders.
	Mint(ctx context.Context, by run.Place, r fixtures.Recipe, about Session, values map[string]string) (fixtures.Token, error)
	// Publish adds the key of a role to the JWKS; Withdraw takes it out again.
	Publish(ctx context.Context, role fixtures.Role) error
	Withdraw(ctx context.Context, role fixtures.Role) error
	// Serve has the jwks_uri answer something else until ServeAsUsual; values
	// are further placeholders.
	Serve(ctx context.Context, keys fixtures.JWKS, values map[string]string) error
	ServeAsUsual(ctx context.Context) error
	// Fetches is how often the keys were fetched until now.
	Fetches(ctx context.Context) (int, error)
	// Foresee says how the next login of a user is to go.
	Foresee(ctx context.Context, at run.Place, sub string, wish Wish) error
	// Hold keeps back the next token answer about a user: reached is closed
	// when it is asked for, and release, which must be called, lets it go.
	Hold(ctx context.Context, at run.Place, sub string) (reached <-chan struct{}, release func(), err error)
	// Refresh says what is known of the refresh token of a session.
	Refresh(ctx context.Context, at run.Place, about Session) (run.RefreshToken, error)
	// Canary gives the placeholders of the canaries of one sending ("canary",
	// on an origin that the target is known to fetch from where there is one,
	// and "canary.far", on another), and Hits who came to them.
	Canary(id string) map[string]string
	Hits(ctx context.Context, id string) ([]run.CanaryHit, error)
}

// A Wish is how a login is to go at the issuer.
type Wish struct {
	// Sid is the session id; empty: one that is made up. WithoutSid leaves it
	// out of the ID token.
	Sid        string
	WithoutSid bool
	// IDToken is minted and given in the place of the ID token.
	IDToken *fixtures.Recipe
}

// Session is a login as the issuer knows it.
type Session struct {
	Sub, Sid, Nonce string
	// IDToken is the one that the target was given.
	IDToken string
	// Place is where it is.
	Place run.Place
}

// Runner carries exchanges out. It is safe for concurrent use.
type Runner struct {
	Target *target.Target
	Issuer Issuer
	Terms  run.Terms
	// Clock tells the time; durations are measured with it.
	Clock func() time.Time
	// Names gives every user a name that nobody had before.
	Names *Names
	// Pace is how long this target takes to end a session.
	Pace *Pace
	// Bystanders are other users who are logged in all the while.
	Bystanders *Bystanders

	// published counts the keys that exchanges have published for a while.
	published sync.WaitGroup
}

// Rest lets the late effects of earlier tokens pass, for that long at least.
func (r *Runner) Rest(ctx context.Context, least time.Duration) {
	_ = pause(ctx, max(r.Pace.Settle()+reserve, least)) // whoever is interrupted notices by itself
}

// AwaitKeys waits until no exchange is in the middle of a change of keys, which
// needs the target's allowance of key fetches.
func (r *Runner) AwaitKeys() { r.published.Wait() }

// A Job is one exchange: variants of a case that share what they can. Variants
// that have to be refused take turns on one session and share the control.
type Job struct {
	Case     run.Case
	Variants []run.Variant
	// Yield leaves the job's place in the pool for the time of a wait. Nil:
	// it keeps it.
	Yield func(wait func())
}

// Jobs splits the applicable variants of a case into exchanges.
func Jobs(c run.Case, terms run.Terms) []Job {
	var jobs []Job
	batches := map[fixtures.Base]int{}
	for _, v := range c.Variants {
		demand := c.Demand(v, terms)
		if demand.NotApplicable != "" || demand.Expect == run.Observe {
			continue
		}
		i, batched := batches[v.Base()]
		if shares := c.Steps == nil && demand.Expect == run.Refuse; shares && batched {
			jobs[i].Variants = append(jobs[i].Variants, v)
			continue
		} else if shares {
			batches[v.Base()] = len(jobs)
		}
		jobs = append(jobs, Job{Case: c, Variants: []run.Variant{v}})
	}
	return jobs
}

// Run carries a job out and gives the evidence of its variants, in their order.
func (r *Runner) Run(ctx context.Context, job Job) []run.Evidence {
	s := &steps{
		ctx: ctx, runner: r, rec: newRecorder(r.Clock, len(job.Variants)), job: job,
		users: map[string]string{}, sessions: map[string]*session{}, sent: map[string]sending{},
	}
	s.leaseBystander()
	s.script()
	s.tidy()
	s.returnBystander()
	return s.rec.finish(fault(ctx, s.err))
}

// fault says whose fault an error of a script is.
func fault(ctx context.Context, err error) *run.Fault {
	var blame *blamed
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &run.Fault{By: run.ByInterrupt, Text: context.Cause(ctx).Error()}
	case ctx.Err() != nil:
		return &run.Fault{By: run.ByInterrupt, Text: "the run was stopped first"}
	case errors.As(err, &blame):
		return &run.Fault{By: blame.by, Text: blame.Error()}
	}
	return &run.Fault{By: run.ByHarness, Text: err.Error()}
}

// blamed is an error with whose fault it is.
type blamed struct {
	by   run.FaultBy
	text string
}

func (b *blamed) Error() string { return b.text }

func targetFault(text string) error { return &blamed{run.ByTarget, text} }

// A recorder writes the evidence of the variants of one job. What they share
// is written to all of them.
type recorder struct {
	clock   func() time.Time
	started time.Time
	current int // index of the variant on stage; all when shared is set
	shared  bool
	streams []stream
}

type stream struct {
	started time.Time
	ended   time.Time
	events  []run.Event
}

func newRecorder(clock func() time.Time, n int) *recorder {
	now := clock()
	r := &recorder{clock: clock, started: now, shared: true, streams: make([]stream, n)}
	for i := range r.streams {
		r.streams[i].started = now
	}
	return r
}

// stage makes variant i the one that events belong to. What all of them have
// in common came before, and comes after share.
func (r *recorder) stage(i int) { r.current, r.shared = i, false }

// share makes events belong to the variants from the i-th on.
func (r *recorder) share(i int) { r.current, r.shared = i, true }

func (r *recorder) add(start time.Time, e run.Event) {
	now := r.clock()
	last := r.current
	if r.shared {
		last = len(r.streams) - 1
	}
	for i := r.current; i <= last; i++ {
		e.At = run.ToMillis(start.Sub(r.started))
		r.streams[i].events = append(r.streams[i].events, e)
		r.streams[i].ended = now
	}
}

// died reports whether a session was seen dead.
func (r *recorder) died(session string) bool {
	for _, s := range r.streams {
		for _, e := range s.events {
			if e.Session == session && e.Label == run.After && e.Probe != nil && e.Probe.State == run.Dead {
				return true
			}
		}
	}
	return false
}

func (r *recorder) finish(f *run.Fault) []run.Evidence {
	out := make([]run.Evidence, len(r.streams))
	for i, s := range r.streams {
		e := run.Evidence{Started: s.started, Events: slices.Clip(s.events), Fault: f}
		if !s.ended.IsZero() {
			e.Duration = run.ToMillis(s.ended.Sub(s.started))
		}
		out[i] = e
	}
	return out
}
