package idp

import "net/http"

// serveRevoke is the revocation endpoint (RFC 7009). A refresh token takes the
// access tokens of its grant with it (section 2.1). To revoke what is not known
// is no error (section 2.2).
func (i *issuer) serveRevoke(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if bad := i.revoke(r); bad != nil {
		i.refuseToken(w, r, bad)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (i *issuer) revoke(r *http.Request) *problem {
	if err := params(r); err != nil {
		return wrong("invalid_request", "%v", err)
	}
	c, bad := i.authenticate(r)
	if bad != nil {
		return bad
	}
	raw := r.PostForm.Get("token")
	if raw == "" {
		return wrong("invalid_request", "token is missing")
	}
	// token_type_hint may be wrong, and helps nobody here: both are looked up.
	if t, ok := i.refresh.get(raw); ok {
		if t.grant.clientID != c.ID {
			return wrong("invalid_grant", "the token was given to another client")
		}
		t.grant.returned.Store(true)
		i.server.options.Log.Info("a client revoked a refresh token", "issuer", i.name, "client_id", c.ID, "sub", t.grant.session.sub)
		return nil
	}
	if t, ok := i.access.get(raw); ok {
		if t.grant.clientID != c.ID {
			return wrong("invalid_grant", "the token was given to another client")
		}
		i.access.take(raw)
	}
	return nil
}

// A RefreshState is what is known of the refresh token of a login.
type RefreshState struct {
	// Issued: the client was given one. Offline: with offline_access, so that it
	// outlives the session (OpenID Connect Core 1.0, section 11).
	Issued, Offline bool
	// Revoked: the client had it revoked (RFC 7009).
	Revoked bool
	// Uses counts how often it brought new tokens.
	Uses int
}

// RefreshState says what is known of the newest refresh token of a user at a
// client, or with a nonce of the one of that login.
func (s *Server) RefreshState(issuer, clientID, sub, nonce string) RefreshState {
	i, ok := s.existing(issuer)
	if !ok {
		return RefreshState{}
	}
	t, ok := i.refresh.newest(func(t token) bool {
		g := t.grant
		return g.clientID == clientID && g.session.sub == sub && (nonce == "" || g.nonce == nonce)
	})
	if !ok {
		return RefreshState{}
	}
	return RefreshState{
		Issued: true, Offline: t.grant.offline(), Revoked: t.grant.returned.Load(), Uses: int(t.grant.uses.Load()),
	}
}
