package idp

import (
	"fmt"

	"github.com/loggedout/loggedout/fixtures"
)

// A Wish is how a login is to go.
type Wish struct {
	// Sid is the session id that the client is told. Empty: one that is made
	// up. It may be that of a session at another issuer, where sids are drawn
	// apart (Back-Channel Logout 1.0, section 2.1).
	Sid string
	// WithoutSid leaves sid out of the ID token.
	WithoutSid bool
	// IDToken is minted and given in the place of the ID token, about the same
	// login: ${nonce} is that of the request, ${id_token} the right one.
	IDToken *fixtures.Recipe
}

// Foresee says how the next login of a user at a client is to go. It holds for
// one login, and the newest wish replaces an earlier one.
func (s *Server) Foresee(issuer, clientID, sub string, w Wish) error {
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	if err := checkSub(sub); err != nil {
		return fmt.Errorf("foresee: %w", err)
	}
	if len(w.Sid) > maxText {
		return fmt.Errorf("foresee: the sid has more than %d characters", maxText)
	}
	i.wishes.put(party(clientID, sub), w)
	return nil
}

// party is the key of what is kept about a user at a client.
func party(clientID, sub string) string { return fmt.Sprintf("%q %s", clientID, sub) }

// issueIDToken makes the ID token of a login as it was wished.
func (i *issuer) issueIDToken(c Client, g *grant, login Login, w Wish) (string, error) {
	raw, err := i.idToken(c, idToken{grant: g, login: login, nonce: g.nonce})
	if err != nil || w.IDToken == nil {
		return raw, err
	}
	vars, err := i.vars()
	if err != nil {
		return "", err
	}
	vars["id_token"] = raw
	env := i.env(c)
	env.Sub, env.Sid, env.Nonce, env.Vars = g.session.sub, login.Sid, g.nonce, vars
	made, err := fixtures.Mint(*w.IDToken, env)
	if err != nil {
		return "", fmt.Errorf("in place of the ID token: %w", err)
	}
	return made.Wire, nil
}
