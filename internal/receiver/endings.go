package receiver

import (
	"errors"
	"time"
)

// errEnded says that a login was overtaken by the logout of its session.
var errEnded = errors.New("the session was ended at the issuer while the login was under way")

// maxEndings is from when on endings are swept.
const maxEndings = 1000

// ending is whom a logout named, at one application: a user, a session, or both.
type ending struct{ app, issuer, sub, sid string }

// endings remember which logouts came in while logins were under way: the session that such a login would open has
// ended already. They bind no later login: a logout is an event, not a ban (BCL 2.7).
type endings map[ending]endedAt

type endedAt struct {
	when  uint64
	until time.Time
}

func (e endings) add(who ending, when uint64, now time.Time) {
	if len(e) >= maxEndings {
		for old, at := range e {
			if !now.Before(at.until) {
				delete(e, old)
			}
		}
	}
	e[who] = endedAt{when, now.Add(loginLife)}
}

// overtook says whether a logout came after the login began that now opens a session.
func (e endings) overtook(n session) bool {
	for _, who := range []ending{
		{n.app, n.issuer, n.sub, ""}, {n.app, n.issuer, "", n.sid}, {n.app, n.issuer, n.sub, n.sid},
	} {
		if e[who].when > n.begun && (who.sub != "" || who.sid != "") {
			return true
		}
	}
	return false
}

// stopLoginsUnderWay runs before the sessions are looked for, so that no login slips in between.
func stopLoginsUnderWay(l *logout) {
	sub, sid := l.named()
	l.app.sessions.noteEnding(ending{l.app.name, l.app.issuer, sub, sid}, l.now)
}

func (s *sessionStore) noteEnding(who ending, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.ended.add(who, s.count, now)
}

// tick counts one more thing that happened.
func (s *sessionStore) tick() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	return s.count
}
