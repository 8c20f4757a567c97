// Package config reads what a run needs to know: defaults, then a file, then
// the environment, then flags, each over the one before.
package config

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// Config is the one description of a run, in the shape of conformance.yaml.
type Config struct {
	Profile  run.Profile  `yaml:"profile"`
	Issuer   Issuer       `yaml:"issuer"`
	Client   Client       `yaml:"client"`
	Target   Target       `yaml:"target"`
	Secret   Secret       `yaml:"secret"`
	Declares run.Declares `yaml:"declares"`
	Run      Run          `yaml:"run"`
	Report   Report       `yaml:"report"`
	// Dir is the folder of the file, where commands run.
	Dir string `yaml:"-"`
	// hidden are the secrets of the run, in the configuration of a place that has
	// others.
	hidden []string `yaml:"-"`
}

// Issuer is the mock issuer that the target trusts.
type Issuer struct {
	// URL is the issuer as the target knows it.
	URL string `yaml:"url"`
	// Listen is where the embedded issuer listens.
	Listen string `yaml:"listen"`
	// WithoutSid: its ID tokens and logout tokens name no session, as those of
	// issuers that know none.
	WithoutSid bool `yaml:"without_sid"`
}

// Client is the target as registered at the issuer, with RFC 7591 names.
type Client struct {
	ID     string `yaml:"id"`
	Secret string `yaml:"secret"`
	Alg    string `yaml:"id_token_signed_response_alg"`
	// EncryptionAlg and EncryptionEnc say how its ID tokens are encrypted, and
	// logout tokens with them (Back-Channel Logout 1.0, section 2.4). Empty: they
	// are not. JWKS holds the public key for that, as the text of a JWK set.
	EncryptionAlg string `yaml:"id_token_encrypted_response_alg"`
	EncryptionEnc string `yaml:"id_token_encrypted_response_enc"`
	JWKS          string `yaml:"jwks"`
}

// Target is the receiver under test.
type Target struct {
	Name string `yaml:"name"`
	// Start is a command that starts the receiver once the issuer is up.
	Start string `yaml:"start"`
	// Ready is a URL that answers when the receiver is ready.
	Ready string `yaml:"ready"`
	// LogoutURL is the back-channel logout endpoint.
	LogoutURL string `yaml:"logout_url"`
	Login     Login  `yaml:"login"`
	Probe     Probe  `yaml:"probe"`
	// Replicas are the base URLs of further nodes of the same receiver.
	Replicas []string `yaml:"replicas"`
	// Surfaces are further ways to use a session, by name.
	Surfaces map[string]Probe `yaml:"surfaces"`
	// Refresh is a URL that, asked with a session, has the target refresh its
	// tokens.
	Refresh string `yaml:"refresh"`
	Second  Second `yaml:"second"`
	Hooks   Hooks  `yaml:"hooks"`
}

// Second are further parts of the same receiver, for the cases that need them.
type Second struct {
	// Client is another client of the same issuer, or another account with a
	// secret of its own.
	Client *App `yaml:"client"`
	// Issuer is a client of another issuer that the receiver trusts.
	Issuer *App `yaml:"issuer"`
	// Encrypted is a client that is registered for encryption.
	Encrypted *App `yaml:"encrypted"`
}

// App is a part of the receiver with a login, sessions and a logout endpoint of
// its own.
type App struct {
	// IssuerURL is its issuer. Empty: the one of the run.
	IssuerURL string `yaml:"issuer"`
	// Client is how it is registered; under the shared-secret profile its
	// secret is the account's, read like that of the run.
	Client    `yaml:",inline"`
	LogoutURL string `yaml:"logout_url"`
	Login     Login  `yaml:"login"`
	Probe     Probe  `yaml:"probe"`
}

