package idp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/loggedout/loggedout/fixtures"
)

// A Delivery is one attempt to bring a token to a receiver.
type Delivery struct {
	ID   int64     `json:"id"`
	Time time.Time `json:"time"` // of the base clock
	// Issuer is the name of the issuer that sends.
	Issuer   string `json:"issuer"`
	ClientID string `json:"client_id,omitempty"`
	Sub      string `json:"sub,omitempty"`
	Sid      string `json:"sid,omitempty"`
	Case     string `json:"case,omitempty"`
	URL      string `json:"url"`
	// Token is the token as it was sent. The signature of one that was made
	// with a client's secret is left out.
	Token string `json:"token"`
	JTI   string `json:"jti,omitempty"`
	// Attempt counts the attempts at one token, from 1.
	Attempt int `json:"attempt"`
	// Status is that of the answer; zero when there was none.
	Status int         `json:"status"`
	Header http.Header `json:"headers,omitempty"`
	// Body is the beginning of the answer's body.
	Body      string  `json:"body"`
	Truncated bool    `json:"truncated,omitempty"`
	Latency   float64 `json:"latency_ms"`
	// Error says why there was no answer.
	Error string `json:"error,omitempty"`
}

// Deliveries lists the newest attempts, oldest first.
func (s *Server) Deliveries() []Delivery {
	return s.deliveries.all(func(Delivery) bool { return true })
}

// ClearDeliveries empties the list. Numbers go on.
func (s *Server) ClearDeliveries() { s.deliveries.clear() }

// A DeliveryRequest says what to send and where.
type DeliveryRequest struct {
	// Issuer is the issuer's name.
	Issuer string `json:"issuer,omitempty"`
	MintRequest
	// Token is sent as it is, in place of one that is minted.
	Token string `json:"token,omitempty"`
	// URL is where it goes. Empty: the client's logout URI.
	URL string `json:"url,omitempty"`
}

// Deliver sends any token, valid or hostile, once, and returns what the
// receiver said. No session is touched. An error means that nothing could be
// sent; a receiver that does not answer is no error.
func (s *Server) Deliver(ctx context.Context, q DeliveryRequest) (Delivery, error) {
	i, err := s.issuer(q.Issuer)
	if err != nil {
		return Delivery{}, err
	}
	p := parcel{issuer: i.name, clientID: q.ClientID, sub: q.Sub, sid: q.Sid, name: q.Case, url: q.URL}
	if q.Token != "" {
		if q.Case != "" || q.Recipe != nil {
			return Delivery{}, errors.New("deliver: give a token, a case or a recipe, and only one of them")
		}
		p.token = q.Token
		p.shown = elided(q.Token)
	} else {
		made, err := i.make(q.MintRequest)
		if err != nil {
			return Delivery{}, err
		}
		p.take(made)
	}
	if p.url == "" {
		c, _ := i.client(p.clientID)
		p.url = c.BackchannelLogoutURI
	}
	if p.url == "" {
		return Delivery{}, fmt.Errorf("deliver: the client %q has no backchannel_logout_uri: register one, or give a url", p.clientID)
	}
	if u, err := url.Parse(p.url); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return Delivery{}, fmt.Errorf("deliver: %q is not an absolute http or https URL", p.url)
	}
	return s.attempt(ctx, p, 1), nil
}

// A parcel is a token on its way to a receiver.
type parcel struct {
	issuer, clientID, sub, sid, name string
	url                              string
	token, shown, jti                string
}

func (p *parcel) take(m minted) {
	p.clientID, p.sub, p.sid = m.client.ID, m.sub, m.sid
	p.token, p.shown, p.jti = m.token.Wire, m.token.Shown(m.token.Wire), m.token.JTI
}

// tell delivers a logout token for one client's part in a session.
func (s *Server) tell(ctx context.Context, i *issuer, sub string, login Login) Delivery {
	c, _ := i.client(login.ClientID)
	recipe := fixtures.Valid()
	if login.WithoutSid {
		recipe = fixtures.ValidSubOnly()
	}
	p := parcel{issuer: i.name, clientID: c.ID, sub: sub, sid: login.Sid, url: c.BackchannelLogoutURI}
	env := i.env(c)
	env.Sub, env.Sid = sub, login.Sid
	made, err := fixtures.Mint(recipe, env)
	if err != nil {
		return s.noted(p, Delivery{Attempt: 1, Error: err.Error()})
	}
	p.take(minted{token: made, client: c, sub: sub, sid: login.Sid})
	return s.persist(ctx, p)
}

// noted records an attempt.
func (s *Server) noted(p parcel, d Delivery) Delivery {
	d.Issuer, d.ClientID, d.Sub, d.Sid, d.Case = p.issuer, p.clientID, p.sub, p.sid, p.name
	d.URL, d.Token, d.JTI = p.url, p.shown, p.jti
	if d.Time.IsZero() {
		d.Time = s.wall()
	}
	return s.deliveries.add(func(id int64) Delivery {
		d.ID = id
		return d
	})
}

// elided is a token that somebody brought, without its signature when that may
// have been made with a live secret.
func elided(token string) string {
	header, _, _ := strings.Cut(token, ".")
	if alg := headerAlg(header); symmetric(alg) {
		return cut(token)
	}
	return token
}

// cut replaces the signature of a token.
func cut(token string) string {
	if n := strings.LastIndexByte(token, '.'); n >= 0 {
		return token[:n] + ".(signature not shown)"
	}
	return "(token not shown)"
}
