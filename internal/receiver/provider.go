package receiver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

var errSpent = errors.New("too many unknown key ids lately: the issuer is not asked for this one")

var errPaused = errors.New("the issuer was asked a moment ago: waiting before the next try")

// provider is what is known of one issuer: its metadata and its keys, fetched when first needed.
type provider struct {
	issuer string
	client *http.Client
	clock  func() time.Time
	keys   *keySet
	read   func([]byte) ([]jose.JSONWebKey, error) // the JWKS

	flight flight[*metadata]
	mu     sync.Mutex
	known  *metadata
	failed time.Time
}

// metadata is the part of a discovery document that a relying party needs (Discovery 3).
type metadata struct {
	authorization, token, jwks string
	revocation                 string // empty: the issuer has none
	secretInForm               bool   // the token endpoint takes the client secret in the form and not by Basic
}

func newProvider(issuer string, client *http.Client, t KeyTimes, clock func() time.Time) *provider {
	p := &provider{issuer: issuer, client: client, clock: clock, read: readKeys}
	p.keys = newKeySet(p.fetchKeys, t, clock)
	return p
}

// keysFor returns the keys that may have signed a token with this kid (or without one) and algorithm.
func (p *provider) keysFor(ctx context.Context, kid string, present bool, alg string) ([]jose.JSONWebKey, error) {
	return p.keys.find(ctx, kid, present, alg)
}

func (p *provider) fetchKeys(ctx context.Context) ([]jose.JSONWebKey, error) {
	m, err := p.metadata(ctx)
	if err != nil {
		return nil, err
	}
	body, err := fetch(ctx, p.client, m.jwks)
	if err != nil {
		return nil, err
	}
	return p.read(body)
}

// metadata is fetched once; failures are tried again after a pause.
func (p *provider) metadata(ctx context.Context) (*metadata, error) {
	p.mu.Lock()
	known := p.known
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	return p.flight.do(ctx, p.discover)
}

func (p *provider) discover(ctx context.Context) (*metadata, error) {
	p.mu.Lock()
	failed := p.failed
	p.mu.Unlock()
	if !failed.IsZero() && p.clock().Sub(failed) < p.keys.times.Pause {
		return nil, errPaused
	}
	m, err := p.fetchMetadata(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed = p.clock()
		return nil, err
	}
	p.known = m
	return m, nil
}

// fetchMetadata reads the discovery document, which must name the issuer it was asked for (Discovery 4.3).
func (p *provider) fetchMetadata(ctx context.Context) (*metadata, error) {
	url := strings.TrimSuffix(p.issuer, "/") + "/.well-known/openid-configuration"
	body, err := fetch(ctx, p.client, url)
	if err != nil {
		return nil, err
	}
	doc, err := strictObject(body)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", url, err)
	}
	if doc["issuer"] != p.issuer {
		return nil, fmt.Errorf("reading %s: the document is of another issuer than %s", url, p.issuer)
	}
	m := &metadata{secretInForm: onlyPost(doc["token_endpoint_auth_methods_supported"])}
	for name, where := range map[string]*string{
		"authorization_endpoint": &m.authorization,
		"token_endpoint":         &m.token, "jwks_uri": &m.jwks,
	} {
		*where, _ = doc[name].(string)
		if !strings.HasPrefix(*where, "https://") && !strings.HasPrefix(*where, "http://") {
			return nil, fmt.Errorf("reading %s: %s is not a URL", url, name)
		}
	}
	if where, _ := doc["revocation_endpoint"].(string); strings.HasPrefix(where, "https://") || strings.HasPrefix(where, "http://") {
		m.revocation = where
	}
	return m, nil
}

// onlyPost: client_secret_basic is the default, so it is used unless the issuer lists its methods without it.
func onlyPost(methods any) bool {
	list, _ := methods.([]any)
	post := false
	for _, method := range list {
		if method == "client_secret_basic" {
			return false
		}
		post = post || method == "client_secret_post"
	}
	return post
}