// Hooks are outside help: each a command, or a URL that is posted to.
type Hooks struct {
	// Restart ends the receiver and starts it again, and returns when it is up.
	Restart string `yaml:"restart"`
	// StoreDown makes the session store unreachable, StoreUp reachable again.
	StoreDown string `yaml:"store_down"`
	StoreUp   string `yaml:"store_up"`
	// RotateSecret gives the receiver the secret of NEW_SECRET, in the
	// environment of a command or the form of a post.
	RotateSecret string `yaml:"rotate_secret"`
}

// ShownLogoutURL is the logout URL without the password that it may hold.
func (t Target) ShownLogoutURL() string {
	u, err := url.Parse(t.LogoutURL)
	if err != nil {
		return ""
	}
	return u.Redacted()
}

// Login says how a user logs in: a page of the target that leads to the
// issuer, or a request that makes a session by itself.
type Login struct {
	URL     string   `yaml:"url"`
	Request *Request `yaml:"request"`
}

// Request is an HTTP request whose values may hold {{.Sub}}, which is
// percent-encoded in the URL.
type Request struct {
	Method string            `yaml:"method"`
	URL    string            `yaml:"url"`
	Form   map[string]string `yaml:"form"`
	JSON   map[string]string `yaml:"json"`
	Header map[string]string `yaml:"header"`
}

// Probe says how to ask whether a session lives.
type Probe struct {
	URL   string `yaml:"url"`
	Alive Alive  `yaml:"alive"`
}

// Alive is what the answer to a logged-in user looks like.
type Alive struct {
	Status []int `yaml:"status"`
	// Contains is in the body, with {{.Sub}} for the user's name.
	Contains string `yaml:"contains"`
}

// Secret is the secret of the shared-secret profile.
type Secret struct {
	Text            string `yaml:"text"`
	Encoding        string `yaml:"encoding"`
	run.SecretTerms `yaml:",inline"`
}

// The readings of a secret's text.
const (
	UTF8   = "utf8"
	Base64 = "base64"
)

// Bytes are the bytes that sign.
func (s Secret) Bytes() ([]byte, error) {
	if s.Encoding != Base64 {
		return []byte(s.Text), nil
	}
	for _, encoding := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
	} {
		if raw, err := encoding.DecodeString(s.Text); err == nil {
			return raw, nil
		}
	}
	return nil, fmt.Errorf("secret.text is no base64: set secret.encoding to %s, or give the text as base64", UTF8)
}

// Run says how the work is done.
type Run struct {
	// Workers is how many exchanges run side by side.
	Workers int `yaml:"workers"`
	// Timeout bounds one request.
	Timeout run.Duration `yaml:"timeout"`
	// Budget bounds the whole run.
	Budget run.Duration `yaml:"budget"`
	// Skip are cases to leave out.
	Skip []string `yaml:"skip"`
	// Load has requests sent that can hurt a live system, Slow the cases carried
	// out that wait for over 5 s by design.
	Load bool `yaml:"load"`
	Slow bool `yaml:"slow"`
}

// Report says where reports go.
type Report struct {
	Dir string `yaml:"dir"`
}

// Default is the configuration of somebody who says nothing.
func Default() Config {
	return Config{
		Profile: run.OIDC,
		Issuer:  Issuer{URL: "http://127.0.0.1:8080/default", Listen: "127.0.0.1:8080"},
		Client:  Client{ID: "app", Secret: "app-secret-app-secret-app-secret", Alg: "RS256"},
		Target: Target{
			Name:  "target",
			Probe: Probe{Alive: Alive{Status: []int{200}, Contains: "{{.Sub}}"}},
		},
		Secret:   Secret{Encoding: UTF8, SecretTerms: run.SecretTerms{Requires: []string{"sub"}}},
		Declares: run.DefaultDeclares(),
		Run: Run{
			Workers: 4,
			Timeout: run.Duration(10 * time.Second),
			Budget:  run.Duration(15 * time.Minute),
			Slow:    true,
		},
		Report: Report{Dir: "out"},
	}
}
