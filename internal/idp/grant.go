package idp

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// A grant is what a user agreed to by logging in: the code stands for it first,
// then the tokens that were got for the code.
type grant struct {
	session     *session
	clientID    string
	redirectURI string
	scope       string
	nonce       string
	challenge   string
	method      string
	authTime    time.Time
	issued      time.Time

	used    atomic.Bool // the code was presented
	revoked atomic.Bool // its code was presented again

	returned atomic.Bool  // its refresh token was revoked by the client
	uses     atomic.Int64 // of its refresh token
}

// offline reports whether the grant outlives its session (OpenID Connect Core
// 1.0, section 11; Back-Channel Logout 1.0, section 2.7).
func (g *grant) offline() bool {
	return slices.Contains(strings.Fields(g.scope), "offline_access")
}

// A token is an access or a refresh token.
type token struct {
	grant   *grant
	expires time.Time
}

// How long things live.
const (
	codeLife    = time.Minute
	accessLife  = time.Hour
	refreshLife = 30 * 24 * time.Hour
	idTokenLife = time.Hour
)

// valid reports whether a token is any good.
func (i *issuer) valid(t token) bool {
	return !t.grant.revoked.Load() && !t.grant.returned.Load() && i.server.now().Before(t.expires) &&
		(t.grant.offline() || i.sessions.alive(t.grant.session))
}
