package engine

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
)

// An issuer is where logins lead and tokens come from.
type issuer interface {
	exchange.Issuer
	url() string
	// start makes it reachable; the function it gives stops it again.
	start() (stop func())
	// jwksFetches counts how often the keys were fetched; nil when there are none.
	jwksFetches() *int
}

func newIssuer(o Options) (issuer, error) {
	if o.Config.Profile != run.SharedSecret {
		return newEmbedded(o)
	}
	s, err := newSecretIssuer(o, o.Config.Secret.Encoding)
	if err != nil {
		return nil, err
	}
	if s.canaries, err = newCanaries(o); err != nil {
		return nil, err
	}
	return s, nil
}

// listenerOf is where the issuer listens.
func listenerOf(o Options) (net.Listener, error) {
	if o.Listener != nil {
		return o.Listener, nil
	}
	listener, err := net.Listen("tcp", o.Config.Issuer.Listen) //nolint:noctx // at once, or not at all
	if err != nil {
		return nil, fmt.Errorf("issuer.listen: the mock issuer cannot listen: %w", err)
	}
	return listener, nil
}

// splitIssuer takes an issuer URL apart into the base of the server and the
// name of the issuer, its last path segment.
func splitIssuer(address string) (base, name string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", fmt.Errorf("issuer.url: %w", err)
	}
	path := strings.TrimRight(u.Path, "/")
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return strings.TrimRight(address, "/"), "", nil
	}
	name, u.Path = path[i+1:], path[:i]
	return u.String(), name, nil
}

// errNoPlace says that a script went to a place that is not configured, which
// the needs of its case should have kept it from.
var errNoPlace = errors.New("the target has no such place")
