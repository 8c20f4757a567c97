package engine

import (
	"context"
	"slices"
	"time"

	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// breaches are the jobs of a list whose breaches have to be repeated: one
// variant each.
func (w *work) breaches(jobs []exchange.Job) []exchange.Job {
	var again []exchange.Job
	for _, job := range jobs {
		slugs := breached(w.judge(job.Case))
		for _, v := range job.Variants {
			if slices.Contains(slugs, v.Slug) {
				again = append(again, exchange.Job{Case: job.Case, Variants: []run.Variant{v}})
			}
		}
	}
	return again
}

// disturbed are the jobs that the target kept from being carried through.
// While another's token ends sessions right and left, that need not be their own
// doing: they are repeated alone as well.
func (w *work) disturbed(jobs []exchange.Job) []exchange.Job {
	w.mu.Lock()
	defer w.mu.Unlock()
	var again []exchange.Job
	for _, job := range jobs {
		for _, v := range job.Variants {
			if f := w.evidence[job.Case.ID][v.Slug].evidence.Fault; f != nil && f.By == run.ByTarget {
				again = append(again, exchange.Job{Case: job.Case, Variants: []run.Variant{v}})
			}
		}
	}
	return again
}

// breached are the slugs of variants with a finding that is to be repeated.
func breached(c run.CaseResult) []string {
	var slugs []string
	for _, v := range c.Variants {
		if slices.ContainsFunc(v.Findings, func(f run.Finding) bool { return f.Breach }) {
			slugs = append(slugs, v.Slug)
		}
	}
	return slugs
}

// faulted reports whether an exchange of the case broke off.
func faulted(c run.CaseResult) bool {
	return slices.ContainsFunc(c.Variants, func(v run.VariantResult) bool { return v.Evidence.Fault != nil })
}

// repeat runs jobs one by one while nothing else runs: what was seen side by
// side may have been another's doing. A breach that does not show again gets
// further chances, unless a token that ends everybody's sessions explains it.
func (w *work) repeat(ctx context.Context, jobs []exchange.Job) {
	if len(jobs) == 0 {
		return
	}
	w.engine.meter.change(func(p *Progress) { p.Doing, p.Total = "repeating breaches alone", p.Total+len(jobs) })
	w.engine.runner.Rest(ctx, 0)
	doubt := true // whether the target still takes valid tokens from us
	for range chances {
		var rest []exchange.Job
		for _, job := range jobs {
			if w.doc.Observed.LockedOut = doubt && w.lockedOut(ctx); w.doc.Observed.LockedOut || ctx.Err() != nil {
				return
			}
			first, repeated := w.again(ctx, job)
			if verdict.OthersDied(repeated) {
				// It may be a late effect of what was sent before: it has to
				// show once more, in peace.
				w.engine.runner.Rest(ctx, peace)
				_, repeated = w.again(ctx, job)
			}
			dead := repeated.LastProbe(run.Named, run.AfterTwin)
			doubt = repeated.Fault != nil || dead == nil || dead.State != run.Dead
			shown := slices.Contains(breached(w.judge(job.Case)), job.Variants[0].Slug)
			if repeated.Fault != nil || first.Fault == nil && !shown {
				rest = append(rest, job)
			}
			w.engine.meter.change(func(p *Progress) { p.Done = min(p.Done+1, p.Total) })
		}
		if jobs = rest; verdict.Context(&run.Run{Terms: w.doc.Terms, Cases: w.stored()}, w.engine.options.Plan.Cases).Wildcard {
			return
		}
	}
}

// peace is how long nothing is sent before somebody is said to end the sessions
// of others.
const peace = time.Second

// chances is how often a breach is repeated alone until it shows again.
const chances = 3

// again repeats one variant, whose first evidence is kept.
func (w *work) again(ctx context.Context, job exchange.Job) (first, repeated run.Evidence) {
	id, slug := job.Case.ID, job.Variants[0].Slug
	w.mu.Lock()
	before := w.evidence[id][slug]
	w.mu.Unlock()
	if before.first == nil {
		before.first = &before.evidence
	}
	repeated = w.engine.runner.Run(ctx, job)[0]
	w.mu.Lock()
	defer w.mu.Unlock()
	w.put(id, slug, seen{evidence: repeated, first: before.first})
	return *before.first, repeated
}

// lockedOut reports whether a baseline that worked is accepted no more.
func (w *work) lockedOut(ctx context.Context) bool {
	for _, c := range w.engine.options.Plan.Cases {
		if c.Baseline() && w.context.Baselines[c.ID].OK {
			seen := w.engine.runner.Run(ctx, exchange.Job{Case: c, Variants: c.Variants[:1]})[0]
			return ctx.Err() == nil && !verdict.Baseline(seen).OK
		}
	}
	return false
}
