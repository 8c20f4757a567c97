package run

import "slices"

// A Need is something that a case needs beyond one user with one session, the
// logout endpoint and a liveness probe.
type Need string

const (
	// SecondClient: the receiver serves a second client of the same issuer, or
	// under the shared-secret profile a second account (target.second.client).
	SecondClient Need = "second-client"
	// OwnEndpoint: that second client has a logout URL of its own.
	OwnEndpoint Need = "own-endpoint"
	// SecondIssuer: the receiver trusts a second issuer (target.second.issuer).
	SecondIssuer Need = "second-issuer"
	// Encryption: a client of the receiver is registered for encrypted ID
	// tokens (id_token_encrypted_response_alg).
	Encryption Need = "encryption"
	// Replicas: the receiver has further nodes (target.replicas).
	Replicas Need = "replicas"
	// Surfaces: there are further ways to use a session (target.surfaces).
	Surfaces Need = "surfaces"
	// Refresh: a request makes the receiver refresh its tokens (target.refresh).
	Refresh Need = "refresh"
	// RestartHook, StoreHooks and RotateHook: the hooks of those names are
	// given (target.hooks).
	RestartHook Need = "restart-hook"
	StoreHooks  Need = "store-hooks"
	RotateHook  Need = "rotate-hook"
	// Load: requests that can hurt a live system are asked for (--load).
	Load Need = "load"
	// Slow: waits of over 5 s by design are wanted (--slow).
	Slow Need = "slow"
)

// missing says of each need why a case that has it does not apply.
var missing = map[Need]string{
	SecondClient: "no second client of the target is configured (target.second.client)",
	OwnEndpoint:  "no second client of the target has a logout URL of its own (target.second.client.logout_url)",
	SecondIssuer: "no second issuer of the target is configured (target.second.issuer)",
	Encryption:   "no client of the target is registered for encryption (id_token_encrypted_response_alg)",
	Replicas:     "no further node of the target is configured (target.replicas)",
	Surfaces:     "no further surface of the target is configured (target.surfaces)",
	Refresh:      "nothing is configured that makes the target refresh its tokens (target.refresh)",
	RestartHook:  "no hook restarts the target (target.hooks.restart)",
	StoreHooks:   "no hooks take the session store down and up again (target.hooks.store_down, store_up)",
	RotateHook:   "no hook rotates the secret (target.hooks.rotate_secret)",
	Load:         "it can hurt a live system, and runs only with --load",
	Slow:         "it waits over 5 s by design, and --slow=false leaves that out",
}

// Needs are all of them.
func Needs() []Need {
	return []Need{
		SecondClient, OwnEndpoint, SecondIssuer, Encryption, Replicas, Surfaces, Refresh, RestartHook, StoreHooks, RotateHook, Load, Slow,
	}
}

// Missing says why a case does not apply where the need is not served.
func (n Need) Missing() string { return missing[n] }

func (t Terms) offers(n Need) bool { return slices.Contains(t.Offers, n) }
