package run

// A Place is one of the parts of a receiver that have a login, sessions and a
// logout endpoint of their own.
type Place string

const (
	// Home is the client that the run is about.
	Home Place = ""
	// AtSecondClient is a second client of the same issuer, or a second account
	// with a secret of its own.
	AtSecondClient Place = "second-client"
	// AtSecondIssuer is the same receiver at another issuer that it trusts.
	AtSecondIssuer Place = "second-issuer"
	// AtEncrypted is a client that is registered for encryption.
	AtEncrypted Place = "encrypted"
	// AtReplica is another node of the same receiver, with the sessions and the
	// client of [Home].
	AtReplica Place = "replica"
)

// Places are all of them.
func Places() []Place { return []Place{Home, AtSecondClient, AtSecondIssuer, AtEncrypted, AtReplica} }
