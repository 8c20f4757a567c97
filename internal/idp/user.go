package idp

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A User is somebody who can log in: a subject identifier and free claims. In
// JSON it is one object with a member sub.
type User struct {
	Sub    string
	Claims map[string]any
}

// UnmarshalJSON reads a user from one object.
func (u *User) UnmarshalJSON(text []byte) error {
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	sub, ok := all["sub"].(string)
	if !ok && all["sub"] != nil {
		return errors.New("user: sub must be a string")
	}
	delete(all, "sub")
	*u = User{Sub: sub, Claims: all}
	return nil
}

// MarshalJSON writes a user as one object.
func (u User) MarshalJSON() ([]byte, error) {
	all := maps.Clone(u.Claims)
	if all == nil {
		all = map[string]any{}
	}
	all["sub"] = u.Sub
	return json.Marshal(all)
}

func (u User) check() error {
	if err := checkSub(u.Sub); err != nil {
		return err
	}
	for name := range u.Claims {
		if slices.Contains(protocolClaims, name) {
			return fmt.Errorf("user %s: the claim %s is the provider's own", u.Sub, name)
		}
	}
	return nil
}

// checkSub holds a subject identifier to what OpenID Connect Core 1.0, section
// 2, allows, except that letters beyond ASCII are taken.
func checkSub(sub string) error {
	switch {
	case sub == "":
		return errors.New("user: sub is empty")
	case len(sub) > maxSub:
		return fmt.Errorf("user: sub has more than %d bytes", maxSub)
	case !utf8.ValidString(sub) || strings.ContainsFunc(sub, unicode.IsControl):
		return errors.New("user: sub holds characters that are no text")
	}
	return nil
}

// protocolClaims are those that the provider sets itself.
var protocolClaims = []string{
	"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "auth_time", "nonce", "sid", "azp", "acr", "amr", "at_hash",
	"c_hash", "events",
}

// scopeClaims are the claims that a scope asks for (OpenID Connect Core 1.0,
// section 5.4).
var scopeClaims = map[string][]string{
	"profile": {
		"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
		"picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
	},
	"email":   {"email", "email_verified"},
	"address": {"address"},
	"phone":   {"phone_number", "phone_number_verified"},
}

// release is what a client with these scopes learns about the user. Claims of
// no scope, such as groups, are always released.
func (u User) release(scope string) map[string]any {
	out := maps.Clone(u.Claims)
	if out == nil {
		out = map[string]any{}
	}
	granted := strings.Fields(scope)
	for name, claims := range scopeClaims {
		if slices.Contains(granted, name) {
			continue
		}
		for _, claim := range claims {
			delete(out, claim)
		}
	}
	return out
}

// stranger is a user whom nobody configured, with the claims that most
// applications ask for.
func stranger(sub string) User {
	email := sub
	if !strings.Contains(sub, "@") {
		email = sub + "@example.com"
	}
	return User{Sub: sub, Claims: map[string]any{
		"name": sub, "preferred_username": sub, "email": email, "email_verified": true,
	}}
}
