package idp

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// A tokenAnswer is a token response (OpenID Connect Core 1.0, section 3.1.3.3).
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string `json:"scope"`
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token,omitempty"`

	grant *grant
}

// serveToken is the token endpoint.
func (i *issuer) serveToken(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	answer, bad := i.tokens(r)
	if bad == nil {
		i.holds.pass(r.Context(), party(answer.grant.clientID, answer.grant.session.sub))
		writeJSON(w, http.StatusOK, answer)
		return
	}
	i.refuseToken(w, r, bad)
}

// refuseToken answers with an error of OAuth 2.0 (RFC 6749, section 5.2).
func (i *issuer) refuseToken(w http.ResponseWriter, r *http.Request, bad *problem) {
	i.server.options.Log.Info("token request refused", "issuer", i.name, "error", bad.Error())
	status := http.StatusBadRequest
	switch bad.Code {
	case "invalid_client":
		status = http.StatusUnauthorized
		if r.Header.Get("Authorization") != "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="mockidp"`)
		}
	case "server_error":
		status = http.StatusInternalServerError
	}
	writeJSON(w, status, bad)
}

func (i *issuer) tokens(r *http.Request) (*tokenAnswer, *problem) {
	if err := params(r); err != nil {
		return nil, wrong("invalid_request", "%v", err)
	}
	if len(r.PostForm) == 0 {
		return nil, wrong("invalid_request", "there is no form: send the parameters as application/x-www-form-urlencoded in the body")
	}
	c, bad := i.authenticate(r)
	if bad != nil {
		return nil, bad
	}
	switch kind := r.PostForm.Get("grant_type"); kind {
	case "authorization_code":
		return i.redeem(r, c)
	case "refresh_token":
		return i.renewTokens(r, c)
	case "":
		return nil, wrong("invalid_request", "grant_type is missing")
	default:
		return nil, wrong("unsupported_grant_type", "grant_type %q: want authorization_code or refresh_token", truncated(kind, 64))
	}
}

// redeem gives tokens for a code (OpenID Connect Core 1.0, section 3.1.3.2). A
// code is good once: whoever brings it again gets nothing, and what was given
// for it is taken back (RFC 6749, section 4.1.2).
func (i *issuer) redeem(r *http.Request, c Client) (*tokenAnswer, *problem) {
	g, ok := i.codes.get(r.PostForm.Get("code"))
	switch {
	case !ok:
		return nil, wrong("invalid_grant", "the code is missing or not one of this issuer")
	case g.clientID != c.ID:
		return nil, wrong("invalid_grant", "the code was given to another client")
	case g.used.Swap(true):
		g.revoked.Store(true)
		return nil, wrong("invalid_grant", "the code was used before; its tokens are revoked")
	case g.redirectURI != r.PostForm.Get("redirect_uri"):
		return nil, wrong("invalid_grant", "redirect_uri is not that of the authorization request, %q", g.redirectURI)
	case i.server.now().Sub(g.issued) > codeLife:
		return nil, wrong("invalid_grant", "the code is older than %s", codeLife)
	}
	if bad := verified(g.challenge, g.method, r.PostForm.Get("code_verifier")); bad != nil {
		return nil, bad
	}
	// The client is in the session before it has the token: whoever ends the
	// session meanwhile tells it.
	wish, _ := i.wishes.take(party(c.ID, g.session.sub))
	login, err := i.sessions.enter(g.session, c, g.nonce, wish)
	switch {
	case errors.Is(err, errEnded):
		return nil, wrong("invalid_grant", "the session has ended that the code belongs to")
	case err != nil:
		return nil, wrong("server_error", "%v", err)
	}
	raw, err := i.issueIDToken(c, g, login, wish)
	if err != nil {
		return nil, wrong("server_error", "%v", err)
	}
	answer, bad := i.answerTokens(g, g.scope, raw)
	if bad != nil {
		return nil, bad
	}
	if g.offline() || c.refreshes() {
		if answer.RefreshToken, err = i.server.identifier(); err != nil {
			return nil, wrong("server_error", "%v", err)
		}
		i.refresh.put(answer.RefreshToken, token{grant: g, expires: i.server.now().Add(refreshLife)})
	}
	i.sessions.keepTokens(g.session, login, raw, answer.AccessToken)
	i.server.options.Log.Info("a client was given an ID token", "issuer", i.name, "client_id", c.ID, "sub", g.session.sub)
	return answer, nil
}

// renewTokens gives new tokens for a refresh token (OpenID Connect Core 1.0,
// section 12): the ID token has no nonce, and the sid and auth_time it had.
func (i *issuer) renewTokens(r *http.Request, c Client) (*tokenAnswer, *problem) {
	t, ok := i.refresh.get(r.PostForm.Get("refresh_token"))
	if !ok || t.grant.clientID != c.ID || !i.valid(t) {
		return nil, wrong("invalid_grant", "the refresh token is unknown, another client's, expired or revoked, or its session has ended")
	}
	scope := t.grant.scope
	if asked := r.PostForm.Get("scope"); asked != "" {
		for s := range strings.FieldsSeq(asked) {
			if !slices.Contains(strings.Fields(scope), s) {
				return nil, wrong("invalid_scope", "the scope %q was not granted", s)
			}
		}
		scope = asked
	}
	raw, err := i.idToken(c, idToken{grant: t.grant, login: i.sessions.loginAt(t.grant.session, c)})
	if err != nil {
		return nil, wrong("server_error", "%v", err)
	}
	t.grant.uses.Add(1)
	return i.answerTokens(t.grant, scope, raw)
}

func (i *issuer) answerTokens(g *grant, scope, idToken string) (*tokenAnswer, *problem) {
	access, err := i.server.identifier()
	if err != nil {
		return nil, wrong("server_error", "%v", err)
	}
	i.access.put(access, token{grant: g, expires: i.server.now().Add(accessLife)})
	return &tokenAnswer{
		AccessToken: access, TokenType: "Bearer", ExpiresIn: int(accessLife.Seconds()), Scope: scope,
		IDToken: idToken, grant: g,
	}, nil
}
