package receiver

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// sessionLife is how long a session lasts when nobody ends it.
	sessionLife = 12 * time.Hour
	// maxSessions bounds the store.
	maxSessions = 100_000
)

// sessionKey is the hash of a session's random id: the store never compares the secret itself.
type sessionKey [sha256.Size]byte

func keyOf(id string) sessionKey { return sha256.Sum256([]byte(id)) }

// session is one login at one application.
type session struct {
	key    sessionKey
	app    string
	issuer string // empty with a shared secret
	sub    string
	sid    string // empty when the ID token had none
	login  time.Time
	number uint64 // counts logins
	begun  uint64 // when its login began, in that count
	// token is the hash of the API token minted from the session; it dies with it.
	token sessionKey
	// refresh is the issuer's refresh token, if it is kept; offline ones outlive a logout (BCL 2.7).
	refresh string
	offline bool
	// clientID tells clients of one issuer apart.
	clientID string
}

// owner is a value that is unique only inside one application and issuer (BCL 2.1).
type owner struct{ app, issuer, value string }

// sessionStore holds the sessions of all applications, indexed by what logout tokens name.
type sessionStore struct {
	mu    sync.Mutex
	byKey map[sessionKey]session
	bySub map[owner]map[sessionKey]bool
	bySid map[owner]map[sessionKey]bool
	// byToken leads from API tokens to sessions.
	byToken map[sessionKey]sessionKey
	ended   endings
	count   uint64
}

func newSessionStore() *sessionStore {
	return &sessionStore{
		byKey: map[sessionKey]session{}, bySub: map[owner]map[sessionKey]bool{},
		bySid: map[owner]map[sessionKey]bool{}, byToken: map[sessionKey]sessionKey{}, ended: endings{},
	}
}

var errFull = errors.New("the session store is full")

// add stores a session, unless it was ended before it began.
func (s *sessionStore) add(n session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byKey) >= maxSessions {
		for _, old := range s.byKey {
			if n.login.Sub(old.login) >= sessionLife {
				s.drop(old)
			}
		}
	}
	if len(s.byKey) >= maxSessions {
		return errFull
	}
	if s.ended.overtook(n) {
		return errEnded
	}
	s.count++
	n.number = s.count
	s.byKey[n.key], s.byToken[n.token] = n, n.key
	enter(s.bySub, owner{n.app, n.issuer, n.sub}, n.key)
	if n.sid != "" {
		enter(s.bySid, owner{n.app, n.issuer, n.sid}, n.key)
	}
	return nil
}

func enter(index map[owner]map[sessionKey]bool, who owner, key sessionKey) {
	if index[who] == nil {
		index[who] = map[sessionKey]bool{}
	}
	index[who][key] = true
}

func (s *sessionStore) drop(old session) {
	delete(s.byKey, old.key)
	delete(s.byToken, old.token)
	for _, in := range []struct {
		index map[owner]map[sessionKey]bool
		who   owner
	}{{s.bySub, owner{old.app, old.issuer, old.sub}}, {s.bySid, owner{old.app, old.issuer, old.sid}}} {
		delete(in.index[in.who], old.key)
		if len(in.index[in.who]) == 0 {
			delete(in.index, in.who)
		}
	}
}

// get returns a living session of an application.
func (s *sessionStore) get(app string, key sessionKey, now time.Time) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byKey[key]
	if !ok || found.app != app || now.Sub(found.login) >= sessionLife {
		return session{}, false
	}
	return found, true
}

// remove ends sessions; those that are gone already are gone.
func (s *sessionStore) remove(gone ...session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range gone {
		if old, ok := s.byKey[g.key]; ok {
			s.drop(old)
		}
	}
}

func (s *sessionStore) withSub(who owner) []session { return s.indexed(s.bySub, who) }
func (s *sessionStore) withSid(who owner) []session { return s.indexed(s.bySid, who) }

func (s *sessionStore) indexed(index map[owner]map[sessionKey]bool, who owner) []session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []session
	for key := range index[who] {
		found = append(found, s.byKey[key])
	}
	return oldestFirst(found)
}

// inApp returns the sessions of one application and issuer.
func (s *sessionStore) inApp(app, issuer string) []session {
	return s.where(func(each session) bool { return each.app == app && each.issuer == issuer })
}

// where looks at every session.
func (s *sessionStore) where(is func(session) bool) []session {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []session
	for _, each := range s.byKey {
		if is(each) {
			found = append(found, each)
		}
	}
	return oldestFirst(found)
}

// keepRefresh stores the newest refresh token of a session; false means that the session has ended meanwhile, and
// stays ended.
func (s *sessionStore) keepRefresh(key sessionKey, refresh string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byKey[key]
	if ok {
		found.refresh = refresh
		s.byKey[key] = found
	}
	return ok
}

// keyOfToken leads from an API token to its session.
func (s *sessionStore) keyOfToken(token string) (sessionKey, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, ok := s.byToken[keyOf(token)]
	return key, ok
}

func oldestFirst(list []session) []session {
	slices.SortFunc(list, func(a, b session) int {
		if a.number < b.number {
			return -1
		}
		return 1
	})
	return list
}

// errNoSession says that nobody is logged in.
var errNoSession = errors.New("no session")

// sessionOfCookie finds the session behind a page request.
func sessionOfCookie(_ http.ResponseWriter, r *http.Request, a *app) (session, error) {
	cookie, err := r.Cookie(a.sessionCookie())
	if err != nil {
		return session{}, errNoSession
	}
	return a.session(keyOf(cookie.Value))
}

// session is a living session of the application.
func (a *app) session(key sessionKey) (session, error) {
	if err := a.store.reach(); err != nil {
		return session{}, err
	}
	if s, ok := a.sessions.get(a.name, key, a.clock()); ok {
		return s, nil
	}
	return session{}, errNoSession
}
