package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/idp"
	"github.com/loggedout/loggedout/internal/run"
)

// A registration is a client of the target at one of its issuers.
type registration struct {
	issuer string // its name
	client idp.Client
	// logoutURL is where its logout tokens go. The mock issuer is not told: it
	// would send some of its own.
	logoutURL string
	// app is the name of the target.
	app string
}

// registrations are the clients of the places that a configuration has, and
// the base URL that their issuers share.
func registrations(c config.Config) (base string, all map[run.Place]registration, err error) {
	all = map[run.Place]registration{}
	for _, place := range run.Places() {
		at, there := c.At(place)
		if !there {
			continue
		}
		client, err := clientOf(at.Client)
		if err != nil {
			return "", nil, fmt.Errorf("the client %s: %w", at.Client.ID, err)
		}
		issuerBase, name, err := splitIssuer(at.Issuer.URL)
		if err != nil {
			return "", nil, err
		}
		if place == run.Home {
			base = issuerBase
		}
		if issuerBase != base {
			return "", nil, fmt.Errorf("the issuer %s of a further place: it must be below %s, as that of the run is: one mock issuer serves both", at.Issuer.URL, base)
		}
		client.WithoutSid = c.Issuer.WithoutSid
		all[place] = registration{name, client, at.Target.LogoutURL, at.Target.Name}
	}
	return base, all, nil
}

// clientOf is a client as the mock issuer registers it.
func clientOf(c config.Client) (idp.Client, error) {
	out := idp.Client{
		ID: c.ID, Secret: c.Secret, IDTokenSignedResponseAlg: c.Alg,
		IDTokenEncryptedResponseAlg: c.EncryptionAlg, IDTokenEncryptedResponseEnc: c.EncryptionEnc,
	}
	if c.JWKS == "" {
		return out, nil
	}
	if err := json.Unmarshal([]byte(c.JWKS), &out.JWKS); err != nil {
		return out, fmt.Errorf("jwks: want the text of a JWK set: %w", err)
	}
	return out, nil
}

// issuersOf are the issuers of all registrations, with their clients. The
// algorithm of the run is that of every issuer's first key.
func issuersOf(all map[run.Place]registration) []idp.IssuerOptions {
	var out []idp.IssuerOptions
	for _, place := range run.Places() {
		r, there := all[place]
		if !there {
			continue
		}
		n := slices.IndexFunc(out, func(o idp.IssuerOptions) bool { return o.Name == r.issuer })
		if n < 0 {
			n = len(out)
			out = append(out, idp.IssuerOptions{Name: r.issuer})
		}
		o := &out[n]
		register(o, r.client)
		for _, alg := range signing(r.client.IDTokenSignedResponseAlg) {
			if !slices.Contains(o.SigningAlgs, alg) {
				o.SigningAlgs = append(o.SigningAlgs, alg)
			}
		}
	}
	for n := range out {
		register(&out[n], idp.Client{ID: fixtures.OtherClient})
	}
	return out
}

// register adds a client, unless it is there: several places may share one.
func register(o *idp.IssuerOptions, c idp.Client) {
	if !slices.ContainsFunc(o.Clients, func(known idp.Client) bool { return known.ID == c.ID }) {
		o.Clients = append(o.Clients, c)
	}
}

// signing are the algorithms of the issuer's own keys.
func signing(alg string) []string {
	if strings.HasPrefix(alg, "HS") {
		return nil
	}
	return []string{alg}
}
