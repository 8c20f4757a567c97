package idp

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/loggedout/loggedout/fixtures"
)

// An issuer is one identity of the server.
type issuer struct {
	server  *Server
	options IssuerOptions
	name    string
	url     string
	path    string // of its cookies

	registry
	keys      *keyset
	sessions  *sessions
	codes     *bounded[*grant]
	access    *bounded[token]
	refresh   *bounded[token]
	discovery fetches
	jwks      fetches
	told      atomic.Pointer[serving] // what the jwks_uri answers; nil: its keys
	wishes    *bounded[Wish]
	holds     holds
}

func (s *Server) newIssuer(o IssuerOptions) (*issuer, error) {
	if err := checkName(o.Name); err != nil {
		return nil, err
	}
	if _, taken := s.options.Mount[o.Name]; taken {
		return nil, fmt.Errorf("issuer %q: something else is served under that path", o.Name)
	}
	for _, alg := range o.SigningAlgs {
		if !slices.Contains(fixtures.Algorithms(), alg) || symmetric(alg) {
			return nil, fmt.Errorf("issuer %q: signing algorithm %q: want an asymmetric one of %s",
				o.Name, alg, strings.Join(fixtures.Algorithms(), ", "))
		}
	}
	limits := s.options.Limits
	i := &issuer{
		server:   s,
		options:  o,
		name:     o.Name,
		url:      s.IssuerURL(o.Name),
		path:     s.basePath + "/" + o.Name,
		keys:     newKeyset(o.Name),
		sessions: newSessions(s, o.Name, limits.Sessions),
		codes:    newBounded[*grant](limits.Tokens),
		access:   newBounded[token](limits.Tokens),
		refresh:  newBounded[token](limits.Tokens),
		wishes:   newBounded[Wish](limits.Tokens),
	}
	if err := i.load(o); err != nil {
		return nil, fmt.Errorf("issuer %q: %w", o.Name, err)
	}
	return i, nil
}

func (i *issuer) reset() error {
	i.keys.reset()
	i.sessions.clear()
	i.codes.clear()
	i.access.clear()
	i.refresh.clear()
	i.discovery.clear()
	i.jwks.clear()
	i.instruct(nil)
	i.wishes.clear()
	i.holds.clear()
	return i.load(i.options)
}

// algs are the algorithms the issuer signs with. RS256 is always among them
// (OpenID Connect Discovery 1.0, section 3).
func (i *issuer) algs() []string {
	out := []string{"RS256"}
	for _, alg := range slices.Concat(i.options.SigningAlgs, i.registry.algs()) {
		if !slices.Contains(out, alg) {
			out = append(out, alg)
		}
	}
	return out
}

// asymmetric are those of algs that have a public key.
func (i *issuer) asymmetric() []string { return slices.DeleteFunc(i.algs(), symmetric) }

// algOf is the algorithm of a client's ID tokens and logout tokens.
func (i *issuer) algOf(c Client) string {
	switch {
	case c.IDTokenSignedResponseAlg != "":
		return c.IDTokenSignedResponseAlg
	case len(i.options.SigningAlgs) > 0:
		return i.options.SigningAlgs[0]
	}
	return "RS256"
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$`)

// reserved are the first path segments of endpoints, which a root issuer would
// lose to an issuer of that name.
var reserved = []string{
	".well-known", "authorize", "token", "jwks", "userinfo", "introspect", "revoke", "register",
	"endsession", "end_session", "logout", "healthz", "health", "isalive", "favicon.ico", "robots.txt",
}

func checkName(name string) error {
	switch {
	case name == "": // the root issuer
		return nil
	case slices.Contains(reserved, strings.ToLower(name)):
		return fmt.Errorf("issuer %q: the name is that of an endpoint", name)
	case !nameForm.MatchString(name):
		return fmt.Errorf("issuer %q: %w: a name has 1 to 64 letters, digits, dots, dashes, underscores or tildes", name, ErrUnknown)
	}
	return nil
}
