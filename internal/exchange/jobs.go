package exchange

import (
	"slices"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// A Job is one exchange: variants of a case that share what they can. Variants
// that have to be refused, or may be, take turns on one session and share the
// control.
type Job struct {
	Case     run.Case
	Variants []run.Variant
	// Yield leaves the job's place in the pool for the time of a wait. Nil:
	// it keeps it.
	Yield func(wait func())
}

// Helped reports whether the job calls outside help, which everybody feels.
func (j Job) Helped() bool {
	return slices.ContainsFunc(j.Case.Needs, func(n run.Need) bool {
		return n == run.RestartHook || n == run.StoreHooks || n == run.RotateHook
	})
}

// Heavy reports whether the job sends what can hurt a live system.
func (j Job) Heavy() bool {
	return slices.ContainsFunc(j.Variants, func(v run.Variant) bool { return heavy(j.Case, v) })
}

func heavy(c run.Case, v run.Variant) bool {
	return slices.Contains(c.Needs, run.Load) || slices.Contains(v.Needs, run.Load)
}

// A batch is what variants have in common that share a session.
type batch struct {
	base  fixtures.Base
	at    run.Place
	heavy bool
}

// Jobs splits the applicable variants of a case into exchanges.
func Jobs(c run.Case, terms run.Terms) []Job {
	var jobs []Job
	batches := map[batch]int{}
	for _, v := range c.Variants {
		demand := c.Demand(v, terms)
		if demand.NotApplicable != "" || demand.Expect == run.Observe {
			continue
		}
		of := batch{v.Base(), v.At, heavy(c, v)}
		i, batched := batches[of]
		if shares := c.Steps == nil && demand.Expect != run.Revoke; shares && batched {
			jobs[i].Variants = append(jobs[i].Variants, v)
			continue
		} else if shares {
			batches[of] = len(jobs)
		}
		jobs = append(jobs, Job{Case: c, Variants: []run.Variant{v}})
	}
	return jobs
}
