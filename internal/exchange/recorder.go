package exchange

import (
	"slices"
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

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

func (r *recorder) add(start time.Time, e run.Event) { r.addTo(r.onStage(), start, e) }

// A span is the variants that an event belongs to.
type span struct{ first, last int }

// onStage are the variants that events belong to now.
func (r *recorder) onStage() span {
	if r.shared {
		return span{r.current, len(r.streams) - 1}
	}
	return span{r.current, r.current}
}

func (r *recorder) addTo(at span, start time.Time, e run.Event) {
	now := r.clock()
	e.At = run.ToMillis(start.Sub(r.started))
	for i := at.first; i <= at.last; i++ {
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
