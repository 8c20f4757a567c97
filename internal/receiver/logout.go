package receiver

import "net/http"

// serveLogout is the back-channel logout endpoint. It needs no cookie, Origin or CSRF token: the signature in the
// token is the caller's authorisation (BCL 2.5, 4).
func (r *Receiver) serveLogout(w http.ResponseWriter, req *http.Request, name string) {
	a := r.apps[name]
	if a == nil {
		a = r.unknown
	}
	ended, err := r.logOut(a, req)
	if err != nil {
		r.log.Info("logout refused", "app", a.name, "reason", err.Error())
		a.parts.refuse(w, err)
		return
	}
	r.log.Info("logout done", "app", a.name, "sessions", ended)
	a.parts.accept(w)
}

// logOut runs the parts and returns how many sessions ended. On an error no session has ended, or the sender may
// safely repeat the same token: it counts as used only after the logout was done.
func (r *Receiver) logOut(a *app, req *http.Request) (int, error) {
	p := &a.parts
	if err := p.checkMethod(req); err != nil {
		return 0, err
	}
	if err := p.checkCaller(req); err != nil {
		return 0, err
	}
	if a == r.unknown {
		return 0, errUnknownApp
	}
	raw, err := p.readToken(req)
	if err != nil {
		return 0, err
	}
	raw, outer, err := p.decrypt(a, raw)
	if err != nil {
		return 0, err
	}
	t, err := p.parse(raw)
	if err != nil {
		return 0, err
	}
	l := &logout{app: a, token: t, outer: outer, now: r.clock()}
	if err := l.obey(p.headerRules()); err != nil {
		return 0, err
	}
	if err := p.verify(req.Context(), l); err != nil {
		return 0, err
	}
	if err := l.obey(p.claimRules()); err != nil {
		return 0, err
	}
	p.stopLogins(l)
	meant, err := p.selectSessions(l)
	if err != nil {
		return 0, err
	}
	if err := p.endSessions(l, meant); err != nil {
		return 0, err
	}
	p.remember(l)
	p.revoke(req.Context(), a, meant)
	return len(meant), nil
}

func (l *logout) obey(rules []rule) error {
	for _, check := range rules {
		if err := check(l); err != nil {
			return err
		}
	}
	return nil
}
