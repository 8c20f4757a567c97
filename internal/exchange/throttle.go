package exchange

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// A throttle knows whether it helps to wait for a target that asks for time.
type throttle struct{ inVain atomic.Int32 }

const (
	// longestWait is how long a target that throttles is waited for at most.
	longestWait = 5 * time.Second
	// vainTries is how often in a row a wait may have been of no use until
	// nobody waits any more.
	vainTries = 3
)

// tried takes over whether a wait was of use.
func (t *throttle) tried(helped bool) {
	if helped {
		t.inVain.Store(0)
		return
	}
	t.inVain.Add(1)
}

// waitOut waits when the target asks for time, and reports whether the request
// is to be sent once more. A script of its own sees the answer as it is.
func (s *steps) waitOut(a run.Answer) bool {
	if !a.Throttled() || s.job.Case.Steps != nil || s.Stopped() || s.runner.throttle.inVain.Load() >= vainTries {
		return false
	}
	start := s.rec.clock()
	wait := retryAfter(a)
	s.stop(pause(s.ctx, wait))
	event := run.Wait{Why: "the target throttled the request", For: run.ToMillis(wait)}
	event.Took = run.ToMillis(s.rec.clock().Sub(start))
	s.rec.add(start, run.Event{Wait: &event})
	return !s.Stopped()
}

// retryAfter is how long a target wants to be left alone (RFC 9110, section
// 10.2.3), within bounds.
func retryAfter(a run.Answer) time.Duration {
	seconds, err := strconv.Atoi(a.Header["Retry-After"])
	if err != nil || seconds < 0 {
		return time.Second
	}
	return min(time.Duration(min(seconds, 60))*time.Second, longestWait)
}
