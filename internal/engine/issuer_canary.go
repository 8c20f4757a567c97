package engine

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/canary"
	"github.com/loggedout/loggedout/internal/run"
)

// canaries are the canaries of a run: near ones on the issuer's own origin,
// from which the target fetches keys, and far ones on an origin of their own.
type canaries struct {
	birds    *canary.Canary
	near     string // base URL; empty: there is no issuer, and near is far
	far      string
	listener net.Listener
}

func newCanaries(o Options) (*canaries, error) {
	listen := o.Config.Issuer.Listen
	if o.Listener != nil {
		listen = o.Listener.Addr().String()
	}
	host, _, err := net.SplitHostPort(listen)
	if err != nil { // without an issuer nobody asks for an address
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0")) //nolint:noctx // at once, or not at all
	if err != nil {
		return nil, fmt.Errorf("no canary can listen beside the mock issuer: %w", err)
	}
	return &canaries{
		birds: canary.New(fixtures.FixedKeys()), listener: listener,
		far: "http://" + reachable(listener.Addr().String(), o.Config.Issuer.URL),
	}, nil
}

// reachable is the address that the target has to use: where we listen on all
// interfaces, the host by which it knows the issuer.
func reachable(address, issuer string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if u, err := url.Parse(issuer); err == nil && net.ParseIP(host).IsUnspecified() {
		host = u.Hostname()
	}
	return net.JoinHostPort(host, port)
}

func (c *canaries) start() (stop func()) { return c.birds.Listen(c.listener) }

// close gives up canaries that were never started.
func (c *canaries) close() { _ = c.listener.Close() } // nothing was sent

// Canary sets up the canaries of one sending.
func (c *canaries) Canary(id string) map[string]string {
	c.birds.Set(id)
	near := c.near
	if near == "" {
		near = c.far
	}
	return map[string]string{
		"canary": near + canary.Path(id), "canary.host": hostOf(near),
		"canary.far": c.far + canary.Path(id), "canary.far.host": hostOf(c.far),
	}
}

// hostOf is the host of a URL, with its port.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// Hits are the requests that came to the canaries of a sending.
func (c *canaries) Hits(_ context.Context, id string) ([]run.CanaryHit, error) {
	var out []run.CanaryHit
	for _, hit := range c.birds.Hits(id) {
		out = append(out, run.CanaryHit(hit))
	}
	return out, nil
}
