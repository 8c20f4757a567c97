// Package vectors mints every token of the catalogue with fixed keys, a fixed
// clock and fixed token ids, so that a library in any language can test how it
// checks logout tokens, without a network.
package vectors

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// Schema is the version of the document.
const Schema = "vectors/v1"

// MaxToken is how long a token is at most that the document holds, in bytes.
const MaxToken = 64 << 10

// A Document holds all tokens, and what is needed to check them.
type Document struct {
	Schema    string `json:"schema"`
	Catalogue string `json:"catalogue"`
	// Issuer, ClientID and Now are what a checker expects. Now is in seconds
	// since 1970.
	Issuer   string `json:"issuer"`
	ClientID string `json:"client_id"`
	Now      int64  `json:"now"`
	// Sub, Sid and Nonce belong to the session that valid tokens name.
	Sub   string `json:"sub"`
	Sid   string `json:"sid"`
	Nonce string `json:"nonce"`
	Keys  Keys   `json:"keys"`
	// Tokens are in the order of the catalogue, profile by profile.
	Tokens []Vector `json:"tokens"`
}

// Keys are what the parties hold.
type Keys struct {
	// JWKS is what the issuer publishes; the key of each algorithm is in it.
	JWKS jose.JSONWebKeySet `json:"jwks"`
	// Others are public keys of roles that a receiver must not trust.
	Others map[fixtures.Role]jose.JSONWebKeySet `json:"others"`
	// Secret is what both sides share under the shared-secret profile;
	// ClientSecret is the client's under the others. Both are UTF-8 text.
	Secret       string `json:"secret"`
	ClientSecret string `json:"client_secret"`
	// Encryption is the private key of a client that is registered for
	// encrypted tokens, with RSA-OAEP-256 and A256GCM.
	Encryption jose.JSONWebKey `json:"encryption"`
}

// A Vector is one token, and what a receiver has to do with it.
type Vector struct {
	Case     string      `json:"case"`
	Variant  string      `json:"variant"`
	Profile  run.Profile `json:"profile"`
	Alg      string      `json:"alg"`
	Expect   run.Expect  `json:"expect"`
	Level    run.Level   `json:"level"`
	Clauses  []string    `json:"clauses"`
	Requires string      `json:"requires"`
	// Scenario: the expectation is about more than the token, such as a second
	// use or a key that was withdrawn before.
	Scenario bool `json:"scenario,omitempty"`
	// Encrypted: the client is registered for encryption.
	Encrypted bool `json:"encrypted,omitempty"`
	// Token is what is sent; empty when LeftOut says why.
	Token   string `json:"token"`
	LeftOut string `json:"left_out,omitempty"`
	// Randomised: the token comes out different each time it is made.
	Randomised bool `json:"randomised,omitempty"`
	// Header and Payload are the texts before they were encoded, when they are
	// short and readable.
	Header  string `json:"header,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// Name is the full name of the variant.
func (v Vector) Name() string { return v.Case + "/" + v.Variant }

// Who and when. Nothing here is secret.
const (
	Issuer       = "https://idp.example/default"
	ClientID     = "app"
	Sub          = "alice"
	Sid          = "s-6f1c2a"
	Nonce        = "n-0S6_WzA2Mj"
	Secret       = "a-shared-secret-of-32-bytes-or-more"
	ClientSecret = "app-secret-app-secret-app-secret"
)

// Now is the time at which all tokens are made.
var Now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

//go:embed client.json
var clientKey []byte

// Make mints the tokens of a catalogue.
func Make(catalogue []run.Case) (*Document, error) {
	doc := &Document{
		Schema: Schema, Catalogue: cases.Edition, Issuer: Issuer, ClientID: ClientID, Now: Now.Unix(), Sub: Sub, Sid: Sid, Nonce: Nonce,
		Keys: Keys{Secret: Secret, ClientSecret: ClientSecret, Others: map[fixtures.Role]jose.JSONWebKeySet{}},
	}
	if err := json.Unmarshal(clientKey, &doc.Keys.Encryption); err != nil {
		return nil, fmt.Errorf("the key of the client: %w", err)
	}
	var err error
	if doc.Keys.JWKS, err = published(fixtures.Issuer); err != nil {
		return nil, err
	}
	for _, role := range []fixtures.Role{fixtures.Next, fixtures.Retired, fixtures.OtherIssuer, fixtures.Rogue} {
		if doc.Keys.Others[role], err = published(role); err != nil {
			return nil, err
		}
	}
	for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
		for _, c := range catalogue {
			for _, v := range c.Variants {
				made, err := vector(doc, profile, c, v)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", c.Name(v), err)
				}
				if made != nil {
					doc.Tokens = append(doc.Tokens, *made)
				}
			}
		}
	}
	return doc, nil
}

// published are the public keys of a role, one for each kind.
func published(role fixtures.Role) (jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	for _, alg := range []string{"RS256", "ES256", "ES384", "ES512", "EdDSA"} {
		key, err := fixtures.FixedKeys().Key(role, alg)
		if err != nil {
			return set, err
		}
		set.Keys = append(set.Keys, key.Public())
	}
	return set, nil
}
