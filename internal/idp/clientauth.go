package idp

import (
	"crypto/subtle"
	"net/http"
	"net/url"
)

// authenticate says which client calls the token endpoint (OpenID Connect Core
// 1.0, section 9: none, client_secret_basic, client_secret_post). A client
// without a registered secret need not prove anything.
func (i *issuer) authenticate(r *http.Request) (Client, *problem) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, basic := r.BasicAuth(); basic {
		// RFC 6749, section 2.3.1: both are form-encoded before they are joined.
		decodedID, err := url.QueryUnescape(user)
		if err != nil {
			return Client{}, wrong("invalid_client", "the client id of the Authorization header is not form-encoded")
		}
		decodedSecret, err := url.QueryUnescape(password)
		if err != nil {
			return Client{}, wrong("invalid_client", "the client secret of the Authorization header is not form-encoded")
		}
		switch {
		case id != "" && id != decodedID:
			return Client{}, wrong("invalid_request", "client_id differs from that of the Authorization header")
		case secret != "":
			return Client{}, wrong("invalid_request", "the client authenticates in two ways at once")
		}
		id, secret = decodedID, decodedSecret
	}
	if id == "" {
		return Client{}, wrong("invalid_client", "no client_id, neither in the Authorization header nor in the form")
	}
	c, known := i.client(id)
	if !known && i.options.Strict {
		return Client{}, wrong("invalid_client", "the client %q is not registered at this issuer", truncated(id, maxClientID))
	}
	if c.Secret != "" && subtle.ConstantTimeCompare([]byte(c.Secret), []byte(secret)) != 1 {
		return Client{}, wrong("invalid_client", "the secret of the client %q is wrong or missing", id)
	}
	return c, nil
}
