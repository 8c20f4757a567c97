package receiver

// who is an owner at the application and issuer of this logout.
func (l *logout) who(value string) owner { return owner{l.app.name, l.app.issuer, value} }

// named returns the user and the session the token names, empty where it names none.
func (l *logout) named() (sub, sid string) {
	sub, _ = l.token.claims["sub"].(string)
	sid, _ = l.token.claims["sid"].(string)
	return sub, sid
}

// sessionsOfIssuer: with sid that session, and only when it is the user's where sub is given too; with sub alone all
// sessions of the user (BCL 2.4, 2.7). Finding none is no error: already logged out is success.
func sessionsOfIssuer(l *logout) ([]session, error) {
	sub, sid := l.named()
	if sid == "" {
		return sessionsOfUser(l)
	}
	found := l.app.sessions.withSid(l.who(sid))
	for _, s := range found {
		if sub != "" && s.sub != sub {
			return nil, refused("the session is another user's")
		}
	}
	return found, nil
}

// sessionsOfUser: all sessions of the user here, compared exactly; nobody's when no user is named.
func sessionsOfUser(l *logout) ([]session, error) {
	sub, _ := l.named()
	if sub == "" {
		return nil, nil
	}
	return l.app.sessions.withSub(l.who(sub)), nil
}

// removeSessions makes the sessions unusable on the server (BCL 2.7, ASVS 7.4.1).
func removeSessions(l *logout, gone []session) error {
	return l.app.store.end(gone...)
}
