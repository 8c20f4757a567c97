package vectors

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"unicode/utf8"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// maxText is how long a header or a payload is at most that is told beside its
// token, in bytes.
const maxText = 4 << 10

// knownClaims are what the receiver of the shared-secret profile declares to
// look at: everything.
var knownClaims = []string{"iss", "sub", "aud", "iat", "exp", "jti", "sid", "events", "nonce", "typ"}

// algorithms are tried in turn until a variant applies.
var algorithms = map[run.Profile][]string{
	run.OIDC:         {"RS256", "ES256", "ES384", "PS256", "EdDSA", "HS256"},
	run.SharedSecret: {"HS256"},
}

// posted reports whether the token is posted as any other is, whoever writes the
// bytes.
func posted(v run.Variant) bool {
	q := v.Carrier()
	q.Wire = nil
	return reflect.DeepEqual(q, fixtures.Post())
}

// vector makes the token of a variant; nil when it has none of its own.
func vector(doc *Document, profile run.Profile, c run.Case, v run.Variant) (*Vector, error) {
	scenario := c.Steps != nil || c.Around != nil || v.At != run.Home && v.At != run.AtEncrypted || v.Serve != nil
	if unchanged(v) && (scenario || v.Request != nil) {
		return nil, nil // a good token, which another one shows
	}
	for _, alg := range algorithms[profile] {
		terms := run.Terms{Profile: profile, Alg: alg, Declares: run.DefaultDeclares(), Offers: run.Needs()}
		if profile == run.SharedSecret {
			terms.Secret = run.SecretTerms{Requires: knownClaims[:len(knownClaims)-1], Checks: []string{"typ"}} // typ JWT will do
		}
		d := c.Demand(v, terms)
		if d.NotApplicable != "" || d.Expect == run.Observe {
			continue
		}
		made := &Vector{
			Case: c.ID, Variant: v.Slug, Profile: profile, Alg: alg, Expect: d.Expect, Level: d.Level, Clauses: c.Clauses,
			Requires: c.Requires, Scenario: scenario || !posted(v), Encrypted: v.At == run.AtEncrypted,
		}
		return made, made.fill(doc, v)
	}
	return nil, nil
}

// unchanged reports whether the recipe is a baseline.
func unchanged(v run.Variant) bool { return reflect.DeepEqual(v.Recipe, v.Recipe.Twin()) }

// fill mints the token twice: what differs then is random.
func (v *Vector) fill(doc *Document, from run.Variant) error {
	first, err := v.mint(doc, from.Recipe)
	if err != nil {
		v.LeftOut = "cannot be made apart from a run: " + err.Error()
		return nil
	}
	second, err := v.mint(doc, from.Recipe)
	if err != nil {
		return err
	}
	v.Token, v.Randomised = first.Wire, first.Wire != second.Wire
	switch {
	case len(first.Wire) > MaxToken:
		v.Token, v.LeftOut = "", fmt.Sprintf("it has %d bytes, which is over %d", len(first.Wire), MaxToken)
	case !utf8.ValidString(first.Wire):
		v.Token, v.LeftOut = "", "it is not UTF-8"
	}
	v.Header, v.Payload = told(first.Header, second.Header), told(first.Payload, second.Payload)
	return nil
}

// told is a text that may stand beside its token: short, readable, and the same
// each time.
func told(text, again string) string {
	if text != again || len(text) > maxText || !utf8.ValidString(text) {
		return ""
	}
	return text
}

func (v *Vector) mint(doc *Document, r fixtures.Recipe) (fixtures.Token, error) {
	env := fixtures.Env{
		Issuer: doc.Issuer, ClientID: doc.ClientID, Alg: v.Alg, Keys: fixtures.FixedKeys(),
		Secret: []byte(doc.Keys.ClientSecret), Vars: map[string]string{},
	}
	if v.Profile == run.SharedSecret {
		env = fixtures.SharedSecretEnv(knownClaims, []byte(doc.Keys.Secret), doc.Issuer, doc.ClientID)
	}
	if v.Encrypted {
		env.Encryption = &fixtures.Encrypted{Alg: "RSA-OAEP-256", Enc: "A256GCM", Key: doc.Keys.Encryption.Public()}
	}
	env.Sub, env.Sid, env.Nonce, env.Now = doc.Sub, doc.Sid, doc.Nonce, Now
	// Token ids depend on the name alone, so that a new case changes no other.
	env.Rand = rand.NewChaCha8(sha256.Sum256([]byte(string(v.Profile) + " " + v.Name())))
	values, err := Values(env, r)
	if err != nil {
		return fixtures.Token{}, err
	}
	maps.Copy(env.Vars, values)
	return fixtures.Mint(r, env)
}
