package receiver

import (
	"context"
	"sync"
)

// flight lets all who want the same thing at the same time share one fetch.
type flight[T any] struct {
	mu      sync.Mutex
	running *trip[T]
}

type trip[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// do joins the running fetch or starts one. The fetch is nobody's own: it goes on when its starter hangs up, within
// its own time limit, since others may be waiting for it.
func (f *flight[T]) do(ctx context.Context, fetch func(context.Context) (T, error)) (T, error) {
	f.mu.Lock()
	t := f.running
	if t == nil {
		t = &trip[T]{done: make(chan struct{})}
		f.running = t
		go f.fly(context.WithoutCancel(ctx), t, fetch)
	}
	f.mu.Unlock()
	select {
	case <-t.done:
		return t.value, t.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func (f *flight[T]) fly(ctx context.Context, t *trip[T], fetch func(context.Context) (T, error)) {
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	t.value, t.err = fetch(ctx)
	f.mu.Lock()
	f.running = nil
	f.mu.Unlock()
	close(t.done)
}
