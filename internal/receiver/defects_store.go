package receiver

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

func storeDefects() []Defect {
	return []Defect{
		{
			Name: "no-replay-memory", Profiles: onlyOIDC, apply: func(p *parts) { p.checkReplay = nothingWrong },
			Wrong:  "Used tokens are not remembered, so an old one ends the session of the next login.",
			Seen:   "keycloak#51218",
			Caught: []string{"sem-replay-after-relogin"},
		},
		{
			Name: "token-used-up-before-logout", Profiles: onlyOIDC, apply: burnEarly,
			Wrong:  "The token's id is remembered before the session has ended: when that fails, the sender's retry is refused.",
			Seen:   "suitenumerique/django-lasuite#28",
			Caught: []string{"sem-store-failure"},
		},
		{
			Name: "store-failure-swallowed", Profiles: both, apply: swallowStoreErrors,
			Wrong:  "Errors of the session store are logged and forgotten: the answer is 200 although nobody was logged out.",
			Caught: []string{"sem-store-failure"},
		},
		{
			Name: "parallel-logouts-crash", Profiles: both, apply: crashInParallel,
			Wrong:  "Two logouts of one session at the same time get in each other's way: the second is answered with 500.",
			Caught: []string{"sem-race-parallel"},
		},
	}
}

func burnEarly(p *parts) {
	var mu sync.Mutex
	seen := map[tokenID]bool{}
	check := p.checkReplay
	p.checkReplay = func(l *logout) error {
		id, ok := l.id()
		mu.Lock()
		used := seen[id]
		seen[id] = ok
		mu.Unlock()
		if used {
			return refused("the token was used before")
		}
		return check(l)
	}
}

func swallowStoreErrors(p *parts) {
	check, end := p.checkReplay, p.endSessions
	swallow := func(err error) error {
		if errors.Is(err, errStoreDown) {
			return nil
		}
		return err
	}
	p.checkReplay = func(l *logout) error { return swallow(check(l)) }
	p.endSessions = func(l *logout, gone []session) error { return swallow(end(l, gone)) }
}

// crashInParallel is a transaction that takes its time, and finds its row taken. It takes longer while other logouts are
// under way.
func crashInParallel(p *parts) {
	const transaction, crowded = 20 * time.Millisecond, 150 * time.Millisecond
	var busy noted[bool]
	var underWay atomic.Int64
	arrive, end, accept, refuse := p.checkMethod, p.endSessions, p.accept, p.refuse
	p.checkMethod = func(r *http.Request) error { underWay.Add(1); return arrive(r) }
	p.accept = func(w http.ResponseWriter) { underWay.Add(-1); accept(w) }
	p.refuse = func(w http.ResponseWriter, err error) { underWay.Add(-1); refuse(w, err) }
	p.endSessions = func(l *logout, gone []session) error {
		for _, s := range gone {
			if !busy.put(s.key, true) {
				return errCrash
			}
			defer busy.drop(s.key)
		}
		if len(gone) > 0 {
			<-time.After(transaction)
		}
		if len(gone) > 0 && underWay.Load() > 1 {
			<-time.After(crowded)
		}
		return end(l, gone)
	}
}
