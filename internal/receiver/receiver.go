package receiver

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// maxBody bounds every request body, in bytes.
	maxBody = 64 << 10
	// requestLimit bounds the work on one logout request, key fetches included; below the 10 s senders commonly wait.
	requestLimit = 9 * time.Second
)

// Receiver serves the applications of a Config. It is safe for concurrent use.
type Receiver struct {
	apps map[string]*app
	// unknown answers for every name that is not in apps, so that all of them get the same answer.
	unknown *app
	store   *Store
	client  *http.Client
	clock   func() time.Time
	log     *slog.Logger

	randLock sync.Mutex
	rand     io.Reader
}

// app is one application with the parts that serve it.
type app struct {
	name      string
	profile   string
	algorithm string          // the only one accepted
	audience  string          // must be in aud
	requires  map[string]bool // claims that must be there
	issuer    string          // empty with a shared secret
	secret    *secret         // nil without a MAC
	oidc      *OIDC
	provider  *provider
	store     *Store
	sessions  *sessionStore
	replays   *replayMemory
	clock     func() time.Time
	parts     parts
}

// New makes a receiver. It makes no network call: discovery happens when an application is first used.
func New(c Config) (*Receiver, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	defect, err := defectNamed(c.Defect, c.Apps)
	if err != nil {
		return nil, err
	}
	variation, err := variationNamed(c.Variation, c.Apps)
	if err != nil {
		return nil, err
	}
	r := &Receiver{
		apps: map[string]*app{}, store: c.Store,
		client: withoutRedirects(c.Client), clock: c.Clock, log: c.Log, rand: c.Rand,
	}
	if r.store == nil {
		r.store = NewStore()
	}
	if r.clock == nil {
		r.clock = time.Now
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.rand == nil {
		r.rand = rand.Reader
	}
	providers := map[string]*provider{}
	for _, a := range c.Apps {
		r.apps[a.Name] = r.newApp(a, c.Keys, providers, variation, defect)
	}
	r.unknown = &app{parts: oidcParts(), clock: r.clock}
	variation.apply(&r.unknown.parts)
	defect.apply(&r.unknown.parts)
	return r, nil
}

func (r *Receiver) newApp(c App, keys KeyTimes, providers map[string]*provider, variation Variation, defect Defect) *app {
	a := &app{
		name: c.Name, requires: map[string]bool{}, clock: r.clock,
		store: r.store, sessions: r.store.sessions, replays: r.store.replaysOf(c.Name),
	}
	if c.OIDC != nil {
		a.useOIDC(*c.OIDC)
		if providers[a.issuer] == nil {
			providers[a.issuer] = newProvider(a.issuer, r.client, keys, r.clock)
			if defect.spoil != nil {
				defect.spoil(providers[a.issuer])
			}
		}
		a.provider = providers[a.issuer]
	} else {
		a.useSharedSecret(*c.SharedSecret)
	}
	if variation.appliesTo(a.profile) {
		variation.apply(&a.parts)
	}
	if defect.appliesTo(a.profile) {
		defect.apply(&a.parts)
	}
	return a
}

func (a *app) useOIDC(c OIDC) {
	a.profile, a.parts = ProfileOIDC, oidcParts()
	a.oidc, a.issuer, a.audience = &c, c.Issuer, c.ClientID
	a.algorithm = c.SigningAlg
	if a.algorithm == "" {
		a.algorithm = "RS256"
	}
	if a.algorithm == hmacAlg {
		a.secret, a.parts.findKeys = newSecret([]byte(c.ClientSecret)), ownSecret
	}
	// BCL 2.4 requires these; sub and sid have a rule of their own.
	for _, claim := range []string{"iss", "aud", "iat", "exp", "jti", "events"} {
		a.requires[claim] = true
	}
}

func (a *app) useSharedSecret(c SharedSecret) {
	a.profile, a.parts = ProfileSharedSecret, sharedSecretParts()
	a.algorithm, a.secret, a.audience = hmacAlg, newSecret(c.Secret), c.Audience
	if a.audience == "" {
		a.audience = a.name
	}
	if c.Issuer != "" {
		a.parts.checkIssuer = issuerNamed(c.Issuer)
	}
	if c.BanNonce {
		a.parts.checkNonce = noNonce
	}
	a.requires["sub"] = true
	for _, claim := range c.Requires {
		a.requires[claim] = true
	}
}

// ServeHTTP routes by hand: http.ServeMux answers unclean paths with a redirect, which a logout sender must not see.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	req.Body = http.MaxBytesReader(w, req.Body, maxBody)
	if name, ok := strings.CutPrefix(req.URL.Path, "/auth/logout"); ok && (name == "" || name[0] == '/') {
		ctx, cancel := context.WithTimeout(req.Context(), requestLimit)
		defer cancel()
		r.serveLogout(w, req.WithContext(ctx), strings.TrimPrefix(name, "/"))
		return
	}
	if req.URL.Path == "/" {
		r.serveIndex(w, req)
		return
	}
	if rest, ok := strings.CutPrefix(req.URL.Path, "/app/"); ok {
		name, page, _ := strings.Cut(rest, "/")
		if a := r.apps[name]; a != nil {
			r.servePage(w, req, a, page)
			return
		}
	}
	http.NotFound(w, req)
}

// random returns 256 random bits as text.
func (r *Receiver) random() (string, error) {
	var b [32]byte
	r.randLock.Lock()
	defer r.randLock.Unlock()
	if _, err := io.ReadFull(r.rand, b[:]); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
