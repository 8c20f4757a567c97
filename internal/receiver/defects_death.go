package receiver

import (
	"net/http"
	"time"
)

func deathDefects() []Defect {
	return []Defect{
		{
			Name: "late-death-2s", Profiles: both, apply: dieLate(2 * time.Second),
			// Lawful where the answer says nothing else: the delay is told, as a note.
			Wrong:  "Sessions end 2 s after the answer.",
			Caught: []string{},
		},
		{
			Name: "late-death-70s", Profiles: both, apply: dieLate(70 * time.Second),
			Wrong: "Sessions end 70 s after the answer, when a cache runs out.",
			Seen:  "owncloud/ocis#3521 (cache)",
			Caught: []string{
				"ok-sub-sid", "ok-sid-only", "ok-sub-only", "sem-immediate",
			},
		},
		{
			Name: "logout-marker-stays", Profiles: both, apply: keepMarker,
			Wrong: "A browser keeps its session id when it logs in again, and the mark that this session was logged out stays: " +
				"the new session is dead from the start.",
			Seen:   "express-openid-connect#646, #649; IdentityServer4#3594",
			Caught: []string{"sem-relogin-works"},
		},
		{
			Name: "ended-list-in-memory", Profiles: both, apply: listInMemory,
			Wrong:  "Which sessions have ended is kept in the memory of the node that was told: other nodes do not know, and nobody after a restart.",
			Seen:   "spring-security#14511, #16321, spring-session#2767",
			Caught: []string{"sem-replicas", "sem-restart"},
		},
		{
			Name: "node-cache", Profiles: both, apply: cachePerNode,
			Wrong:  "Every node keeps the sessions it has seen, and a logout clears this only at the node that was told.",
			Seen:   "spring-session#3341",
			Caught: []string{"sem-replicas"},
		},
	}
}

// hide has sessions look ended at every surface.
func hide(p *parts, ended func(*app, session) bool) {
	find, byToken := p.findSession, p.findByToken
	unless := func(a *app, s session, err error) (session, error) {
		if err == nil && ended(a, s) {
			return session{}, errNoSession
		}
		return s, err
	}
	p.findSession = func(w http.ResponseWriter, r *http.Request, a *app) (session, error) {
		s, err := find(w, r, a)
		return unless(a, s, err)
	}
	p.findByToken = func(r *http.Request, a *app) (session, error) {
		s, err := byToken(r, a)
		return unless(a, s, err)
	}
}

// dieLate ends sessions by the receiver's clock.
func dieLate(delay time.Duration) func(*parts) {
	return func(p *parts) {
		var dying noted[time.Time]
		p.endSessions = func(l *logout, gone []session) error {
			for _, s := range gone {
				dying.put(s.key, l.now.Add(delay))
			}
			return l.app.store.reach()
		}
		hide(p, func(a *app, s session) bool {
			at, ok := dying.get(s.key)
			return ok && !a.clock().Before(at)
		})
	}
}

func keepMarker(p *parts) {
	var marked noted[bool]
	end := p.endSessions
	p.endSessions = func(l *logout, gone []session) error {
		for _, s := range gone {
			marked.put(s.key, true)
		}
		return end(l, gone)
	}
	p.newID = func(fresh string, r *http.Request, a *app) string {
		if cookie, err := r.Cookie(a.sessionCookie()); err == nil {
			return cookie.Value
		}
		return fresh
	}
	hide(p, func(_ *app, s session) bool { return marked.has(s.key) })
}

func listInMemory(p *parts) {
	var ended noted[bool]
	p.endSessions = func(l *logout, gone []session) error {
		if err := l.app.store.reach(); err != nil {
			return err
		}
		for _, s := range gone {
			ended.put(s.key, true)
		}
		return nil
	}
	hide(p, func(_ *app, s session) bool { return ended.has(s.key) })
}

func cachePerNode(p *parts) {
	var cache noted[session]
	end, find := p.endSessions, p.findSession
	p.endSessions = func(l *logout, gone []session) error {
		err := end(l, gone)
		for _, s := range gone {
			cache.drop(s.key)
		}
		return err
	}
	p.findSession = func(w http.ResponseWriter, r *http.Request, a *app) (session, error) {
		s, err := find(w, r, a)
		if err == nil {
			cache.put(s.key, s)
			return s, nil
		}
		return cached(&cache, r, a, err)
	}
}

// cached takes the session of a cookie from a cache where the store has none.
func cached(cache *noted[session], r *http.Request, a *app, err error) (session, error) {
	cookie, missing := r.Cookie(a.sessionCookie())
	if missing != nil {
		return session{}, err
	}
	if s, ok := cache.get(keyOf(cookie.Value)); ok {
		return s, nil
	}
	return session{}, err
}
