package idp

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// challengeForm is the form of a code verifier and of a code challenge (RFC
// 7636, sections 4.1 and 4.2).
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// understandChallenge reads the PKCE parameters. A challenge without a method
// is a plain one (RFC 7636, section 4.3).
func (q *authRequest) understandChallenge(form url.Values) *problem {
	q.challenge, q.method = form.Get("code_challenge"), form.Get("code_challenge_method")
	switch {
	case q.challenge == "" && q.method == "":
		return nil
	case q.challenge == "":
		return wrong("invalid_request", "code_challenge_method without a code_challenge")
	case q.method == "":
		q.method = "plain"
	case !slices.Contains(challengeSupported, q.method):
		return wrong("invalid_request", "code_challenge_method %q: want one of %s", q.method, strings.Join(challengeSupported, ", "))
	}
	if !challengeForm.MatchString(q.challenge) {
		return wrong("invalid_request", "code_challenge: want 43 to 128 letters, digits, dots, dashes, underscores or tildes")
	}
	return nil
}

// verified compares a code verifier with the challenge (RFC 7636, section 4.6).
// A verifier that no challenge asked for is refused, as RFC 9700, section
// 2.1.1, wants.
func verified(challenge, method, verifier string) *problem {
	switch {
	case challenge == "" && verifier == "":
		return nil
	case challenge == "":
		return wrong("invalid_grant", "code_verifier was sent, but the authorization request had no code_challenge")
	case verifier == "":
		return wrong("invalid_grant", "code_verifier is missing: the authorization request had a code_challenge")
	case !challengeForm.MatchString(verifier):
		return wrong("invalid_grant", "code_verifier: want 43 to 128 letters, digits, dots, dashes, underscores or tildes")
	}
	if method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if subtle.ConstantTimeCompare([]byte(verifier), []byte(challenge)) != 1 {
		return wrong("invalid_grant", "code_verifier does not fit the code_challenge, whose method is %s", method)
	}
	return nil
}
