package exchange

import (
	"context"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Issuer is what an exchange needs of the mock issuer, wherever it runs.
type Issuer interface {
	// Session says what the issuer put into the newest ID token of a user.
	Session(ctx context.Context, at run.Place, sub string) (Session, error)
	// Mint makes a token about a session, for the client of a place and by its
	// issuer; values are further placeholders.
	Mint(ctx context.Context, by run.Place, r fixtures.Recipe, about Session, values map[string]string) (fixtures.Token, error)
	// Publish adds the key of a role to the JWKS; Withdraw takes it out again.
	Publish(ctx context.Context, role fixtures.Role) error
	Withdraw(ctx context.Context, role fixtures.Role) error
	// Serve has the jwks_uri answer something else until ServeAsUsual; values
	// are further placeholders.
	Serve(ctx context.Context, keys fixtures.JWKS, values map[string]string) error
	ServeAsUsual(ctx context.Context) error
	// Fetches is how often the keys were fetched until now.
	Fetches(ctx context.Context) (int, error)
	// Foresee says how the next login of a user is to go.
	Foresee(ctx context.Context, at run.Place, sub string, wish Wish) error
	// Hold keeps back the next token answer about a user: reached is closed
	// when it is asked for, and release, which must be called, lets it go.
	Hold(ctx context.Context, at run.Place, sub string) (reached <-chan struct{}, release func(), err error)
	// Refresh says what is known of the refresh token of a session.
	Refresh(ctx context.Context, at run.Place, about Session) (run.RefreshToken, error)
	// Canary gives the placeholders of the canaries of one sending ("canary",
	// on an origin that the target is known to fetch from where there is one,
	// and "canary.far", on another), and Hits who came to them.
	Canary(id string) map[string]string
	Hits(ctx context.Context, id string) ([]run.CanaryHit, error)
}

// A Wish is how a login is to go at the issuer.
type Wish struct {
	// Sid is the session id; empty: one that is made up. WithoutSid leaves it
	// out of the ID token.
	Sid        string
	WithoutSid bool
	// IDToken is minted and given in the place of the ID token.
	IDToken *fixtures.Recipe
}

// Session is a login as the issuer knows it.
type Session struct {
	Sub, Sid, Nonce string
	// IDToken is the one that the target was given.
	IDToken string
	// Place is where it is.
	Place run.Place
}

// A Rotator is an issuer whose secret can be changed for another.
type Rotator interface {
	// Rotate has everything signed with the secret of this text from now on.
	Rotate(text string) error
}
