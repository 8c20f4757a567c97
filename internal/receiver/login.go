package receiver

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"golang.org/x/oauth2"
)

func (a *app) loginCookie() string { return "login_" + a.name }

func (a *app) flow(m *metadata) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if m.secretInForm || a.oidc.ClientSecret == "" {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: a.oidc.ClientID, ClientSecret: a.oidc.ClientSecret, Scopes: a.scopes(),
		RedirectURL: strings.TrimSuffix(a.oidc.BaseURL, "/") + a.path() + "callback",
		Endpoint:    oauth2.Endpoint{AuthURL: m.authorization, TokenURL: m.token, AuthStyle: style},
	}
}

// serveLogin starts the code flow with state, nonce and PKCE (CORE 3.1.2.1, RFC 7636). Nothing of the request is
// passed on to the issuer.
func (r *Receiver) serveLogin(w http.ResponseWriter, req *http.Request, a *app) {
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
	if err := r.store.reach(); err != nil {
		nobody(w, err)
		return
	}
	p := pendingLogin{a.name, random[1], random[2], random[3], r.clock().Add(loginLife), a.sessions.tick()}
	if !r.store.logins.add(handle, p, r.clock()) {
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
	if err := r.store.reach(); err != nil {
		nobody(w, err)
		return
	}
	p, err := r.pending(req, a)
	if err != nil {
		r.failLogin(w, a, http.StatusBadRequest, err)
		return
	}
	a.setCookie(w, req, a.loginCookie(), "", -1)
	got, err := r.exchange(req.Context(), a, req.URL.Query().Get("code"), p.verifier)
	if err != nil {
		r.failLogin(w, a, http.StatusBadGateway, err)
		return
	}
	s, err := a.readIDToken(req.Context(), got.id, p.nonce)
	if err != nil {
		r.failLogin(w, a, http.StatusBadRequest, err)
		return
	}
	s.begun, s.refresh, s.offline = p.begun, got.refresh, got.offline
	r.startSession(w, req, a, s)
}

// pending finds the login this browser started and checks that the answer belongs to it (RFC 6749 10.12) and comes
// from our issuer (RFC 9207 2.4).
func (r *Receiver) pending(req *http.Request, a *app) (pendingLogin, error) {
	cookie, err := req.Cookie(a.loginCookie())
	if err != nil {
		return pendingLogin{}, errors.New("this browser has no login under way")
	}
	p, ok := r.store.logins.take(a.name, cookie.Value, r.clock())
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

func (r *Receiver) exchange(ctx context.Context, a *app, code, verifier string) (tokens, error) {
	m, err := a.provider.metadata(ctx)
	if err != nil {
		return tokens{}, err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, r.client)
	t, err := a.flow(m).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return tokens{}, err
	}
	return a.read(t)
}

func (r *Receiver) failLogin(w http.ResponseWriter, a *app, status int, err error) {
	r.log.Warn("login failed", "app", a.name, "reason", err.Error())
	page(w, status, "The login failed", "")
}
