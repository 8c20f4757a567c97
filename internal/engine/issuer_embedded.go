package engine

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/canary"
	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/idp"
	"github.com/loggedout/loggedout/internal/run"
)

// embedded is a mock issuer in this process, which serves every issuer that
// the target trusts.
type embedded struct {
	*canaries
	server   *idp.Server
	listener net.Listener
	places   map[run.Place]registration
}

func newEmbedded(o Options) (*embedded, error) {
	base, all, err := registrations(o.Config)
	if err != nil {
		return nil, err
	}
	birds, err := newCanaries(o)
	if err != nil {
		return nil, err
	}
	birds.near = base
	e := &embedded{canaries: birds, places: all}
	e.server, err = idp.New(idp.Options{
		BaseURL: base, Issuers: issuersOf(all), Clock: o.Clock,
		Mount: map[string]http.Handler{canary.Segment: birds.birds},
	})
	if err == nil {
		e.listener, err = listenerOf(o)
	}
	if err != nil {
		birds.close()
		return nil, err
	}
	return e, nil
}

// home is the name of the issuer of the run.
func (e *embedded) home() string { return e.places[run.Home].issuer }

func (e *embedded) at(place run.Place) (registration, error) {
	r, there := e.places[place]
	if !there {
		return r, fmt.Errorf("%s: %w", place, errNoPlace)
	}
	return r, nil
}

func (e *embedded) url() string { return e.server.IssuerURL(e.home()) }

func (e *embedded) start() (stop func()) {
	server := &http.Server{
		Handler:           e.server.Protocol(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	stopCanaries := e.canaries.start()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(e.listener) // ends when it is closed below
	}()
	return func() {
		_ = server.Close() // nothing is left to be lost
		<-ended
		e.server.Close()
		stopCanaries()
	}
}

// Session looks for the newest login: a user may have several sessions, and log
// in again in an older one.
func (e *embedded) Session(_ context.Context, place run.Place, sub string) (exchange.Session, error) {
	at, err := e.at(place)
	if err != nil {
		return exchange.Session{}, err
	}
	var newest idp.Login
	for _, session := range e.server.SessionsOf(at.issuer, sub) {
		if login, ok := session.Login(at.client.ID); ok && !login.Time.Before(newest.Time) {
			newest = login
		}
	}
	if newest.ClientID == "" {
		return exchange.Session{}, fmt.Errorf("the target came back from the issuer without an ID token for %s: does it use the client id %q and redeem the code?", sub, at.client.ID)
	}
	out := exchange.Session{Sub: sub, Sid: newest.Sid, Nonce: newest.Nonce, IDToken: newest.IDToken, Place: place}
	if newest.WithoutSid {
		out.Sid = ""
	}
	return out, nil
}

func (e *embedded) Mint(_ context.Context, by run.Place, r fixtures.Recipe, about exchange.Session, values map[string]string) (fixtures.Token, error) {
	at, err := e.at(by)
	if err != nil {
		return fixtures.Token{}, err
	}
	vars := map[string]string{
		"id_token": about.IDToken, "other_client": fixtures.OtherClient, "logout_url": at.logoutURL,
	}
	maps.Copy(vars, values)
	return e.server.Mint(at.issuer, idp.MintRequest{
		Recipe: &r, ClientID: at.client.ID, Sub: about.Sub, Sid: about.Sid, Nonce: about.Nonce, Vars: vars,
	})
}

func (e *embedded) Foresee(_ context.Context, place run.Place, sub string, wish exchange.Wish) error {
	at, err := e.at(place)
	if err != nil {
		return err
	}
	return e.server.Foresee(at.issuer, at.client.ID, sub, idp.Wish(wish))
}

func (e *embedded) Hold(_ context.Context, place run.Place, sub string) (<-chan struct{}, func(), error) {
	at, err := e.at(place)
	if err != nil {
		return nil, nil, err
	}
	return e.server.Hold(at.issuer, at.client.ID, sub)
}

func (e *embedded) Refresh(_ context.Context, place run.Place, about exchange.Session) (run.RefreshToken, error) {
	at, err := e.at(place)
	if err != nil {
		return run.RefreshToken{}, err
	}
	return run.RefreshToken(e.server.RefreshState(at.issuer, at.client.ID, about.Sub, about.Nonce)), nil
}
