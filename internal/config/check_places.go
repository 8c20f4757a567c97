package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// checkPlaces looks at what only some cases need.
func (c Config) checkPlaces() error {
	for _, base := range c.Target.Replicas {
		if err := checkURL("target.replicas", base); err != nil {
			return err
		}
		if sameOrigin(base, c.Target.LogoutURL) {
			return fmt.Errorf("target.replicas: %s is the node that target.logout_url names: give the addresses of the others", base)
		}
	}
	if c.Target.Refresh != "" {
		if err := checkURL("target.refresh", c.Target.Refresh); err != nil {
			return err
		}
	}
	for name := range c.Target.Surfaces {
		key := "target.surfaces." + name
		if name == "" || strings.Contains(name, "@") {
			return fmt.Errorf("target.surfaces: %q is no name of a surface: want a word such as api", name)
		}
		if err := checkProbe(key, c.Target.Surface(name)); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		key string
		app *App
	}{
		{"target.second.client", c.Target.Second.Client},
		{"target.second.issuer", c.Target.Second.Issuer},
		{"target.second.encrypted", c.Target.Second.Encrypted},
	} {
		if part.app == nil {
			continue
		}
		if err := c.checkApp(part.key, *part.app); err != nil {
			return err
		}
	}
	return c.checkSeconds()
}

