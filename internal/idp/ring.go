package idp

import "sync"

// A ring keeps the newest records of what happened and numbers them. It is
// safe for concurrent use.
type ring[T any] struct {
	mu    sync.Mutex
	limit int
	last  int64
	items []T // at most limit; the oldest stands at start when full
	start int
}

func newRing[T any](limit int) *ring[T] { return &ring[T]{limit: limit} }

// add keeps what build returns for the next number, which is never reused.
func (r *ring[T]) add(build func(id int64) T) T {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	item := build(r.last)
	if len(r.items) < r.limit {
		r.items = append(r.items, item)
		return item
	}
	r.items[r.start] = item
	r.start = (r.start + 1) % r.limit
	return item
}

// all gives the records that keep wants, oldest first.
func (r *ring[T]) all(keep func(T) bool) []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []T{}
	for i := range r.items {
		if item := r.items[(r.start+i)%len(r.items)]; keep(item) {
			out = append(out, item)
		}
	}
	return out
}

func (r *ring[T]) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.items, r.start = nil, 0
}
