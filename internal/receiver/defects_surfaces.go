package receiver

import (
	"context"
	"net/http"
	"strings"
)

func surfaceDefects() []Defect {
	return []Defect{
		{
			Name: "api-keeps-its-own-sessions", Profiles: both, apply: cacheOfAPI,
			Wrong:  "The JSON API keeps sessions in a cache of its own, which no logout reaches.",
			Seen:   "owncloud/ocis#3521",
			Caught: []string{"sem-every-surface"},
		},
		{
			Name: "api-token-outlives-session", Profiles: both, apply: keepAPITokens,
			Wrong:  "The API token that was minted from a session still works when the session has ended.",
			Seen:   "opencloud#3477",
			Caught: []string{"sem-every-surface"},
		},
		{
			Name: "refresh-token-kept", Profiles: onlyOIDC,
			apply:  func(p *parts) { p.revoke = func(context.Context, *app, []session) {} },
			Wrong:  "The refresh token of a session is not revoked when the session is logged out.",
			Caught: []string{"sem-refresh-token"},
		},
		{
			Name: "refresh-brings-session-back", Profiles: onlyOIDC, apply: refreshRevives,
			Wrong:  "A refresh that was under way during the logout writes its session back.",
			Seen:   "opencloud#3477",
			Caught: []string{"sem-race-refresh"},
		},
	}
}

func cacheOfAPI(p *parts) {
	var cache noted[session]
	find := p.findSession
	p.findSession = func(w http.ResponseWriter, r *http.Request, a *app) (session, error) {
		s, err := find(w, r, a)
		if err == nil {
			cache.put(s.key, s)
			return s, nil
		}
		if !strings.HasSuffix(r.URL.Path, "/api/me") {
			return s, err
		}
		return cached(&cache, r, a, err)
	}
}

func keepAPITokens(p *parts) {
	var kept noted[session]
	end, find := p.endSessions, p.findByToken
	p.endSessions = func(l *logout, gone []session) error {
		for _, s := range gone {
			kept.put(s.token, s)
		}
		return end(l, gone)
	}
	p.findByToken = func(r *http.Request, a *app) (session, error) {
		s, err := find(r, a)
		if err == nil {
			return s, nil
		}
		if s, ok := kept.get(keyOf(apiToken(r, a))); ok {
			return s, nil
		}
		return s, err
	}
}

func refreshRevives(p *parts) {
	keep := p.keepRefresh
	p.keepRefresh = func(a *app, s session, refresh string) bool {
		if keep(a, s, refresh) {
			return true
		}
		s.refresh, s.begun = refresh, a.sessions.tick()
		return a.addSession(s) == nil
	}
}
