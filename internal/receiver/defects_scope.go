package receiver

import "net/http"

// errCrash is what a client sees of a handler that fell over.
var errCrash = refusal{http.StatusInternalServerError, "the handler crashed"}

func scopeDefects() []Defect {
	return []Defect{
		{
			Name: "every-client-logged-out", Profiles: onlyOIDC, apply: endEveryClient,
			Wrong:  "Sessions are found by issuer and user without the client, so the user's sessions at other clients end as well.",
			Caught: []string{"sem-bystander-client"},
		},
		{
			Name: "every-account-logged-out", Profiles: onlyShared, apply: endEveryClient,
			Wrong:  "Sessions are found by user name without the account, so another account's user of that name is logged out too.",
			Caught: []string{"sem-bystander-client", "sem-across-issuers"},
		},
		{
			Name: "issuer-not-in-key", Profiles: onlyOIDC, apply: endEveryIssuer,
			Wrong:  "Sessions are found by client id and sub or sid without the issuer, so another issuer's user of that name is logged out too.",
			Caught: []string{"sem-across-issuers"},
		},
		{
			Name: "unknown-session-crashes", Profiles: both, apply: crashOnNobody,
			Wrong: "When no session is found the lookup gives nothing, which nobody expected: the answer is 500.",
			Caught: []string{
				"sem-unknown-session", "sem-known-sub-unknown-sid", "sem-repeat-is-success", "sem-race-parallel",
				"sem-race-login", "clm-sub-near-miss", "clm-sub-wildcard-injection", "ser-control-chars-in-sub",
				"rsp-no-user-enumeration", "http-path-app-mismatch",
			},
		},
		{
			Name: "already-out-refused", Profiles: both, apply: refuseNobody,
			Wrong:  "A logout that finds no session is refused, also when the session ended a moment before.",
			Caught: []string{"sem-repeat-is-success"},
		},
	}
}

// alsoEnd adds sessions of other applications that are the named user's or have the named sid.
func alsoEnd(p *parts, is func(l *logout, s session) bool) {
	choose := p.selectSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		meant, err := choose(l)
		if err != nil {
			return nil, err
		}
		sub, sid := l.named()
		more := l.app.sessions.where(func(s session) bool {
			named := sub != "" && s.sub == sub || sid != "" && s.sid == sid
			return named && s.app != l.app.name && is(l, s)
		})
		return append(meant, more...), nil
	}
}

func endEveryClient(p *parts) {
	alsoEnd(p, func(l *logout, s session) bool { return s.issuer == l.app.issuer })
}

func endEveryIssuer(p *parts) {
	alsoEnd(p, func(l *logout, s session) bool {
		return s.issuer != l.app.issuer && s.clientID == l.app.oidc.ClientID
	})
}

func crashOnNobody(p *parts) { refuseEmpty(p, errCrash) }

func refuseNobody(p *parts) { refuseEmpty(p, refused("there is no such session")) }

func refuseEmpty(p *parts, with error) {
	choose := p.selectSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		meant, err := choose(l)
		if err == nil && len(meant) == 0 {
			err = with
		}
		return meant, err
	}
}
