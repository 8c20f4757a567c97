package engine

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// lateVisitors looks once more, when all exchanges are through, at who came to
// the addresses that tokens pointed at: a target may fetch from a queue, after
// its answer.
func (w *work) lateVisitors(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, variants := range w.evidence {
		for slug, s := range variants {
			if events := w.withLate(ctx, s.evidence.Events); events != nil {
				s.evidence.Events = events
				w.evidence[id][slug] = s
			}
		}
	}
}

// withLate gives the events with hits that were not seen yet; nil when there are
// none. Only who asked for that very address counts: a request without a name
// may be about any token of the run.
func (w *work) withLate(ctx context.Context, events []run.Event) []run.Event {
	var out []run.Event
	for i, event := range events {
		if event.Canary == nil {
			continue
		}
		id := path.Base(event.Canary.URL)
		hits, err := w.engine.issuer.Hits(ctx, id)
		if err != nil {
			continue // what was seen in the exchange stands
		}
		late := slices.DeleteFunc(hits, func(hit run.CanaryHit) bool {
			return !strings.Contains(hit.Path, id) || slices.Contains(event.Canary.Hits, hit)
		})
		if len(late) == 0 {
			continue
		}
		if out == nil {
			out = slices.Clone(events)
		}
		out[i].Canary = &run.Canary{URL: event.Canary.URL, Hits: slices.Concat(event.Canary.Hits, late)}
	}
	return out
}
