package receiver

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// The two profiles an application can have.
const (
	ProfileOIDC         = "oidc"
	ProfileSharedSecret = "shared-secret"
)

// hmacAlg is the one MAC algorithm.
const hmacAlg = "HS256"

// minSecret is the least length of a MAC key for HS256 in bytes (RFC 7518 3.2).
const minSecret = 32

// Config says which applications the receiver serves, and how.
type Config struct {
	// Apps are served side by side; at least one.
	Apps []App
	// Defect is the name of one of Defects, or empty for the correct receiver.
	Defect string
	// Variation is the name of one of Variations, or empty for the reference. It and a defect may come together.
	Variation string
	// Store is shared by the nodes of a receiver, and outlives them; default one of its own.
	Store *Store
	// Keys say how long issuers' keys are kept.
	Keys KeyTimes
	// Clock tells the time; default time.Now.
	Clock func() time.Time
	// Client makes the calls to issuers; default one with a timeout of 10 s. Redirects are never followed.
	Client *http.Client
	// Rand feeds session ids, state, nonce and PKCE verifier; default crypto/rand.
	Rand io.Reader
	// Log tells why tokens were refused, never what was in them; default silence.
	Log *slog.Logger
}

// App is one application of the receiver. Exactly one of OIDC and SharedSecret is set.
type App struct {
	// Name is the path segment: /app/NAME/…, /auth/logout/NAME. Letters, digits, dot, dash, underscore.
	Name         string
	OIDC         *OIDC
	SharedSecret *SharedSecret
}

// OIDC is an application that logs its users in at an OpenID Connect issuer.
type OIDC struct {
	// Issuer is the issuer identifier, compared exactly with discovery and tokens (CORE 3.1.3.7(2)).
	Issuer string
	// ClientID and ClientSecret as registered; an empty secret makes a public client.
	ClientID, ClientSecret string
	// BaseURL is where browsers reach this receiver; the redirect URI is BaseURL/app/NAME/callback.
	BaseURL string
	// SigningAlg is the registered id_token_signed_response_alg, which binds logout tokens as well (BCL 2.6(3));
	// default RS256. HS256 is keyed with the client secret.
	SigningAlg string
	// EncryptionAlg, EncryptionEnc and EncryptionKey are set together when the client is registered for encryption
	// (id_token_encrypted_response_alg, …_enc): logout tokens have to be encrypted then (BCL 2.4, 2.6(1)). The key is
	// the private one, and must fit the algorithm.
	EncryptionAlg, EncryptionEnc string
	EncryptionKey                any
	// KeepRefreshTokens keeps the issuer's refresh tokens with the sessions and revokes them on logout (BCL 2.7).
	KeepRefreshTokens bool
	// OfflineAccess asks for offline_access: such refresh tokens are kept on logout (BCL 2.7).
	OfflineAccess bool
}

// SharedSecret is an application with a login of its own, logged out by HS256 tokens under a secret.
type SharedSecret struct {
	// Secret is the MAC key, 32 bytes or more.
	Secret []byte
	// Requires lists the claims that must be there besides sub.
	Requires []string
	// Audience must be in aud when aud is there; default the application's name.
	Audience string
	// Issuer must be iss when iss is there; empty: it is not compared with anything.
	Issuer string
	// BanNonce refuses a token with a nonce, so that no ID token passes.
	BanNonce bool
}

var appName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$`)

func (c Config) validate() error {
	if len(c.Apps) == 0 {
		return errors.New("receiver: no application configured: add one to Apps")
	}
	seen := map[string]bool{}
	for _, a := range c.Apps {
		if err := a.validate(); err != nil {
			return fmt.Errorf("receiver: app %q: %w", a.Name, err)
		}
		if seen[a.Name] {
			return fmt.Errorf("receiver: app %q is configured twice: give each its own name", a.Name)
		}
		seen[a.Name] = true
	}
	return nil
}

func (a App) validate() error {
	switch {
	case !appName.MatchString(a.Name):
		return errors.New("the name must be 1 to 64 letters, digits, dots, dashes or underscores and not start with a dot")
	case (a.OIDC == nil) == (a.SharedSecret == nil):
		return errors.New("set exactly one of OIDC and SharedSecret")
	case a.OIDC != nil:
		return a.OIDC.validate()
	}
	return a.SharedSecret.validate()
}

func (o OIDC) validate() error {
	if err := absoluteURL(o.Issuer); err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	if err := absoluteURL(o.BaseURL); err != nil {
		return fmt.Errorf("base URL: %w", err)
	}
	if o.ClientID == "" {
		return errors.New("the client id is empty: set the one registered at the issuer")
	}
	if o.SigningAlg == hmacAlg && len(o.ClientSecret) < minSecret {
		return fmt.Errorf("the client secret has %d bytes: HS256 needs %d or more (RFC 7518 3.2)", len(o.ClientSecret), minSecret)
	}
	if o.SigningAlg != "" && o.SigningAlg != hmacAlg && !knownAlg(o.SigningAlg) {
		return fmt.Errorf("signing algorithm %q is not supported: use an RS, PS, ES or EdDSA algorithm, or HS256", o.SigningAlg)
	}
	if set := o.EncryptionKey != nil; (o.EncryptionAlg != "") != set || (o.EncryptionEnc != "") != set {
		return errors.New("set all of EncryptionAlg, EncryptionEnc and EncryptionKey, or none")
	}
	return nil
}

func (s SharedSecret) validate() error {
	if len(s.Secret) < minSecret {
		return fmt.Errorf("the secret has %d bytes: HS256 needs %d or more (RFC 7518 3.2)", len(s.Secret), minSecret)
	}
	if slices.Contains(s.Requires, "") {
		return errors.New("an empty claim name is required: remove it")
	}
	return nil
}

// absoluteURL accepts what can be an issuer or a base: http(s) with a host, without query and fragment (Discovery 3).
func absoluteURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return err
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is not an http(s) URL without query and fragment", s)
	}
	return nil
}

func (a App) profile() string {
	if a.OIDC != nil {
		return ProfileOIDC
	}
	return ProfileSharedSecret
}
