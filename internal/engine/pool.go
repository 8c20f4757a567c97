package engine

import (
	"context"
	"slices"
	"sync"

	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
)

// A schedule is the jobs of a run by what they may run beside.
type schedule struct {
	baselines, together, last, alone, helped, heavy []exchange.Job
}

func (s schedule) total() int {
	return len(s.baselines) + len(s.together) + len(s.last) + len(s.alone) + len(s.helped) + len(s.heavy)
}

// schedule sorts the jobs of the plan, and counts them by case.
func (w *work) schedule() schedule {
	var s schedule
	w.pending = map[string]int{}
	for _, c := range w.engine.options.Plan.Cases {
		jobs := exchange.Jobs(c, w.engine.runner.Terms)
		w.pending[c.ID] = len(jobs)
		for _, job := range jobs {
			into := &s.together
			switch {
			case job.Heavy():
				into = &s.heavy
			case c.Baseline():
				into = &s.baselines
			case job.Helped():
				into = &s.helped
			case c.Schedule == run.Alone:
				into = &s.alone
			case c.Schedule == run.Last:
				into = &s.last
			}
			*into = append(*into, job)
		}
	}
	slices.SortStableFunc(s.together, longestFirst)
	return s
}

// longestFirst puts long exchanges first, so that none is left over at the end.
func longestFirst(a, b exchange.Job) int { return length(b) - length(a) }

// length is a rough count of the requests of a job.
func length(j exchange.Job) int {
	switch {
	case j.Case.Around != nil:
		return 100 // it waits, for a key cache perhaps, and leaves its place to others
	case j.Case.Steps != nil:
		return 20 // several logins, perhaps a wait
	}
	return 6 + 3*len(j.Variants)
}

// pool runs so many jobs side by side. A job that waits leaves its place, so
// that others go on however many wait.
func (w *work) pool(ctx context.Context, workers int, jobs []exchange.Job) {
	slots := make(chan struct{}, workers)
	var group sync.WaitGroup
	for _, job := range jobs {
		slots <- struct{}{}
		job.Yield = func(wait func()) {
			<-slots
			wait()
			slots <- struct{}{}
		}
		group.Go(func() {
			defer func() { <-slots }()
			if job.Case.Schedule == run.Last {
				job.Yield(func() { w.engine.runner.AwaitKeys(ctx) })
			}
			w.carryOut(ctx, job)
		})
	}
	group.Wait()
}

// alone runs jobs one by one. Nothing else runs even while one of them waits.
func (w *work) alone(ctx context.Context, jobs []exchange.Job) {
	for _, job := range jobs {
		w.carryOut(ctx, job)
	}
}

func (w *work) carryOut(ctx context.Context, job exchange.Job) {
	w.keep(job, w.engine.runner.Run(ctx, job))
	if w.through(job.Case.ID) {
		w.publish(job.Case)
	}
	w.engine.meter.change(func(p *Progress) { p.Done++ })
}
