package run

import "github.com/loggedout/loggedout/fixtures"

// What is done around the target, and what is seen there.

// Issuer is a step at the issuer.
type Issuer struct {
	Do   IssuerStep    `json:"do"`
	Role fixtures.Role `json:"role,omitempty"`
	// Keys is what its jwks_uri answers from now on ([Serve]).
	Keys *fixtures.JWKS `json:"keys,omitempty"`
	// Fetches is how often its keys were fetched since the exchange began
	// ([Count]).
	Fetches *int `json:"fetches,omitempty"`
}

// Canary is who came to the address that a token pointed at. It is recorded for
// every sending that names a canary, with and without hits.
type Canary struct {
	// URL is the address.
	URL  string      `json:"url"`
	Hits []CanaryHit `json:"hits,omitempty"`
}

// A CanaryHit is one request to a canary.
type CanaryHit struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	From   string `json:"from,omitempty"`
}

// Hook is outside help that was called.
type Hook struct {
	Name HookName `json:"name"`
	// Error says why it could not be given.
	Error string `json:"error,omitempty"`
}

// HookName names a hook of the configuration (target.hooks).
type HookName string

const (
	Restart      HookName = "restart"
	StoreDown    HookName = "store_down"
	StoreUp      HookName = "store_up"
	RotateSecret HookName = "rotate_secret"
)

// RefreshToken is what the issuer knows of the refresh token of a login.
type RefreshToken struct {
	// Issued: the target was given one. Offline: with offline_access.
	Issued  bool `json:"issued"`
	Offline bool `json:"offline,omitempty"`
	// Revoked: the target had it revoked (RFC 7009). Uses counts how often it
	// was used.
	Revoked bool `json:"revoked,omitempty"`
	Uses    int  `json:"uses,omitempty"`
}

// IssuerStep is what the issuer was told to do.
type IssuerStep string

const (
	// Publish adds the key of a role to the JWKS.
	Publish IssuerStep = "publish"
	// Withdraw takes it out again.
	Withdraw IssuerStep = "withdraw"
	// Serve has the jwks_uri answer something else; ServeAsUsual ends that.
	Serve        IssuerStep = "serve"
	ServeAsUsual IssuerStep = "serve-as-usual"
	// Count reads the counter of key fetches.
	Count IssuerStep = "count"
	// Hold keeps a token answer back; Release lets it go.
	Hold    IssuerStep = "hold"
	Release IssuerStep = "release"
)