// sameOrigin reports whether two URLs lead to the same server: then what one
// knows the other knows as well, and nothing is shown of a second node.
func sameOrigin(one, other string) bool {
	a, err := url.Parse(one)
	if err != nil {
		return false
	}
	b, err := url.Parse(other)
	return err == nil && a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

// checkApp looks at a part of the receiver.
func (c Config) checkApp(key string, app App) error {
	if app.ID == "" {
		return fmt.Errorf("%s.id: must be the client id of that part of the target", key)
	}
	if err := checkLogoutURL(key+".logout_url", app.LogoutURL); err != nil {
		return err
	}
	if err := checkProbe(key+".probe", app.Probe.over(c.Target.Probe)); err != nil {
		return err
	}
	if c.Profile == run.SharedSecret {
		return c.checkAccount(key, app)
	}
	if app.Login.Request != nil {
		return fmt.Errorf("%s.login.request: is for the shared-secret profile; under %s the login leads to the issuer: give %s.login.url", key, c.Profile, key)
	}
	if err := checkURL(key+".login.url", app.Login.URL); err != nil {
		return err
	}
	client := app.Client
	client.Alg = cmp.Or(client.Alg, c.Client.Alg)
	return client.check(key)
}

// checkAccount looks at a second account of a shared-secret receiver.
func (c Config) checkAccount(key string, app App) error {
	switch {
	case app.Secret == "":
		return fmt.Errorf("%s.secret: is the secret of that account: the shared-secret profile needs it", key)
	case app.Secret == c.Secret.Text:
		return fmt.Errorf("%s.secret: is that of the run: an account of its own has a secret of its own", key)
	case app.Login.Request == nil:
		return fmt.Errorf("%s.login.request: the shared-secret profile has no issuer to log in at: describe the request that makes a session", key)
	}
	if _, err := (Secret{Text: app.Client.Secret, Encoding: c.Secret.Encoding}).Bytes(); err != nil {
		return fmt.Errorf("%s.secret: is no base64, and secret.encoding says that it is", key)
	}
	return checkURL(key+".login.request.url", app.Login.Request.URL)
}

// checkSeconds holds the parts against the run's own client and issuer.
func (c Config) checkSeconds() error {
	if c.Profile == run.SharedSecret {
		return nil
	}
	second := c.Target.Second
	if second.Client != nil && (second.Client.ID == c.Client.ID || !c.atHome(*second.Client)) {
		return fmt.Errorf("target.second.client: is another client of %s: give it another id than %q, and no issuer", c.Issuer.URL, c.Client.ID)
	}
	if e := second.Encrypted; e != nil {
		if e.ID == c.Client.ID || !c.atHome(*e) {
			return fmt.Errorf("target.second.encrypted: is another client of %s: give it another id than %q, and no issuer", c.Issuer.URL, c.Client.ID)
		}
		if e.EncryptionAlg == "" {
			return fmt.Errorf("target.second.encrypted.id_token_encrypted_response_alg: say how its ID tokens are encrypted, such as RSA-OAEP-256")
		}
	}
	if second.Issuer == nil {
		return nil
	}
	if err := checkURL("target.second.issuer.issuer", second.Issuer.IssuerURL); err != nil {
		return err
	}
	beside, err := beside(c.Issuer.URL, second.Issuer.IssuerURL)
	if err != nil {
		return err
	}
	if !beside {
		return fmt.Errorf("target.second.issuer.issuer: the mock issuer serves a second one beside %s: give it a URL that differs in the last part of its path alone", c.Issuer.URL)
	}
	return nil
}

func (c Config) atHome(app App) bool { return app.IssuerURL == "" || app.IssuerURL == c.Issuer.URL }

// beside reports whether two issuers differ in the last segment of their path
// alone, so that one server can be both.
func beside(one, other string) (bool, error) {
	a, err := url.Parse(one)
	if err != nil {
		return false, fmt.Errorf("issuer.url: %w", err)
	}
	b, err := url.Parse(other)
	if err != nil {
		return false, fmt.Errorf("target.second.issuer.issuer: %w", err)
	}
	parent := func(path string) (string, string) {
		i := strings.LastIndexByte(path, '/')
		return path[:max(i, 0)], path[i+1:]
	}
	aParent, aName := parent(a.Path)
	bParent, bName := parent(b.Path)
	return a.Scheme == b.Scheme && a.Host == b.Host && aParent == bParent && aName != bName && bName != "" &&
		b.RawQuery == "" && b.Fragment == "" && !b.ForceQuery, nil
}

// check looks at how a client is registered.
func (c Client) check(key string) error {
	if !slices.Contains(fixtures.Algorithms(), c.Alg) {
		return fmt.Errorf("%s.id_token_signed_response_alg: %q is none: want one of %s", key, c.Alg, strings.Join(fixtures.Algorithms(), ", "))
	}
	if strings.HasPrefix(c.Alg, "HS") && c.Secret == "" {
		return fmt.Errorf("%s.secret: is the key of %s: give the secret that the target has", key, c.Alg)
	}
	if c.EncryptionAlg == "" {
		if c.EncryptionEnc != "" {
			return fmt.Errorf("%s.id_token_encrypted_response_enc: says nothing without id_token_encrypted_response_alg: give both", key)
		}
		return nil
	}
	if !slices.Contains(keyAlgorithms, c.EncryptionAlg) {
		return fmt.Errorf("%s.id_token_encrypted_response_alg: %q is none that a public key works with: want one of %s", key, c.EncryptionAlg, strings.Join(keyAlgorithms, ", "))
	}
	if c.EncryptionEnc != "" && !slices.Contains(contentAlgorithms, c.EncryptionEnc) {
		return fmt.Errorf("%s.id_token_encrypted_response_enc: %q is none: want one of %s", key, c.EncryptionEnc, strings.Join(contentAlgorithms, ", "))
	}
	if _, err := c.EncryptionKey(); err != nil {
		return fmt.Errorf("%s.jwks: %w", key, err)
	}
	return nil
}

// What a client may be registered for (RFC 7518, sections 4.1 and 5.1).
var (
	keyAlgorithms = []string{
		string(jose.RSA_OAEP_256), string(jose.RSA_OAEP), string(jose.RSA1_5),
		string(jose.ECDH_ES), string(jose.ECDH_ES_A128KW), string(jose.ECDH_ES_A192KW), string(jose.ECDH_ES_A256KW),
	}
	contentAlgorithms = []string{
		string(jose.A128CBC_HS256), string(jose.A192CBC_HS384), string(jose.A256CBC_HS512),
		string(jose.A128GCM), string(jose.A192GCM), string(jose.A256GCM),
	}
)

// EncryptionKey is the public key that the client's tokens are encrypted to:
// the first of its set that is not for signatures.
func (c Client) EncryptionKey() (jose.JSONWebKey, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(c.JWKS), &set); err != nil {
		return jose.JSONWebKey{}, fmt.Errorf(`is no JWK set: give the target's public key as {"keys":[…]}`)
	}
	for _, key := range set.Keys {
		if key.Use != "sig" && key.Valid() && key.IsPublic() {
			return key, nil
		}
	}
	return jose.JSONWebKey{}, fmt.Errorf("holds no public key for encryption")
}
