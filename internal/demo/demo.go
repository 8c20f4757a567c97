// Package demo is the embedded default: the reference receiver, served on a
// free port, and the configuration that aims at it.
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

// Secret is the shared secret of the demo. It is public.
const Secret = "the-public-secret-of-the-demo-receiver"

// appName is the application's name in the receiver's routes.
const appName = "demo"

// Options vary the receiver.
type Options struct {
	Profile run.Profile
	// Defect makes the receiver wrong in one way; empty: it is correct.
	Defect string
	// Variation makes it differ in one way that the texts allow; empty: it is the
	// reference.
	Variation string
	// Wrap stands before the receiver, if set.
	Wrap  func(http.Handler) http.Handler
	Clock func() time.Time
}

// Demo is a running receiver.
type Demo struct {
	// Config aims at it.
	Config config.Config
	// Issuer is where the mock issuer has to listen; nil for a profile without.
	Issuer net.Listener
	stop   func()
}

// Close stops the receiver.
func (d *Demo) Close() { d.stop() }

// Start serves the reference receiver on the loopback interface.
func Start(ctx context.Context, o Options) (*Demo, error) {
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the reference receiver: %w", err)
	}
	d := &Demo{Config: config.Default()}
	base := "http://" + listener.Addr().String()
	app := receiver.App{Name: appName}
	c := &d.Config
	c.Profile = o.Profile
	c.Run.Workers = 8
	c.Target.Name = "reference receiver"
	c.Target.LogoutURL = base + "/auth/logout/" + appName
	c.Target.Probe.URL = base + "/app/" + appName + "/me"
	if o.Profile == run.SharedSecret {
		c.Client.ID, c.Secret.Text = appName, Secret
		c.Target.Login.Request = &config.Request{
			Method: http.MethodPost, URL: base + "/app/" + appName + "/login", Form: map[string]string{"uid": "{{.Sub}}"},
		}
		app.SharedSecret = &receiver.SharedSecret{Secret: []byte(Secret)}
	} else {
		if d.Issuer, err = listening.Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
			_ = listener.Close() // the other error is the one to tell
			return nil, fmt.Errorf("find a port for the mock issuer: %w", err)
		}
		c.Issuer.Listen = d.Issuer.Addr().String()
		c.Issuer.URL = "http://" + c.Issuer.Listen + "/default"
		c.Target.Login.URL = base + "/app/" + appName + "/login"
		app.OIDC = &receiver.OIDC{
			Issuer: c.Issuer.URL, ClientID: c.Client.ID, ClientSecret: c.Client.Secret, BaseURL: base,
		}
	}
	r, err := receiver.New(receiver.Config{Apps: []receiver.App{app}, Defect: o.Defect, Variation: o.Variation, Clock: o.Clock})
	if err != nil {
		_ = listener.Close() // the other error is the one to tell
		return nil, err
	}
	var handler http.Handler = r
	if o.Wrap != nil {
		handler = o.Wrap(r)
	}
	server := receiver.NewServer(handler)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // ends when it is closed
	}()
	d.stop = func() {
		_ = server.Close() // nothing is left to be lost
		<-ended
	}
	return d, nil
}
