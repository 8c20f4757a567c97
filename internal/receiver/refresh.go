package receiver

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// revokeLimit bounds how long a logout waits for the revocation of its tokens.
const revokeLimit = 2 * time.Second

// tokens are what a login or a refresh brought.
type tokens struct {
	id      string
	refresh string
	offline bool
}

func (a *app) scopes() []string {
	if a.oidc.OfflineAccess {
		return []string{"openid", "offline_access"}
	}
	return []string{"openid"}
}

// keeps reports whether refresh tokens are kept.
func (a *app) keeps() bool {
	return a.oidc != nil && (a.oidc.KeepRefreshTokens || a.oidc.OfflineAccess)
}

// read takes what the token endpoint answered. Whether a refresh token is an offline one is what was granted, which is
// what was asked for when the answer does not say (RFC 6749 5.1).
func (a *app) read(t *oauth2.Token) (tokens, error) {
	id, ok := t.Extra("id_token").(string)
	if !ok {
		return tokens{}, errors.New("the token response has no id_token")
	}
	got := tokens{id: id}
	if a.keeps() {
		granted, said := t.Extra("scope").(string)
		got.refresh, got.offline = t.RefreshToken, a.oidc.OfflineAccess
		if said {
			got.offline = slices.Contains(strings.Fields(granted), "offline_access")
		}
	}
	return got, nil
}

// serveRefresh gets new tokens for a session (CORE 12). A logout that lands meanwhile wins.
func (r *Receiver) serveRefresh(w http.ResponseWriter, req *http.Request, a *app) {
	if !reads(w, req) {
		return
	}
	s, err := a.parts.findSession(w, req, a)
	if err != nil {
		nobody(w, err)
		return
	}
	if s.refresh == "" {
		page(w, http.StatusConflict, "No refresh token", "")
		return
	}
	fresh, err := r.refreshed(req.Context(), a, s)
	if err != nil {
		r.failLogin(w, a, http.StatusBadGateway, err)
		return
	}
	if !a.parts.keepRefresh(a, s, fresh) {
		if s.refresh = fresh; !s.offline {
			a.parts.revoke(req.Context(), a, []session{s})
		}
		nobody(w, errNoSession)
		return
	}
	page(w, http.StatusOK, "Refreshed for "+s.sub, "")
}

// refreshed asks for new tokens, checks that they are the same user's (CORE 12.2), and gives the refresh token from now
// on.
func (r *Receiver) refreshed(ctx context.Context, a *app, s session) (string, error) {
	m, err := a.provider.metadata(ctx)
	if err != nil {
		return "", err
	}
	source := a.flow(m).TokenSource(context.WithValue(ctx, oauth2.HTTPClient, r.client), &oauth2.Token{RefreshToken: s.refresh})
	t, err := source.Token()
	if err != nil {
		return "", err
	}
	if raw, ok := t.Extra("id_token").(string); ok {
		again, err := a.readIDToken(ctx, raw, "")
		if err != nil {
			return "", err
		}
		if again.sub != s.sub {
			return "", errors.New("the refreshed ID token is another user's")
		}
	}
	return t.RefreshToken, nil
}

// keepRefresh changes a session that is there, and brings none back.
func keepRefresh(a *app, s session, refresh string) bool {
	return a.store.reach() == nil && a.sessions.keepRefresh(s.key, refresh)
}

// revokeTokens takes the refresh tokens of ended sessions back, but for offline ones (BCL 2.7, RFC 7009). It is best
// effort: the sessions have ended whatever comes of it.
func revokeTokens(ctx context.Context, a *app, ended []session) {
	ended = slices.DeleteFunc(slices.Clone(ended), func(s session) bool { return s.refresh == "" || s.offline })
	if len(ended) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	m, err := a.provider.metadata(ctx)
	if err != nil || m.revocation == "" {
		return
	}
	turns := make(chan struct{}, 8)
	var group sync.WaitGroup
	for _, s := range ended {
		group.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			a.revoke(ctx, m, s.refresh)
		})
	}
	group.Wait()
}

func (a *app) revoke(ctx context.Context, m *metadata, refresh string) {
	form := url.Values{"token": {refresh}, "token_type_hint": {"refresh_token"}}
	inForm := m.secretInForm || a.oidc.ClientSecret == ""
	if inForm {
		form.Set("client_id", a.oidc.ClientID)
		if a.oidc.ClientSecret != "" {
			form.Set("client_secret", a.oidc.ClientSecret)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.revocation, strings.NewReader(form.Encode()))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !inForm {
		req.SetBasicAuth(url.QueryEscape(a.oidc.ClientID), url.QueryEscape(a.oidc.ClientSecret))
	}
	res, err := a.provider.client.Do(req)
	if err != nil {
		return
	}
	// Whatever it says, nothing more can be done.
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxBody))
	_ = res.Body.Close()
}
