package receiver

import (
	"sync"
	"time"
)

const (
	// loginLife is how long a user may take at the issuer.
	loginLife = 10 * time.Minute
	// maxLogins bounds the logins under way.
	maxLogins = 10_000
)

// pendingLogin is a login under way. All of it stays on the server; the browser holds only a random handle.
type pendingLogin struct {
	app, state, nonce, verifier string
	until                       time.Time
	// begun counts what had happened when the login began: a logout that came later concerns it.
	begun uint64
}

// loginStore holds logins under way by the hash of their handle.
type loginStore struct {
	mu   sync.Mutex
	open map[sessionKey]pendingLogin
}

func newLoginStore() *loginStore { return &loginStore{open: map[sessionKey]pendingLogin{}} }

// add stores a login; false means that too many are under way.
func (s *loginStore) add(handle string, p pendingLogin, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= maxLogins {
		for key, old := range s.open {
			if !now.Before(old.until) {
				delete(s.open, key)
			}
		}
	}
	if len(s.open) >= maxLogins {
		return false
	}
	s.open[keyOf(handle)] = p
	return true
}

// take returns a login once.
func (s *loginStore) take(app, handle string, now time.Time) (pendingLogin, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.open[keyOf(handle)]
	if !ok || p.app != app {
		return pendingLogin{}, false
	}
	delete(s.open, keyOf(handle))
	return p, now.Before(p.until)
}
