package run

import (
	"slices"
	"strings"
	"time"
)

// Profile is the set of rules that apply.
type Profile string

const (
	// OIDC: discovery and JWKS, Back-Channel Logout 1.0.
	OIDC Profile = "oidc"
	// ASVS is OIDC with strict typing and a short life demanded (OWASP ASVS
	// 5.0, 10.5.5).
	ASVS Profile = "asvs"
	// SharedSecret: HS256 with a secret that both sides hold.
	SharedSecret Profile = "shared-secret"
)

// Profiles are all of them.
func Profiles() []Profile { return []Profile{OIDC, ASVS, SharedSecret} }

// Terms are what a run is judged under: the profile, and what the target says
// of itself. They are part of the run document, so that it can be judged again.
type Terms struct {
	Profile Profile `json:"profile"`
	// Alg is the client's id_token_signed_response_alg.
	Alg string `json:"alg"`
	// Encrypted: the client that the run is about is registered for encryption.
	Encrypted bool     `json:"encrypted,omitempty"`
	Declares  Declares `json:"declares"`
	// Secret holds for the shared-secret profile.
	Secret SecretTerms `json:"secret,omitzero"`
	// Offers is what the configuration has for the cases that need more.
	Offers []Need `json:"offers,omitempty"`
}

// SecretTerms say which claims a shared-secret receiver knows.
type SecretTerms struct {
	// Requires are the claims that must be there.
	Requires []string `json:"requires,omitempty" yaml:"requires"`
	// Checks are the claims that may be left out but are checked when there.
	Checks []string `json:"checks,omitempty" yaml:"checks"`
}

// requires reports whether the profile demands that the claim is there.
func (s SecretTerms) requires(claim string) bool { return slices.Contains(s.Requires, claim) }

// knows reports whether the receiver looks at the claim at all.
func (s SecretTerms) knows(claim string) bool {
	return s.requires(claim) || slices.Contains(s.Checks, claim)
}

// Declares is what the target says of itself.
type Declares struct {
	// Edition is errata-1 (the default) or final-2022, which did not list exp.
	Edition string `json:"edition" yaml:"edition"`
	// StrictTyping: only typ logout+jwt is accepted.
	StrictTyping bool `json:"strict_typing" yaml:"strict_typing"`
	// Sid: sessions are known by sid.
	Sid bool `json:"sid" yaml:"sid"`
	// SessionRequired is backchannel_logout_session_required.
	SessionRequired bool `json:"session_required" yaml:"session_required"`
	// SingleAudience: further audiences are refused.
	SingleAudience bool `json:"single_audience" yaml:"single_audience"`
	// RefusalStatus are the statuses that a refusal may have.
	RefusalStatus []int `json:"refusal_status" yaml:"refusal_status"`
	// Leeway is how long after exp a token may still be accepted.
	Leeway Duration `json:"leeway" yaml:"leeway"`
	// KeyCache is how long keys may be kept without asking again.
	KeyCache Duration `json:"key_cache" yaml:"key_cache"`
	// DeathWithin is how long after the answer a session may still live.
	DeathWithin Duration `json:"death_within" yaml:"death_within"`
}

// The editions of Back-Channel Logout 1.0 that a target may be built to.
const (
	Errata1   = "errata-1"
	Final2022 = "final-2022"
)

// DefaultDeclares is what holds of a target that says nothing.
func DefaultDeclares() Declares {
	return Declares{
		Edition:       Errata1,
		Sid:           true,
		RefusalStatus: []int{400},
		Leeway:        Duration(5 * time.Minute),
		KeyCache:      Duration(time.Minute),
	}
}

// Conditions that literals of cases name.
var (
	UnderSharedSecret = Condition{"is tested under the shared-secret profile", func(t Terms) bool { return t.Profile == SharedSecret }}
	// A shared-secret target that requires typ requires the one of logout tokens.
	StrictTyping = Condition{"demands typ logout+jwt", func(t Terms) bool {
		return t.Profile == ASVS || t.Declares.StrictTyping || t.Profile == SharedSecret && t.Secret.requires("typ")
	}}
	BuiltTo2022     = Condition{"is built to the 2022 edition", func(t Terms) bool { return t.Declares.Edition == Final2022 }}
	WithoutSid      = Condition{"knows no sid", func(t Terms) bool { return !t.KnowsSid() }}
	SessionRequired = Condition{"requires sid in every logout token", func(t Terms) bool { return t.Declares.SessionRequired }}
	WithPublicKeys  = Condition{"verifies with public keys", func(t Terms) bool { return t.Profile != SharedSecret }}
	WithHMAC        = Condition{"is registered for an HMAC algorithm", func(t Terms) bool {
		return len(t.Alg) > 2 && t.Alg[:2] == "HS"
	}}
	WithEncryption = Condition{"is registered for encryption", func(t Terms) bool { return t.Encrypted }}
	WithoutRSA     = Condition{"is not registered for an RSA algorithm", func(t Terms) bool {
		return len(t.Alg) < 2 || (t.Alg[:2] != "RS" && t.Alg[:2] != "PS")
	}}
)

// KnowsSid reports whether the target can find a session by sid.
func (t Terms) KnowsSid() bool {
	if t.Profile == SharedSecret {
		return t.Secret.knows("sid")
	}
	return t.Declares.Sid
}

// LeewayFrom holds for a target that may accept a token that long after exp.
func LeewayFrom(d time.Duration) Condition {
	return Condition{"declares a leeway of " + d.String() + " or more", func(t Terms) bool {
		return time.Duration(t.Declares.Leeway) >= d
	}}
}

// DoesNotRequire holds for a shared-secret target that can do without a claim.
func DoesNotRequire(claim string) Condition {
	return Condition{"does not require " + claim, func(t Terms) bool {
		return t.Profile == SharedSecret && !t.Secret.requires(claim)
	}}
}

// DoesNotCheck holds for a shared-secret target that never looks at any of the claims.
func DoesNotCheck(claims ...string) Condition {
	var name strings.Builder
	name.WriteString("does not look at " + claims[0])
	for _, c := range claims[1:] {
		name.WriteString(" or " + c)
	}
	return Condition{name.String(), func(t Terms) bool {
		return t.Profile == SharedSecret && !slices.ContainsFunc(claims, t.Secret.knows)
	}}
}
