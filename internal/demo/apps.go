package demo

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"sync"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/receiver"
)

// The applications' names in the receiver's routes.
const (
	appName    = "demo"
	secondName = "second"
	otherName  = "other"
	sealedName = "sealed"
)

// How the client with encryption is registered.
const (
	encryptionAlg = "RSA-OAEP-256"
	encryptionEnc = "A128CBC-HS256"
)

// claims are what a logout token of OpenID Connect holds (BCL 2.4).
var claims = []string{"iss", "aud", "iat", "exp", "jti", "events"}

// encryptionKey is made once for all demos of a process.
var encryptionKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// accounts are the applications of the shared-secret profile, and aims at them.
func (d *Demo) accounts(strict bool) []receiver.App {
	c := &d.Config
	c.Client.ID, c.Secret.Text = appName, Secret
	c.Target.Login = d.ownLogin(appName)
	c.Target.Hooks.RotateSecret = at(d.operator) + "/secret"
	second := d.app(secondName)
	second.Client, second.Login = config.Client{ID: secondName, Secret: SecondSecret}, d.ownLogin(secondName)
	c.Target.Second.Client = &second
	account := func(name, secret string) receiver.App {
		return receiver.App{Name: name, SharedSecret: &receiver.SharedSecret{Secret: []byte(secret)}}
	}
	apps := []receiver.App{account(appName, Secret), account(secondName, SecondSecret)}
	if strict {
		c.Secret.Requires = append([]string{"sub"}, claims...)
		c.Secret.Checks = []string{"nonce", "typ"}
		for _, app := range apps {
			s := app.SharedSecret
			s.Requires, s.Issuer, s.BanNonce = claims, c.Issuer.URL, true
		}
	}
	return apps
}

func (d *Demo) ownLogin(name string) config.Login {
	return config.Login{Request: &config.Request{
		Method: http.MethodPost, URL: d.page(name, "login"), Form: map[string]string{"uid": "{{.Sub}}"},
	}}
}

// clients are the applications with an issuer, and aims at them: a second
// client, which keeps offline tokens; one at a second issuer, under the very
// client id of the first; and one with encryption.
func (d *Demo) clients(ctx context.Context, o Options) ([]receiver.App, error) {
	var err error
	if d.Issuer, err = freePort(ctx); err != nil {
		return nil, fmt.Errorf("find a port for the mock issuer: %w", err)
	}
	key, err := encryptionKey()
	if err != nil {
		return nil, fmt.Errorf("make the encryption key of the demo: %w", err)
	}
	c := &d.Config
	if o.Alg != "" {
		c.Client.Alg = o.Alg
	}
	c.Issuer.Listen = d.Issuer.Addr().String()
	c.Issuer.URL = at(d.Issuer) + "/default"
	c.Target.Login.URL = d.page(appName, "login")
	c.Target.Refresh = d.page(appName, "refresh")
	client := func(id string) *receiver.OIDC {
		return &receiver.OIDC{
			Issuer: c.Issuer.URL, ClientID: id, ClientSecret: id + "-secret-of-the-demo-which-is-public",
			BaseURL: at(d.home), SigningAlg: c.Client.Alg,
		}
	}
	home, second, other, sealed := client(c.Client.ID), client(secondName), client(c.Client.ID), client(sealedName)
	home.ClientSecret, home.KeepRefreshTokens = c.Client.Secret, true
	second.OfflineAccess = true
	other.Issuer = at(d.Issuer) + "/other"
	sealed.EncryptionAlg, sealed.EncryptionEnc, sealed.EncryptionKey = encryptionAlg, encryptionEnc, key
	c.Target.Second = config.Second{Client: d.aimAt(secondName, second), Issuer: d.aimAt(otherName, other)}
	c.Target.Second.Encrypted = d.aimAt(sealedName, sealed)
	if c.Target.Second.Encrypted.JWKS, err = sealed.EncryptionJWKS(); err != nil {
		return nil, fmt.Errorf("publish the encryption key of the demo: %w", err)
	}
	return []receiver.App{
		{Name: appName, OIDC: home},
		{Name: secondName, OIDC: second},
		{Name: otherName, OIDC: other},
		{Name: sealedName, OIDC: sealed},
	}, nil
}

// aimAt is an application as the configuration has it.
func (d *Demo) aimAt(name string, o *receiver.OIDC) *config.App {
	app := d.app(name)
	app.Client = config.Client{
		ID: o.ClientID, Secret: o.ClientSecret, Alg: o.SigningAlg,
		EncryptionAlg: o.EncryptionAlg, EncryptionEnc: o.EncryptionEnc,
	}
	if o.Issuer != d.Config.Issuer.URL {
		app.IssuerURL = o.Issuer
	}
	app.Login.URL = d.page(name, "login")
	return &app
}
