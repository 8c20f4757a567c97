package receiver

import (
	"errors"
	"sync"
	"sync/atomic"
)

// errStoreDown is what every use of an unreachable store comes to.
var errStoreDown = errors.New("the session store cannot be reached")

// Store is what the nodes of one receiver share and what outlives them: sessions, logins under way, and the memory of
// used tokens. It is safe for concurrent use.
type Store struct {
	sessions *sessionStore
	logins   *loginStore
	down     atomic.Bool

	mu      sync.Mutex
	replays map[string]*replayMemory // by application
}

// NewStore makes an empty store.
func NewStore() *Store {
	return &Store{sessions: newSessionStore(), logins: newLoginStore(), replays: map[string]*replayMemory{}}
}

// SetDown makes the store unreachable, or reachable again. Nothing in it is lost.
func (s *Store) SetDown(down bool) { s.down.Store(down) }

func (s *Store) reach() error {
	if s.down.Load() {
		return errStoreDown
	}
	return nil
}

// replaysOf is the memory of one application.
func (s *Store) replaysOf(app string) *replayMemory {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.replays[app] == nil {
		s.replays[app] = newReplayMemory()
	}
	return s.replays[app]
}

// end removes sessions, or says that it cannot.
func (s *Store) end(gone ...session) error {
	if err := s.reach(); err != nil {
		return err
	}
	s.sessions.remove(gone...)
	return nil
}
