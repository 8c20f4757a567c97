package receiver

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

const (
	// loginLife is how long a user may take at the issuer.
	loginLife = 10 * time.Minute
	// maxLogins bounds the logins under way.
	maxLogins = 10_000
)

// pendingLogin is a login under way. All of it stays on the server; the browser holds only a random handle.
type pendingLogin struct {
	app, state, nonce, verifier string
	until                       time.Time
}

// loginStore holds logins under way by the hash of their handle.
type loginStore struct {
	mu   sync.Mutex
	open map[sessionKey]pendingLogin
}

func newLoginStore() *loginStore { return &loginStore{open: map[sessionKey]pendingLogin{}} }

// add stores a login; false means that too many are under way.
func (s *loginStore) add(handle string, p pendingLogin, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= maxLogins {
		for key, old := range s.open {
			if !now.Before(old.until) {
				delete(s.open, key)
			}
		}
	}
	if len(s.open) >= maxLogins {
		return false
	}
	s.open[keyOf(handle)] = p
	return true
}

// take returns a login once.
func (s *loginStore) take(app, handle string, now time.Time) (pendingLogin, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.open[keyOf(handle)]
	if !ok || p.app != app {
		return pendingLogin{}, false
	}
	delete(s.open, keyOf(handle))
	return p, now.Before(p.until)
}

func (a *app) loginCookie() string { return "login_" + a.name }

func (a *app) flow(m *metadata) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if m.secretInForm || a.oidc.ClientSecret == "" {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: a.oidc.ClientID, ClientSecret: a.oidc.ClientSecret, Scopes: []string{"openid"},
		RedirectURL: strings.TrimSuffix(a.oidc.BaseURL, "/") + a.path() + "callback",
		Endpoint:    oauth2.Endpoint{AuthURL: m.authorization, TokenURL: m.token, AuthStyle: style},
	}
}

// serveLogin starts the code flow with state, nonce and PKCE (CORE 3.1.2.1, RFC 7636). Nothing of the request is
// passed on to the issuer.
func (r *Receiver) serveLogin(w http.ResponseWriter, req *http.Request, a *app) {
	if !reads(w, req) {
		return
	}
	m, err := a.provider.metadata(req.Context())
	if err != nil {
		r.failLogin(w, a, http.StatusBadGateway, err)
		return
	}
	var random [4]string
	for i := range random {
		if random[i], err = r.random(); err != nil {
			r.failLogin(w, a, http.StatusInternalServerError, err)
			return
		}
	}
	handle := random[0]
	p := pendingLogin{a.name, random[1], random[2], random[3], r.clock().Add(loginLife)}
	if !r.logins.add(handle, p, r.clock()) {
		page(w, http.StatusServiceUnavailable, "Too many logins", "")
		return
	}
	a.setCookie(w, req, a.loginCookie(), handle, int(loginLife.Seconds()))
	noStore(w)
	http.Redirect(w, req, a.flow(m).AuthCodeURL(p.state, oauth2.S256ChallengeOption(p.verifier),
		oauth2.SetAuthURLParam("nonce", p.nonce)), http.StatusFound)
}

// serveCallback finishes the code flow and makes the session.
func (r *Receiver) serveCallback(w http.ResponseWriter, req *http.Request, a *app) {
	if !reads(w, req) {
		return
	}
	p, err := r.pending(req, a)
	if err != nil {
		r.failLogin(w, a, http.StatusBadRequest, err)
		return
	}
	a.setCookie(w, req, a.loginCookie(), "", -1)
	raw, err := r.exchange(req.Context(), a, req.URL.Query().Get("code"), p.verifier)
	if err != nil {
		r.failLogin(w, a, http.StatusBadGateway, err)
		return
	}
	s, err := a.readIDToken(req.Context(), raw, p.nonce)
	if err != nil {
		r.failLogin(w, a, http.StatusBadRequest, err)
		return
	}
	r.startSession(w, req, a, s)
}

// pending finds the login this browser started and checks that the answer belongs to it (RFC 6749 10.12) and comes
// from our issuer (RFC 9207 2.4).
func (r *Receiver) pending(req *http.Request, a *app) (pendingLogin, error) {
	cookie, err := req.Cookie(a.loginCookie())
	if err != nil {
		return pendingLogin{}, errors.New("this browser has no login under way")
	}
	p, ok := r.logins.take(a.name, cookie.Value, r.clock())
	if !ok {
		return pendingLogin{}, errors.New("the login is unknown, finished or too old")
	}
	q := req.URL.Query()
	switch {
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(p.state)) != 1:
		return pendingLogin{}, errors.New("state does not fit")
	case q.Has("iss") && q.Get("iss") != a.issuer:
		return pendingLogin{}, errors.New("the answer is another issuer's")
	case q.Has("error") || q.Get("code") == "":
		return pendingLogin{}, errors.New("the issuer did not log the user in")
	}
	return p, nil
}

func (r *Receiver) exchange(ctx context.Context, a *app, code, verifier string) (string, error) {
	m, err := a.provider.metadata(ctx)
	if err != nil {
		return "", err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, r.client)
	t, err := a.flow(m).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", err
	}
	raw, ok := t.Extra("id_token").(string)
	if !ok {
		return "", errors.New("the token response has no id_token")
	}
	return raw, nil
}

func (r *Receiver) failLogin(w http.ResponseWriter, a *app, status int, err error) {
	r.log.Warn("login failed", "app", a.name, "reason", err.Error())
	page(w, status, "The login failed", "")
}
