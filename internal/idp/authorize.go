package idp

import (
	"context"
	"net/http"
	"net/url"
	"slices"
)

// Fields of the login page, beside the parameters that it keeps.
const (
	loginField  = "login"
	cancelField = "cancel"
)

// serveAuthorize is the authorization endpoint (OpenID Connect Core 1.0,
// section 3.1.2). The login page posts the whole request to it once more.
func (i *issuer) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := params(r); err != nil {
		i.errorPage(w, wrong("invalid_request", "%v", err))
		return
	}
	q, bad := i.addressed(r.Form)
	if bad != nil {
		i.errorPage(w, bad)
		return
	}
	if bad := q.understand(r.Form); bad != nil {
		i.refuse(w, r, q, bad)
		return
	}
	if r.PostForm.Has(cancelField) {
		i.refuse(w, r, q, wrong("access_denied", "the user gave up the login"))
		return
	}
	current := i.sessions.ofCookie(cookies(r))
	session, bad := i.decide(w, r, q, current)
	switch {
	case bad != nil:
		i.refuse(w, r, q, bad)
	case session == nil:
		i.loginPage(w, r, q)
	default:
		i.grantCode(w, r, q, session)
	}
}

// decide says which session answers the request: the browser's, a new one, or
// none, so that the login page has to be shown.
func (i *issuer) decide(w http.ResponseWriter, r *http.Request, q *authRequest, current *session) (*session, *problem) {
	if names := r.PostForm[loginField]; len(names) > 0 {
		// The text field comes empty beside a button that was pressed.
		names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "" })
		if len(names) == 0 {
			return nil, nil
		}
		return i.signIn(w, r, current, names[len(names)-1])
	}
	if i.usable(q, current) {
		return current, nil
	}
	switch {
	case q.asks("none"):
		return nil, wrong("login_required", "nobody is logged in who fits the request, and prompt=none forbids to ask")
	case q.loginHint != "" && !q.asks("select_account"):
		return i.signIn(w, r, current, q.loginHint)
	}
	return nil, nil
}

// usable reports whether a session answers a request without a new login.
func (i *issuer) usable(q *authRequest, s *session) bool {
	if s == nil || q.asks("login") || q.asks("select_account") {
		return false
	}
	if q.loginHint != "" && q.loginHint != s.sub {
		return false
	}
	if q.idTokenHint != "" {
		if hint, err := i.readHint(q.idTokenHint); err != nil || hint.Sub != s.sub {
			return false
		}
	}
	age := i.server.now().Sub(i.sessions.authenticated(s))
	return q.maxAge < 0 || q.maxAge > 0 && age <= q.maxAge // zero is never young enough
}

// signIn logs a user in with this browser. When it was somebody else's, that
// session ends, and its clients are told.
func (i *issuer) signIn(w http.ResponseWriter, r *http.Request, current *session, sub string) (*session, *problem) {
	if err := checkSub(sub); err != nil {
		return nil, wrong("invalid_request", "%v", err)
	}
	if _, known := i.user(sub); !known && i.options.Strict {
		return nil, wrong("access_denied", "the user %q is not known at this issuer", sub)
	}
	if current != nil && current.sub == sub {
		i.sessions.renew(current)
		return current, nil
	}
	if current != nil {
		i.server.endSessions(context.WithoutCancel(r.Context()), ending{i, current})
	}
	fresh, err := i.sessions.open(sub)
	if err != nil {
		return nil, wrong("server_error", "%v", err)
	}
	i.setCookie(w, fresh.cookie)
	return fresh, nil
}

// grantCode answers with an authorization code for the session.
func (i *issuer) grantCode(w http.ResponseWriter, r *http.Request, q *authRequest, s *session) {
	code, err := i.server.identifier()
	if err != nil {
		i.refuse(w, r, q, wrong("server_error", "%v", err))
		return
	}
	i.codes.put(code, &grant{
		session: s, clientID: q.client.ID, redirectURI: q.redirectURI, scope: q.scope, nonce: q.nonce,
		challenge: q.challenge, method: q.method,
		authTime: i.sessions.authenticated(s), issued: i.server.now(),
	})
	i.answer(w, r, q, url.Values{"code": {code}})
}

func (i *issuer) refuse(w http.ResponseWriter, r *http.Request, q *authRequest, p *problem) {
	i.server.options.Log.Info("authentication request refused", "issuer", i.name, "client_id", q.client.ID, "error", p.Error())
	i.answer(w, r, q, url.Values{"error": {p.Code}, "error_description": {p.Description}})
}

// cookieName is that of the provider session. Cookies ignore ports, so that it
// must not be the name of any application's on the same host.
const cookieName = "mockidp_session"

func cookies(r *http.Request) []string {
	var out []string
	for _, c := range r.CookiesNamed(cookieName) {
		out = append(out, c.Value)
	}
	return out
}

// setCookie gives the browser its session, and with an empty value takes it
// away.
func (i *issuer) setCookie(w http.ResponseWriter, value string) {
	c := &http.Cookie{Name: cookieName, Value: value, Path: i.path, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if i.server.secure() {
		c.Secure, c.SameSite = true, http.SameSiteNoneMode
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
