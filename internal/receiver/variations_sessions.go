package receiver

import (
	"sync"
	"time"
)

// sessionVariations end sessions in other ways that BCL 2.7 leaves open.
func sessionVariations() []Variation {
	return []Variation{
		{
			Name: "both-claims-end-all", Profiles: onlyOIDC, apply: bothClaimsEndAll,
			Does: "A token with sub and sid ends all sessions of the user.", Because: "BCL 2.7 does not say; shipped products have it as an option",
		},
		{
			Name: "strangers-refused", Profiles: both, apply: strangersRefused,
			Does: "A token about a user or session that was never here is refused.", Because: "BCL 2.6(9) to (11) are optional checks; RFC 8725 3.8",
		},
		{
			Name: "ends-sessions-later", Profiles: both, apply: endsLater,
			Does: "A logout is answered at once and done a moment later, from a queue.", Because: "BCL 2.7 and 2.8 name no order; the delay is measured",
		},
		{
			Name: "sid-required", Profiles: onlyOIDC, apply: sidRequired,
			Does: "A token without sid is refused.", Because: "backchannel_logout_session_required; declared as session_required",
		},
		{
			Name: "sid-unknown", Profiles: onlyOIDC, apply: sidUnknown,
			Does: "Sessions are known by their user alone: sid is ignored, and a token without sub refused.", Because: "sid support is optional; declared as sid false",
		},
	}
}

func bothClaimsEndAll(p *parts) {
	choose := p.selectSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		meant, err := choose(l)
		if sub, sid := l.named(); err != nil || sub == "" || sid == "" || len(meant) == 0 {
			return meant, err
		}
		return sessionsOfUser(l)
	}
}

// strangersRefused remembers whom it logged out: for them a further logout is a success (BCL 2.7).
func strangersRefused(p *parts) {
	var mu sync.Mutex
	known := map[owner]bool{}
	choose, end := p.selectSessions, p.endSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		meant, err := choose(l)
		sub, sid := l.named()
		mu.Lock()
		defer mu.Unlock()
		if err == nil && len(meant) == 0 && !known[l.who(sub)] && !known[l.who(sid)] {
			return nil, refused("nobody of that name was ever here")
		}
		return meant, err
	}
	p.endSessions = func(l *logout, gone []session) error {
		mu.Lock()
		for _, s := range gone {
			known[l.who(s.sub)] = true
			if s.sid != "" {
				known[l.who(s.sid)] = true
			}
		}
		mu.Unlock()
		return end(l, gone)
	}
}

// queueDelay is how long a queued logout waits.
const queueDelay = 60 * time.Millisecond

func endsLater(p *parts) {
	end := p.endSessions
	p.endSessions = func(l *logout, gone []session) error {
		time.AfterFunc(queueDelay, func() {
			_ = end(l, gone) // the answer was given: there is nobody to tell
		})
		return nil
	}
}

func sidRequired(p *parts) {
	check := p.checkSubject
	p.checkSubject = func(l *logout) error {
		if _, sid := l.named(); sid == "" {
			return refused("the token has no sid")
		}
		return check(l)
	}
}

func sidUnknown(p *parts) {
	check := p.checkSubject
	p.checkSubject = func(l *logout) error {
		if sub, _ := l.named(); sub == "" {
			return refused("the token has no sub")
		}
		return check(l)
	}
	p.selectSessions = sessionsOfUser
}
