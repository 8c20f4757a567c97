package exchange

import (
	"context"
	"sync"
)

// changes counts the exchanges that are in the middle of a change of keys.
type changes struct {
	mu   sync.Mutex
	open int
	none chan struct{} // closed when there are none left
}

func (c *changes) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == 0 {
		c.none = make(chan struct{})
	}
	c.open++
}

func (c *changes) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open--; c.open == 0 {
		close(c.none)
	}
}

// await waits until there are none, or ctx is done.
func (c *changes) await(ctx context.Context) {
	for ctx.Err() == nil {
		c.mu.Lock()
		open, none := c.open, c.none
		c.mu.Unlock()
		if open == 0 {
			return
		}
		select {
		case <-none:
		case <-ctx.Done():
		}
	}
}

// AwaitKeys waits until no exchange is in the middle of a change of keys, which
// needs the target's allowance of key fetches.
func (r *Runner) AwaitKeys(ctx context.Context) { r.changes.await(ctx) }
