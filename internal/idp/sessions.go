package idp

import (
	"container/list"
	"errors"
	"slices"
	"sync"
	"time"
)

// sessions holds the provider sessions of an issuer, the oldest first to go.
type sessions struct {
	server *Server
	issuer string
	limit  int

	mu       sync.Mutex
	order    *list.List // of *session, oldest first
	byCookie map[string]*list.Element
	byID     map[string]*session // by session id and by the sids of clients
	bySub    map[string][]*session
}

func newSessions(s *Server, issuer string, limit int) *sessions {
	all := &sessions{server: s, issuer: issuer, limit: limit}
	all.clear()
	return all
}

func (a *sessions) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.order != nil {
		for s := range a.each() {
			s.ended = true
		}
	}
	a.order = list.New()
	a.byCookie = map[string]*list.Element{}
	a.byID = map[string]*session{}
	a.bySub = map[string][]*session{}
}

// each goes through the sessions, oldest first, with the lock held.
func (a *sessions) each() func(yield func(*session) bool) {
	return func(yield func(*session) bool) {
		for e := a.order.Front(); e != nil; e = e.Next() {
			if s, is := e.Value.(*session); is && !yield(s) {
				return
			}
		}
	}
}

// open starts a session for a user.
func (a *sessions) open(sub string) (*session, error) {
	s := &session{sub: sub, authTime: a.server.now()}
	for _, id := range []*string{&s.id, &s.cookie, &s.confirm} {
		var err error
		if *id, err = a.server.identifier(); err != nil {
			return nil, err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.byCookie[s.cookie] = a.order.PushBack(s)
	a.byID[s.id] = s
	a.bySub[sub] = append(a.bySub[sub], s)
	for a.order.Len() > a.limit {
		if oldest, is := a.order.Front().Value.(*session); is {
			a.server.options.Log.Warn("too many sessions: the oldest was forgotten and nobody told",
				"issuer", a.issuer, "sub", oldest.sub)
			a.remove(oldest)
		}
	}
	return s, nil
}

// remove takes a session out, with the lock held. It reports whether it lived.
func (a *sessions) remove(s *session) bool {
	element, ok := a.byCookie[s.cookie]
	if !ok || s.ended {
		return false
	}
	s.ended = true
	a.order.Remove(element)
	delete(a.byCookie, s.cookie)
	delete(a.byID, s.id)
	for _, l := range s.logins {
		a.forget(l.Sid, s)
	}
	rest := slices.DeleteFunc(a.bySub[s.sub], func(other *session) bool { return other == s })
	if a.bySub[s.sub] = rest; len(rest) == 0 {
		delete(a.bySub, s.sub)
	}
	return true
}

// forget takes away a sid, unless another session was given the same since.
func (a *sessions) forget(sid string, s *session) {
	if a.byID[sid] == s {
		delete(a.byID, sid)
	}
}

// end removes a session and says what it was. Only one caller ends a session.
func (a *sessions) end(s *session) (Session, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	shown := s.shown(a.issuer)
	return shown, a.remove(s)
}

// alive reports whether a session goes on, and ends it when its life is over.
func (a *sessions) alive(s *session) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.live(s)
}

func (a *sessions) live(s *session) bool {
	life := a.server.options.SessionLife
	if life > 0 && a.server.now().Sub(s.authTime) >= life {
		a.remove(s)
	}
	return !s.ended
}

// ofCookie finds the session of a browser. A browser may hold several cookies
// of our name, of this issuer and of one on a shorter path.
func (a *sessions) ofCookie(values []string) *session {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, value := range values {
		if e, ok := a.byCookie[value]; ok {
			if s, is := e.Value.(*session); is && a.live(s) {
				return s
			}
		}
	}
	return nil
}

// byName finds a session by its id or by the sid of one of its clients.
func (a *sessions) byName(id string) *session {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s, ok := a.byID[id]; ok && a.live(s) {
		return s
	}
	return nil
}

// authenticated says when the user of a session proved who it is.
func (a *sessions) authenticated(s *session) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return s.authTime
}

