package idp

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Hold keeps back the next token answer, to a code or a refresh token, about a
// user at a client: reached is closed when the answer is ready, and release,
// which must be called, lets it go. It goes by itself after half a minute, or
// when the client does not wait for it.
func (s *Server) Hold(issuer, clientID, sub string) (reached <-chan struct{}, release func(), err error) {
	i, err := s.issuer(issuer)
	if err != nil {
		return nil, nil, err
	}
	h, err := i.holds.add(party(clientID, sub))
	if err != nil {
		return nil, nil, fmt.Errorf("hold the tokens of %s at %s: %w", sub, clientID, err)
	}
	return h.reached, func() { i.holds.end(h) }, nil
}

// The bounds of what is held back.
const (
	maxHolds = 1_000
	maxHeld  = 30 * time.Second
)

// holds are the answers to keep back, by whom they are about.
type holds struct {
	mu      sync.Mutex
	waiting map[string]*hold
}

type hold struct {
	key      string
	reached  chan struct{}
	released chan struct{}
	once     sync.Once
}

func (a *holds) add(key string) (*hold, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, twice := a.waiting[key]; twice {
		return nil, fmt.Errorf("they are held already")
	}
	if len(a.waiting) >= maxHolds {
		return nil, errFull
	}
	if a.waiting == nil {
		a.waiting = map[string]*hold{}
	}
	h := &hold{key: key, reached: make(chan struct{}), released: make(chan struct{})}
	a.waiting[key] = h
	return h, nil
}

// end lets an answer go, and forgets one that nobody asked for.
func (a *holds) end(h *hold) {
	h.once.Do(func() { close(h.released) })
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting[h.key] == h {
		delete(a.waiting, h.key)
	}
}

// pass waits while an answer is held back.
func (a *holds) pass(ctx context.Context, key string) {
	a.mu.Lock()
	h, held := a.waiting[key]
	delete(a.waiting, key) // it holds one answer
	a.mu.Unlock()
	if !held {
		return
	}
	close(h.reached)
	timer := time.NewTimer(maxHeld)
	defer timer.Stop()
	select {
	case <-h.released:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// clear lets everything go.
func (a *holds) clear() {
	a.mu.Lock()
	all := a.waiting
	a.waiting = nil
	a.mu.Unlock()
	for _, h := range all {
		h.once.Do(func() { close(h.released) })
	}
}
