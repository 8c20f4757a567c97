package receiver

import (
	"net/http"
	"strings"
	"sync"
)

func sessionDefects() []Defect {
	return []Defect{
		{
			Name: "nobody-means-everybody", Profiles: both, apply: nobodyMeansEverybody,
			Wrong:  "A token that names neither user nor session becomes a query without conditions and ends every session of the application.",
			Caught: []string{"clm-no-sub-no-sid", "ser-proto-keys", "ser-case-claims-only"},
		},
		{
			Name: "sid-ends-all-of-user", Profiles: onlyOIDC, apply: sidEndsAllOfUser,
			Wrong:  "A token for one session ends all sessions of its user.",
			Seen:   "opencloud-eu/docs#649",
			Caught: []string{"ok-sid-only", "sem-sid-ends-one", "ok-sid-opaque"},
		},
		{
			Name: "sub-ends-newest-only", Profiles: both, apply: subEndsNewestOnly,
			Wrong:  "A token for a user ends the user's newest session and leaves the others alive.",
			Caught: []string{"ok-sub-only", "sem-sub-ends-all", "http-path-app-mismatch"},
		},
		{
			Name: "cookie-only-logout", Profiles: both, apply: cookieOnlyLogout,
			Wrong: "The next page request is told to forget its cookie, but the session stays on the server and a copy " +
				"of the cookie still works.",
			Seen:   "mod_auth_openidc#542, CVE-2026-30224, CVE-2026-44511",
			Caught: []string{"sem-server-side-death", "sem-every-surface"},
		},
		{
			Name: "both-claims-end-newest", Profiles: onlyOIDC, apply: bothClaimsEndNewest,
			Wrong:  "Of a token with sub and sid the sub is looked up, and the newest session of that user ends, whichever sid the token names.",
			Caught: []string{"sem-both-claims-scope"},
		},
		{
			Name: "sub-prefix-match", Profiles: both, apply: subPrefixMatch,
			Wrong:  "sub is matched as a prefix, so logging out \"ann\" also logs out \"anna\".",
			Caught: []string{"clm-sub-near-miss"},
		},
	}
}

func nobodyMeansEverybody(p *parts) {
	check, choose := p.checkSubject, p.selectSessions
	nobody := func(l *logout) bool {
		_, sub := l.token.claims["sub"]
		_, sid := l.token.claims["sid"]
		return !sub && !sid
	}
	p.checkSubject = func(l *logout) error {
		if nobody(l) {
			return nil
		}
		return check(l)
	}
	p.selectSessions = func(l *logout) ([]session, error) {
		if nobody(l) {
			return l.app.sessions.inApp(l.app.name, l.app.issuer), nil
		}
		return choose(l)
	}
}

func sidEndsAllOfUser(p *parts) {
	choose := p.selectSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		meant, err := choose(l)
		var all []session
		for _, s := range meant {
			all = append(all, l.app.sessions.withSub(l.who(s.sub))...)
		}
		return all, err
	}
}

func subEndsNewestOnly(p *parts) {
	choose := p.selectSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		meant, err := choose(l)
		if !namesSession(l) && len(meant) > 1 {
			meant = meant[len(meant)-1:]
		}
		return meant, err
	}
}

func bothClaimsEndNewest(p *parts) {
	choose := p.selectSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		meant, err := choose(l)
		if sub, _ := l.named(); sub == "" || !namesSession(l) || len(meant) == 0 {
			return meant, err
		}
		all := l.app.sessions.withSub(l.who(meant[0].sub))
		return all[max(0, len(all)-1):], err
	}
}

// cookieOnlyLogout marks sessions. The first page request that comes with a marked session looks logged out and has
// its cookie deleted, and that uses up the mark.
func cookieOnlyLogout(p *parts) {
	var mu sync.Mutex
	marked := map[sessionKey]bool{}
	p.endSessions = func(_ *logout, gone []session) error {
		mu.Lock()
		defer mu.Unlock()
		for _, s := range gone {
			marked[s.key] = true
		}
		return nil
	}
	find := p.findSession
	p.findSession = func(w http.ResponseWriter, r *http.Request, a *app) (session, error) {
		s, err := find(w, r, a)
		if err != nil {
			return s, err
		}
		mu.Lock()
		defer mu.Unlock()
		if !marked[s.key] {
			return s, nil
		}
		delete(marked, s.key)
		a.setCookie(w, r, a.sessionCookie(), "", -1)
		return session{}, errNoSession
	}
}

func subPrefixMatch(p *parts) {
	choose := p.selectSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		sub, _ := l.named()
		if sub == "" || namesSession(l) {
			return choose(l)
		}
		var meant []session
		for _, s := range l.app.sessions.inApp(l.app.name, l.app.issuer) {
			if strings.HasPrefix(s.sub, sub) {
				meant = append(meant, s)
			}
		}
		return meant, nil
	}
}

// namesSession: sid means something only where an issuer gave it out.
func namesSession(l *logout) bool {
	_, sid := l.named()
	return sid != "" && l.app.issuer != ""
}
