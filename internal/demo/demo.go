// Package demo is the embedded default: the reference receiver, served on free
// ports, and the configuration that aims at all of it.
package demo

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/receiver"
	"github.com/loggedout/loggedout/internal/run"
)

// Secret is the shared secret of the demo, and SecondSecret that of its second
// account. They are public.
const (
	Secret       = "the-public-secret-of-the-demo-receiver"
	SecondSecret = "the-public-secret-of-the-second-account"
)

// keyTimes are short, so that a run need not wait long for keys to change, and
// sees the target ask for keys in one exchange right after the other.
var keyTimes = receiver.KeyTimes{Fresh: 250 * time.Millisecond, Pause: 5 * time.Millisecond, Burst: 5, Refill: 25 * time.Millisecond}

// Options vary the receiver.
type Options struct {
	Profile run.Profile
	// Defect makes the receiver wrong in one way; empty: it is correct.
	Defect string
	// Variation makes it differ in one way that the texts allow; empty: it is the
	// reference.
	Variation string
	// Alg is the signature algorithm that its clients are registered for, under
	// the profiles with an issuer. Empty: RS256.
	Alg string
	// Strict asks for the claims of a logout token of OpenID Connect under the
	// shared-secret profile as well, and says so; else sub is enough there.
	Strict bool
	// Wrap stands before the receiver, if set.
	Wrap  func(http.Handler) http.Handler
	Clock func() time.Time
	// Load has the receiver ask for the keys of unknown tokens as seldom as it
	// does by default, so that a flood costs the issuer little.
	Load bool
}

// Demo is a running receiver.
type Demo struct {
	// Config aims at it.
	Config config.Config
	// Issuer is where the mock issuer has to listen; nil for a profile without.
	Issuer net.Listener
	serving
}

// Close stops the receiver.
func (d *Demo) Close() { d.close() }

// Start serves the reference receiver on the loopback interface: two nodes of
// it, and the operator's face.
func Start(ctx context.Context, o Options) (_ *Demo, err error) {
	d := &Demo{Config: config.Default()}
	defer func() {
		if err == nil {
			return
		}
		if d.close(); d.Issuer != nil {
			_ = d.Issuer.Close() // the other error is the one to tell
		}
	}()
	if err := d.listen(ctx); err != nil {
		return nil, fmt.Errorf("serve the reference receiver: %w", err)
	}
	d.aim(o)
	var apps []receiver.App
	if o.Profile == run.SharedSecret {
		apps = d.accounts(o.Strict)
	} else if apps, err = d.clients(ctx, o); err != nil {
		return nil, err
	}
	times := keyTimes
	if o.Load {
		times.Refill = 0 // the default
	}
	cluster, err := receiver.NewCluster(receiver.Config{Apps: apps, Defect: o.Defect, Variation: o.Variation, Clock: o.Clock, Keys: times}, 2)
	if err != nil {
		return nil, err
	}
	for i, listener := range []net.Listener{d.home, d.replica} {
		node := cluster.Node(i)
		if o.Wrap != nil {
			node = o.Wrap(node)
		}
		d.serve(listener, node)
	}
	d.serve(d.operator, cluster.Control(appName))
	return d, nil
}

// aim fills in what holds under every profile.
func (d *Demo) aim(o Options) {
	c := &d.Config
	c.Profile = o.Profile
	c.Run.Workers = 8
	c.Declares.KeyCache = run.Duration(keyTimes.Fresh)
	home := d.app(appName)
	c.Target.Name = "reference receiver"
	c.Target.LogoutURL, c.Target.Probe = home.LogoutURL, home.Probe
	c.Target.Replicas = []string{at(d.replica)}
	c.Target.Surfaces = map[string]config.Probe{}
	for name, path := range map[string]string{"api": "api/me", "events": "events", "token": "api/token/me"} {
		c.Target.Surfaces[name] = d.probe(appName, path)
	}
	c.Target.Hooks = config.Hooks{
		Restart:   at(d.operator) + "/restart",
		StoreDown: at(d.operator) + "/store/down",
		StoreUp:   at(d.operator) + "/store/up",
	}
}

// app is an application of the receiver, but for its login.
func (d *Demo) app(name string) config.App {
	return config.App{LogoutURL: at(d.home) + "/auth/logout/" + name, Probe: d.probe(name, "me")}
}

func (d *Demo) probe(name, path string) config.Probe {
	return config.Probe{URL: d.page(name, path), Alive: d.Config.Target.Probe.Alive}
}

// page is a page of an application.
func (d *Demo) page(name, path string) string { return at(d.home) + "/app/" + name + "/" + path }

func at(listener net.Listener) string { return "http://" + listener.Addr().String() }
