package run

// Trait is a property of an answer that a judge needs after the answer was cut
// or cleaned. Traits are worked out once, from the whole answer, so that neither
// changes a verdict that is reached again later.
type Trait string

const (
	// LoginPage: the answer is a page with a password or login form.
	LoginPage Trait = "login-page"
	// MentionsCSRF: the answer speaks of a forgery check.
	MentionsCSRF Trait = "mentions-csrf"

	// LeaksToken: the answer holds the token that was sent.
	LeaksToken Trait = "leaks-token"
	// LeaksSecret: the answer holds the client secret or the shared secret.
	LeaksSecret Trait = "leaks-secret"
	// LeaksKey: the answer holds a key, as PEM or as JWK.
	LeaksKey Trait = "leaks-key"
	// LeaksExpected: the answer holds what the token should have held, such as
	// the right MAC.
	LeaksExpected Trait = "leaks-expected"
	// StackTrace: the answer holds what looks like a stack trace.
	StackTrace Trait = "stack-trace"
	// SQLError: the answer holds the words of a database.
	SQLError Trait = "sql-error"
	// FilePath: the answer holds the path of a file of the server.
	FilePath Trait = "file-path"
	// VersionText: the body names a product with its version; VersionHeader:
	// the Server header does.
	VersionText   Trait = "version-text"
	VersionHeader Trait = "version-header"

	// ReflectsClaim, ReflectsKid and ReflectsParameter: a web page holds a text
	// of the token's claims, its kid, or a form field as it was sent.
	ReflectsClaim     Trait = "reflects-claim"
	ReflectsKid       Trait = "reflects-kid"
	ReflectsParameter Trait = "reflects-parameter"
	// EscapesInput: a web page holds such a text with its markup escaped.
	EscapesInput Trait = "escapes-input"

	// NotJSON: there is a body, and it is no JSON object. NoErrorMember: it is
	// one without a member "error" that is a string.
	NotJSON       Trait = "not-json"
	NoErrorMember Trait = "no-error-member"
)
