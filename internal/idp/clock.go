package idp

import (
	"errors"
	"sync"
	"time"
)

// A ClockSetting moves the server's clock. At most one of Time, Offset and
// Advance is given; none of them leaves the time as it is.
type ClockSetting struct {
	// Time is the time it shall be.
	Time time.Time
	// Offset is how far ahead of the base clock it shall be.
	Offset time.Duration
	// Advance is how far ahead of what it shows now it shall be.
	Advance time.Duration
	// Freeze stops the clock. A setting without it lets the clock run.
	Freeze bool
}

// A ClockState is what the server's clock shows.
type ClockState struct {
	Now    time.Time
	Offset time.Duration // ahead of the base clock
	Frozen bool
}

// SetClock moves or freezes the clock that sessions and tokens follow.
func (s *Server) SetClock(setting ClockSetting) (ClockState, error) {
	given := 0
	for _, is := range []bool{!setting.Time.IsZero(), setting.Offset != 0, setting.Advance != 0} {
		if is {
			given++
		}
	}
	if given > 1 {
		return s.Clock(), errors.New("set the clock: give one of time, offset and advance")
	}
	s.clock.set(setting)
	return s.Clock(), nil
}

// ResetClock makes the clock show the base clock's time again.
func (s *Server) ResetClock() ClockState {
	s.clock.reset()
	return s.Clock()
}

// Clock says what the clock shows.
func (s *Server) Clock() ClockState {
	now, base, frozen := s.clock.read()
	return ClockState{Now: now, Offset: now.Sub(base), Frozen: frozen}
}

// now is the time in every token.
func (s *Server) now() time.Time {
	now, _, _ := s.clock.read()
	return now
}

// wall is the time of what is observed.
func (s *Server) wall() time.Time { return s.options.Clock() }

// A clock runs at a distance from a base clock, or stands still.
type clock struct {
	base func() time.Time

	mu     sync.RWMutex
	offset time.Duration
	frozen time.Time // zero while it runs
}

func (c *clock) read() (now, base time.Time, frozen bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	now, base = c.show()
	return now, base, !c.frozen.IsZero()
}

// show is what the clock shows, with the lock held.
func (c *clock) show() (now, base time.Time) {
	base = c.base()
	if !c.frozen.IsZero() {
		return c.frozen, base
	}
	return base.Add(c.offset), base
}

func (c *clock) set(setting ClockSetting) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, base := c.show()
	switch {
	case !setting.Time.IsZero():
		now = setting.Time
	case setting.Offset != 0:
		now = base.Add(setting.Offset)
	default:
		now = now.Add(setting.Advance)
	}
	c.offset, c.frozen = now.Sub(base), time.Time{}
	if setting.Freeze {
		c.frozen = now
	}
}

func (c *clock) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset, c.frozen = 0, time.Time{}
}
