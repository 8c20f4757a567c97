package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// work is the exchanges of one run and what they saw.
type work struct {
	engine *Engine
	doc    *run.Run

	mu       sync.Mutex
	evidence map[string]map[string]seen // case → variant
	pending  map[string]int             // jobs to go, by case
	// context is what is known beside the cases themselves, once the baselines
	// are through (learnt).
	context run.Context
	learnt  bool
}

// seen is the evidence of a variant, and of its first exchange when that was
// repeated.
type seen struct {
	evidence run.Evidence
	first    *run.Evidence
}

// exchanges carries out everything: baselines first, then all others in the
// pool, then what has to be repeated alone, and at the very end what can hurt a
// live system.
func (w *work) exchanges(ctx context.Context) {
	w.context = verdict.Context(w.doc, w.engine.options.Plan.Cases)
	s := w.schedule()
	w.engine.meter.change(func(p *Progress) { p.Doing, p.Total = "baselines", s.total() })
	workers := w.engine.options.Config.Run.Workers
	w.pool(ctx, workers, s.baselines)
	w.repeat(ctx, w.breaches(s.baselines))
	w.learn(ctx)
	w.engine.meter.doing("cases")
	w.pool(ctx, workers, slices.Concat(s.together, s.last))
	w.pool(ctx, 1, s.alone)
	w.alone(ctx, s.helped)
	w.confirm(ctx, slices.Concat(s.together, s.last, s.alone, s.helped))
	if len(s.heavy) > 0 {
		w.engine.meter.doing("load")
		w.alone(ctx, s.heavy)
		w.confirm(ctx, s.heavy)
	}
	w.lateVisitors(ctx)
	w.doc.Observed.Farewell = w.engine.runner.Farewell(ctx)
}

// confirm does again what has to be: refusals that were looked at too soon, and
// alone what looks like a breach.
func (w *work) confirm(ctx context.Context, jobs []exchange.Job) {
	workers := w.engine.options.Config.Run.Workers
	soon := w.hasty(jobs)
	w.pool(ctx, workers, slices.DeleteFunc(slices.Clone(soon), disturbs))
	for _, job := range soon {
		if disturbs(job) {
			w.pool(ctx, 1, []exchange.Job{job})
		}
	}
	again := w.breaches(jobs)
	if len(again) > 0 {
		again = append(again, w.disturbed(jobs)...)
	}
	w.repeat(ctx, again)
}

// disturbs reports whether a job is felt by whatever runs beside it.
func disturbs(j exchange.Job) bool {
	return j.Heavy() || j.Helped() || j.Case.Schedule == run.Alone && j.Case.Steps != nil
}

// hasty are the refusals that were looked at sooner than a later session of
// this target took to die. They are done again, now that its pace is known.
func (w *work) hasty(jobs []exchange.Job) []exchange.Job {
	longest := verdict.Context(&run.Run{Terms: w.doc.Terms, Cases: w.stored()}, w.engine.options.Plan.Cases).LongestDeath
	w.mu.Lock()
	defer w.mu.Unlock()
	w.context.LongestDeath = longest
	var again []exchange.Job
	for _, job := range jobs {
		if slices.ContainsFunc(job.Variants, func(v run.Variant) bool {
			e := w.evidence[job.Case.ID][v.Slug].evidence
			demand := job.Case.Demand(v, w.engine.runner.Terms)
			return watched(job.Case, demand.Expect, e) && e.Fault == nil && e.Settled() < longest
		}) {
			again = append(again, job)
		}
	}
	return again
}

func (w *work) keep(job exchange.Job, evidence []run.Evidence) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, v := range job.Variants {
		w.put(job.Case.ID, v.Slug, seen{evidence: evidence[i]})
	}
}

func (w *work) put(id, slug string, s seen) {
	if w.evidence[id] == nil {
		w.evidence[id] = map[string]seen{}
	}
	w.evidence[id][slug] = s
}

// through counts a finished job of a case, and reports whether it was the last.
func (w *work) through(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending[id]--
	return w.pending[id] == 0
}

// publish makes a case's result known as soon as it cannot change any more. One
// with a breach waits for its repetition, a baseline for the others, one that
// blames the target for a session that lives on until it is known whether the
// sender was locked out, and a refusal for the end: how long this target may take to end a session is known
// only when all of them have ended.
func (w *work) publish(c run.Case) {
	if c.Baseline() && !w.learnt {
		return
	}
	result := w.judge(c)
	if len(breached(result)) == 0 && !faulted(result) && !watches(c, result) && !blames(result) {
		result.Implied = w.engine.options.Plan.Implied[c.ID]
		w.engine.results.publish(result)
	}
}

// watches reports whether a verdict of the case rests on how long a survivor was
// watched.
func watches(c run.Case, result run.CaseResult) bool {
	return slices.ContainsFunc(result.Variants, func(v run.VariantResult) bool {
		return v.Verdict != run.NotApplicable && watched(c, v.Expect, v.Evidence)
	})
}

// watched: a refusal is, and whatever a script of its own sent a control after.
func watched(c run.Case, e run.Expect, seen run.Evidence) bool {
	return e == run.Refuse || c.Steps != nil && e != run.Revoke && seen.Sent(run.TwinSend) != nil
}

// blames reports whether a finding may still turn out to be a guard's doing.
func blames(c run.CaseResult) bool {
	return slices.ContainsFunc(c.Variants, func(v run.VariantResult) bool {
		return slices.ContainsFunc(v.Findings, run.Finding.Blames)
	})
}

// judge judges one case on what was seen so far.
func (w *work) judge(c run.Case) run.CaseResult {
	w.mu.Lock()
	stored := w.store(c)
	w.mu.Unlock()
	return verdict.Judged(c, stored, w.context)
}

// learn takes over what the baselines showed.
func (w *work) learn(ctx context.Context) {
	w.doc.Cases = w.stored()
	var longest time.Duration
	worked := false
	for _, b := range verdict.Context(w.doc, w.engine.options.Plan.Cases).Baselines {
		if b.OK {
			worked = true
			longest = max(longest, b.Death.Duration())
		}
	}
	w.engine.runner.Pace.Learn(longest, worked)
	w.observe(ctx, worked)
	w.context, w.learnt = verdict.Context(w.doc, w.engine.options.Plan.Cases), true
	for _, c := range w.engine.options.Plan.Cases {
		if c.Baseline() {
			w.publish(c)
		}
	}
}

// giveUp leaves every variant without evidence, and says why.
func (w *work) giveUp(f *run.Fault) {
	now := w.engine.options.Clock()
	for _, c := range w.engine.options.Plan.Cases {
		for _, v := range c.Variants {
			w.put(c.ID, v.Slug, seen{evidence: run.Evidence{Started: now, Fault: f}})
		}
	}
}

// stored are all cases with their evidence, not judged yet.
func (w *work) stored() []run.CaseResult {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]run.CaseResult, len(w.engine.options.Plan.Cases))
	for i, c := range w.engine.options.Plan.Cases {
		out[i] = w.store(c)
	}
	return out
}

// store is a case with its evidence, not judged yet.
func (w *work) store(c run.Case) run.CaseResult {
	out := run.CaseResult{ID: c.ID}
	for _, v := range c.Variants {
		s := w.evidence[c.ID][v.Slug]
		out.Variants = append(out.Variants, run.VariantResult{Slug: v.Slug, Evidence: s.evidence, First: s.first})
	}
	return out
}
