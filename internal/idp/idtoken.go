package idp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
)

// An idToken says what an ID token holds beside the claims that every one has.
type idToken struct {
	grant *grant
	login Login
	nonce string
}

// idToken signs an ID token (OpenID Connect Core 1.0, section 2), with the sid
// of Front-Channel Logout 1.0, section 3. It is minted like a logout token, and
// as a recipe of its own.
func (i *issuer) idToken(c Client, t idToken) (string, error) {
	sub := t.grant.session.sub
	recipe := fixtures.ValidSubOnly().Without("jti", "events").
		With("exp", fmt.Sprintf("${now+%d}", int(idTokenLife.Seconds()))).
		With("auth_time", fmt.Sprint(t.grant.authTime.Unix()))
	if t.nonce != "" {
		recipe = recipe.With("nonce", `"${nonce}"`)
	}
	if !t.login.WithoutSid {
		recipe = recipe.With("sid", `"${sid}"`)
	}
	user, _ := i.user(sub)
	claims := user.release(t.grant.scope)
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		text, err := json.Marshal(claims[name])
		if err != nil {
			return "", fmt.Errorf("the claim %s of the user %s: %w", name, sub, err)
		}
		// A claim is no template: its dollar signs are written as escapes.
		recipe = recipe.With(name, strings.ReplaceAll(string(text), "${", `\u0024{`))
	}
	env := i.env(c)
	env.Typ, env.Sub, env.Sid, env.Nonce = "JWT", sub, t.login.Sid, t.nonce
	made, err := fixtures.Mint(recipe, env)
	if err != nil {
		return "", fmt.Errorf("ID token: %w", err)
	}
	return made.Wire, nil
}
