package receiver

import (
	"math"
	"sync"
	"time"
)

const (
	// replayDefault is how long the jti of a token without exp is kept; such tokens exist only under a shared secret.
	replayDefault = 24 * time.Hour
	// replayMax keeps a far exp from overflowing a duration.
	replayMax = 100 * 365 * 24 * time.Hour
)

// replayMemory holds the ids of the tokens that did their work in one application, until they expire (BCL 2.6(8)).
type replayMemory struct {
	mu    sync.Mutex
	until map[tokenID]time.Time
	swept time.Time
}

type tokenID struct{ issuer, jti string }

func newReplayMemory() *replayMemory { return &replayMemory{until: map[tokenID]time.Time{}} }

func (m *replayMemory) has(id tokenID, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	until, there := m.until[id]
	return there && now.Before(until)
}

func (m *replayMemory) add(id tokenID, until, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.until[id] = until
	if now.Sub(m.swept) < time.Minute {
		return
	}
	m.swept = now
	for old, end := range m.until {
		if !now.Before(end) {
			delete(m.until, old)
		}
	}
}

// neverSeen refuses a token that did its work before (BCL 2.6(8)).
func neverSeen(l *logout) error {
	if err := l.app.store.reach(); err != nil {
		return err
	}
	id, ok := l.id()
	if ok && l.app.replays.has(id, l.now) {
		return refused("the token was used before")
	}
	return nil
}

// rememberToken runs after the sessions have ended: burning the jti earlier would turn the sender's retry of a failed
// logout into a refusal (BCL 2.5).
func rememberToken(l *logout) {
	id, ok := l.id()
	if !ok {
		return
	}
	keep := replayDefault
	if exp, present, err := l.token.claims.date("exp"); present && err == nil {
		left := exp - unix(l.now) + leeway.Seconds()
		keep = time.Duration(math.Max(0, math.Min(left, replayMax.Seconds())) * float64(time.Second))
	}
	l.app.replays.add(id, l.now.Add(keep), l.now)
}

func (l *logout) id() (tokenID, bool) {
	jti, present, err := l.token.claims.text("jti")
	iss, _ := l.token.claims["iss"].(string)
	return tokenID{iss, jti}, present && err == nil
}
