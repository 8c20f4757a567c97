package engine

import (
	"context"
	"fmt"
	"sync"

	"github.com/loggedout/loggedout/internal/run"
)

// results hands each case's result to whoever waits for it.
type results struct {
	cases map[string]*result
}

type result struct {
	once  sync.Once
	ready chan struct{}
	value run.CaseResult
}

func newResults(cases []run.Case) *results {
	r := &results{cases: make(map[string]*result, len(cases))}
	for _, c := range cases {
		r.cases[c.ID] = &result{ready: make(chan struct{})}
	}
	return r
}

// publish makes a result known. Only the first counts.
func (r *results) publish(value run.CaseResult) {
	found := r.cases[value.ID]
	found.once.Do(func() {
		found.value = value
		close(found.ready)
	})
}

func (r *results) await(ctx context.Context, id string) (run.CaseResult, error) {
	found, ok := r.cases[id]
	if !ok {
		return run.CaseResult{}, fmt.Errorf("the case %q is not in the plan", id)
	}
	select {
	case <-found.ready:
		return found.value, nil
	case <-ctx.Done():
		return run.CaseResult{}, ctx.Err()
	}
}
