package idp

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
)

// A Client is a relying party as it is registered. The names are those of RFC
// 7591 and of the registration sections of the logout specifications.
type Client struct {
	ID string `json:"client_id"`
	// Secret authenticates the client at the token endpoint and keys HMAC
	// signatures. Empty: a public client, or one that may say anything.
	Secret string `json:"client_secret,omitempty"`
	// RedirectURIs are compared exactly (OpenID Connect Core 1.0, section
	// 3.1.2.1). Empty: any is taken, unless the issuer is strict.
	RedirectURIs []string `json:"redirect_uris,omitempty"`
	// PostLogoutRedirectURIs are compared exactly (RP-Initiated Logout 1.0,
	// section 3). Empty: any is taken, unless the issuer is strict.
	PostLogoutRedirectURIs []string `json:"post_logout_redirect_uris,omitempty"`
	// BackchannelLogoutURI is where logout tokens go (Back-Channel Logout 1.0,
	// section 2.2). Empty: the client is not told.
	BackchannelLogoutURI string `json:"backchannel_logout_uri,omitempty"`
	// BackchannelLogoutSessionRequired says that the client needs a sid in
	// every logout token.
	BackchannelLogoutSessionRequired bool `json:"backchannel_logout_session_required,omitempty"`
	// IDTokenSignedResponseAlg signs ID tokens and logout tokens. Empty: the
	// first of the issuer's.
	IDTokenSignedResponseAlg string `json:"id_token_signed_response_alg,omitempty"`
	// IDTokenEncryptedResponseAlg and IDTokenEncryptedResponseEnc encrypt ID
	// tokens, and logout tokens with them (Back-Channel Logout 1.0, section
	// 2.4), for a key of JWKS. Empty: they are not encrypted.
	IDTokenEncryptedResponseAlg string         `json:"id_token_encrypted_response_alg,omitempty"`
	IDTokenEncryptedResponseEnc string         `json:"id_token_encrypted_response_enc,omitempty"`
	JWKS                        map[string]any `json:"jwks,omitempty"`
	// GrantTypes are the grants that the client uses. With refresh_token it is
	// given a refresh token that is bound to its session; with the scope
	// offline_access it is given one that is not, whatever it is registered
	// for. Empty: all that there are.
	GrantTypes []string `json:"grant_types,omitempty"`
	// WithoutSid leaves sid out of ID tokens and logout tokens, as providers
	// do that know no sessions.
	WithoutSid bool `json:"without_sid,omitempty"`
}

// check reports what makes the client unusable.
func (c Client) check() error {
	if c.ID == "" || len(c.ID) > maxClientID {
		return fmt.Errorf("client: client_id must have 1 to %d characters", maxClientID)
	}
	uris := slices.Concat(c.RedirectURIs, c.PostLogoutRedirectURIs)
	if c.BackchannelLogoutURI != "" {
		uris = append(uris, c.BackchannelLogoutURI)
		if u, err := url.Parse(c.BackchannelLogoutURI); err == nil && u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("client %s: backchannel_logout_uri %q: want an http or https URL", c.ID, c.BackchannelLogoutURI)
		}
	}
	for _, uri := range uris {
		if err := checkURI(uri); err != nil {
			return fmt.Errorf("client %s: %w", c.ID, err)
		}
	}
	if alg := c.IDTokenSignedResponseAlg; alg != "" && !slices.Contains(fixtures.Algorithms(), alg) {
		return fmt.Errorf("client %s: id_token_signed_response_alg %q: want one of %s",
			c.ID, alg, strings.Join(fixtures.Algorithms(), ", "))
	}
	if symmetric(c.IDTokenSignedResponseAlg) && c.Secret == "" {
		return fmt.Errorf("client %s: id_token_signed_response_alg %s needs a client_secret", c.ID, c.IDTokenSignedResponseAlg)
	}
	if err := c.checkEncryption(); err != nil {
		return fmt.Errorf("client %s: %w", c.ID, err)
	}
	for _, kind := range c.GrantTypes {
		if !slices.Contains(grantTypes, kind) {
			return fmt.Errorf("client %s: grant_types: %q is none that is served: want some of %s", c.ID, kind, strings.Join(grantTypes, ", "))
		}
	}
	if c.WithoutSid && c.BackchannelLogoutSessionRequired {
		return fmt.Errorf("client %s: backchannel_logout_session_required and without_sid exclude each other", c.ID)
	}
	return nil
}

// grantTypes are the grants that are served.
var grantTypes = []string{"authorization_code", "refresh_token"}

// refreshes reports whether the client is given refresh tokens that are bound
// to its sessions.
func (c Client) refreshes() bool {
	return len(c.GrantTypes) == 0 || slices.Contains(c.GrantTypes, "refresh_token")
}

// checkURI refuses what no redirect or delivery may go to: a relative URI, a
// fragment, and schemes that a browser runs.
func checkURI(uri string) error {
	u, err := url.Parse(uri)
	if err != nil {
		return fmt.Errorf("the URI cannot be read: %w", err)
	}
	switch {
	case len(uri) > maxURI:
		return fmt.Errorf("the URI has more than %d characters", maxURI)
	case !u.IsAbs():
		return fmt.Errorf("%q is not an absolute URI", uri)
	case strings.Contains(uri, "#"):
		return fmt.Errorf("%q has a fragment", uri)
	case slices.Contains([]string{"javascript", "data", "vbscript", "file", "blob", "about"}, strings.ToLower(u.Scheme)):
		return fmt.Errorf("%q has a scheme that is never redirected to", uri)
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host == "":
		return fmt.Errorf("%q has no host", uri)
	}
	return nil
}

// symmetric reports whether an algorithm is keyed with the client secret.
func symmetric(alg string) bool { return strings.HasPrefix(alg, "HS") }

// The longest values that are taken from outside.
const (
	maxClientID = 512
	maxURI      = 2048
	maxSub      = 255 // OpenID Connect Core 1.0, section 2
	maxText     = 1024
)

// errFull is answered when a bounded list of clients or users is full.
var errFull = errors.New("too many entries: delete some, or reset the state")
