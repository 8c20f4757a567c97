package engine

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
)

// Every account signs with its own secret, and a rotated one with the new.
func TestSecretsOfEveryPlace(t *testing.T) {
	text := func(letter string) string {
		return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, 32)))
	}
	i := startIssuer(t, func(c *config.Config) {
		c.Profile, c.Secret.Text, c.Secret.Encoding = run.SharedSecret, text("a"), config.Base64
		c.Target.Second.Client = &config.App{Client: config.Client{ID: "tenant-2", Secret: text("b")}}
	})
	keyed := func(place run.Place, letter string) {
		t.Helper()
		token, err := i.Mint(t.Context(), place, fixtures.Valid(), exchange.Session{Sub: "alice"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := jwt.ParseSigned(token.Wire, []jose.SignatureAlgorithm{jose.HS256})
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.Claims([]byte(strings.Repeat(letter, 32)), &struct{}{}); err != nil {
			t.Errorf("%q is not keyed with %s: %v", place, letter, err)
		}
	}
	keyed(run.Home, "a")
	keyed(run.AtSecondClient, "b")
	rotator, ok := i.(interface{ Rotate(text string) error })
	if !ok {
		t.Fatal("the secret cannot be rotated")
	}
	if err := rotator.Rotate("no base64"); err == nil {
		t.Error("a secret was taken that cannot be read")
	}
	if err := rotator.Rotate(text("c")); err != nil {
		t.Fatal(err)
	}
	keyed(run.Home, "c")
	keyed(run.AtSecondClient, "b")
}

// What needs an issuer does nothing, or says so.
func TestSecretIssuerHasNoLogins(t *testing.T) {
	i := startIssuer(t, func(c *config.Config) { c.Profile, c.Secret.Text = run.SharedSecret, "s" })
	reached, release, err := i.Hold(t.Context(), run.Home, "alice")
	if err != nil {
		t.Fatal(err)
	}
	release()
	select {
	case <-reached:
		t.Error("somebody asked for tokens")
	default:
	}
	if err := i.Foresee(t.Context(), run.Home, "alice", exchange.Wish{Sid: "x"}); err != nil {
		t.Error(err)
	}
	if known, err := i.Refresh(t.Context(), run.Home, exchange.Session{Sub: "alice"}); err != nil || known != (run.RefreshToken{}) {
		t.Errorf("%+v, %v", known, err)
	}
	if n, err := i.Fetches(t.Context()); err != nil || n != 0 {
		t.Errorf("%d fetches, %v", n, err)
	}
	for name, err := range map[string]error{
		"publish": i.Publish(t.Context(), fixtures.Next), "withdraw": i.Withdraw(t.Context(), fixtures.Next),
		"serve": i.Serve(t.Context(), fixtures.JWKS{}, nil),
	} {
		if err == nil {
			t.Errorf("%s: there are no keys", name)
		}
	}
}
