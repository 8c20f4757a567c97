package idp

import (
	"net/http"
	"strings"
)

// serveUserinfo is the UserInfo endpoint (OpenID Connect Core 1.0, section
// 5.3). The access token comes in the header or in a form (RFC 6750, sections
// 2.1 and 2.2).
func (i *issuer) serveUserinfo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	raw, bearer := bearerToken(r)
	if !bearer && r.Method == http.MethodPost && params(r) == nil {
		raw = r.PostForm.Get("access_token")
	}
	t, ok := i.access.get(raw)
	if !ok || !i.valid(t) {
		p := wrong("invalid_token", "the access token is missing, unknown, expired or revoked, or its session has ended")
		w.Header().Set("WWW-Authenticate", `Bearer error="`+p.Code+`", error_description="`+p.Description+`"`)
		writeJSON(w, http.StatusUnauthorized, p)
		return
	}
	user, _ := i.user(t.grant.session.sub)
	claims := user.release(t.grant.scope)
	claims["sub"] = t.grant.session.sub
	writeJSON(w, http.StatusOK, claims)
}

// bearerToken reads the Authorization header.
func bearerToken(r *http.Request) (string, bool) {
	scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(value), ok && strings.EqualFold(scheme, "Bearer")
}