// renew notes that the user proved anew who it is.
func (a *sessions) renew(s *session) {
	now := a.server.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	s.authTime = now
}

// errEnded says that a session ended in the middle of a login.
var errEnded = errors.New("the session has ended")

// enter puts a client into a session and gives it its sid, or the one that it
// has, or the one that is wished. From then on the client is told when the
// session ends.
func (a *sessions) enter(s *session, c Client, nonce string, w Wish) (Login, error) {
	sid, err := a.server.identifier()
	if err != nil {
		return Login{}, err
	}
	now := a.server.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.live(s) {
		return Login{}, errEnded
	}
	login := Login{ClientID: c.ID, Sid: sid, WithoutSid: c.WithoutSid || w.WithoutSid, Nonce: nonce, Time: now}
	if n := loginOf(s, c.ID); n >= 0 {
		login.Sid = s.logins[n].Sid
		if w.Sid != "" {
			a.forget(login.Sid, s)
		}
		s.logins = slices.Delete(s.logins, n, n+1)
	} else if len(s.logins) >= maxClientsPerSession {
		return Login{}, errors.New("too many clients in one session")
	}
	login.Sid = orDefault(w.Sid, login.Sid)
	s.logins = append(s.logins, login)
	a.byID[login.Sid] = s
	return login, nil
}

// keepTokens remembers the ID token and the access token of a login.
func (a *sessions) keepTokens(s *session, login Login, raw, access string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := loginOf(s, login.ClientID); n >= 0 && s.logins[n].Nonce == login.Nonce {
		s.logins[n].IDToken, s.logins[n].access = raw, access
	}
}

func loginOf(s *session, clientID string) int {
	return slices.IndexFunc(s.logins, func(l Login) bool { return l.ClientID == clientID })
}

// of lists a user's sessions, newest last.
func (a *sessions) of(sub string) []Session {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := []Session{}
	for _, s := range slices.Clone(a.bySub[sub]) {
		if a.live(s) {
			out = append(out, s.shown(a.issuer))
		}
	}
	return out
}

func (a *sessions) all() []Session {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]Session, 0, a.order.Len())
	for _, s := range slices.Collect(a.each()) {
		if a.live(s) {
			out = append(out, s.shown(a.issuer))
		}
	}
	return out
}

// matching lists the sessions to end: those of a user, or with an empty sub
// all of them.
func (a *sessions) matching(sub string) []*session {
	a.mu.Lock()
	defer a.mu.Unlock()
	if sub != "" {
		return slices.Clone(a.bySub[sub])
	}
	return slices.Collect(a.each())
}

// find gives the newest login that fits; empty values fit everything.
func (a *sessions) find(sub, sid, clientID string) (Session, Login, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fits := func(s *session) (Session, Login, bool) {
		for _, l := range slices.Backward(s.logins) {
			if (sub == "" || s.sub == sub) && (sid == "" || l.Sid == sid) && (clientID == "" || l.ClientID == clientID) {
				return s.shown(a.issuer), l, true
			}
		}
		return Session{}, Login{}, false
	}
	switch {
	case sid != "":
		if s, ok := a.byID[sid]; ok {
			return fits(s)
		}
	case sub != "":
		for _, s := range slices.Backward(a.bySub[sub]) {
			if shown, l, ok := fits(s); ok {
				return shown, l, ok
			}
		}
	default:
		for e := a.order.Back(); e != nil; e = e.Prev() {
			if s, is := e.Value.(*session); is {
				if shown, l, ok := fits(s); ok {
					return shown, l, ok
				}
			}
		}
	}
	return Session{}, Login{}, false
}

// loginAt is a client's part in a session.
func (a *sessions) loginAt(s *session, c Client) Login {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := loginOf(s, c.ID); n >= 0 {
		return s.logins[n]
	}
	return Login{ClientID: c.ID, WithoutSid: c.WithoutSid}
}
