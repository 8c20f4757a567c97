package exchange

import (
	"sync"
	"time"
)

// Pace is how long a target takes to end a session, measured by the baselines.
// A session counts as a survivor only after that long.
type Pace struct {
	// Timeout is how long a baseline is waited for.
	Timeout time.Duration
	// Declared is how long the target says it takes.
	Declared time.Duration

	mu       sync.Mutex
	measured bool
	death    time.Duration
	hopeless bool
}

// margin is given on top of what was measured.
const margin = 25 * time.Millisecond

// Learn takes over what the baselines showed: the longest time until a session
// was dead, and whether any session died at all.
func (p *Pace) Learn(death time.Duration, worked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.measured, p.death, p.hopeless = true, max(p.death, death), !worked
}

// Saw takes over how long another session took to die.
func (p *Pace) Saw(death time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.death = max(p.death, death)
}

// Hopeless reports whether no baseline ended a session, so that nothing is
// worth a long wait.
func (p *Pace) Hopeless() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hopeless
}

// Settle is how long to wait after a hostile token.
func (p *Pace) Settle() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(2*p.death, p.Declared) + margin
}

// Patience is how long to wait for a death that should come. A target that
// refused is given less time than one that claimed success.
func (p *Pace) Patience(accepted bool) time.Duration {
	settle := p.Settle()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.hopeless, !accepted:
		return settle + 4*margin
	case p.measured:
		return 2*settle + time.Second
	}
	return max(p.Timeout, 2*settle)
}
