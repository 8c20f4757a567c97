package idp

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/loggedout/loggedout/fixtures"
)

// A Server is a mock identity provider. It is safe for concurrent use.
type Server struct {
	options    Options
	basePath   string // the path of the base URL, with a slash in front, or empty
	recipes    map[string]fixtures.Recipe
	clock      clock
	deliveries *ring[Delivery]
	requests   *ring[Request]

	mu       sync.RWMutex
	issuers  map[string]*issuer
	onDemand int
}

// New makes a server. It listens nowhere: its faces are handlers.
func New(o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("mock issuer: %w", err)
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("mock issuer: base URL: %w", err)
	}
	s := &Server{
		options:    o,
		basePath:   base.Path,
		recipes:    maps.Clone(o.Recipes),
		clock:      clock{base: o.Clock},
		deliveries: newRing[Delivery](o.Limits.Deliveries),
		requests:   newRing[Request](o.Limits.Requests),
		issuers:    map[string]*issuer{},
	}
	for _, options := range o.Issuers {
		if _, twice := s.issuers[options.Name]; twice {
			return nil, fmt.Errorf("mock issuer: the issuer %q is listed twice", options.Name)
		}
		i, err := s.newIssuer(options)
		if err != nil {
			return nil, fmt.Errorf("mock issuer: %w", err)
		}
		s.issuers[options.Name] = i
	}
	return s, nil
}

// Close gives up the connections that deliveries left open.
func (s *Server) Close() { s.options.Delivery.Client.CloseIdleConnections() }

// IssuerURL is the URL of an issuer, the iss of its tokens.
func (s *Server) IssuerURL(name string) string {
	if name == "" {
		return s.options.BaseURL
	}
	return s.options.BaseURL + "/" + name
}

// Issuers names the issuers there are.
func (s *Server) Issuers() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.issuers))
}

// Reset brings everything back to how it was at the start: no sessions, the
// clients, users and keys of the options, nothing recorded, the clock running.
func (s *Server) Reset() error {
	for _, i := range s.allIssuers() {
		if err := i.reset(); err != nil {
			return fmt.Errorf("reset the issuer %q: %w", i.name, err)
		}
	}
	s.deliveries.clear()
	s.requests.clear()
	s.clock.reset()
	s.options.Log.Info("everything was reset")
	return nil
}

// issuer gives an issuer by its name, and makes it when that is allowed. An
// empty name is the root issuer where there is one, else the issuer default.
func (s *Server) issuer(name string) (*issuer, error) {
	s.mu.RLock()
	i, ok := s.issuers[name]
	s.mu.RUnlock()
	if ok {
		return i, nil
	}
	if name == "" {
		return s.issuer(defaultIssuer)
	}
	return s.makeIssuer(name)
}

func (s *Server) makeIssuer(name string) (*issuer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, ok := s.issuers[name]; ok {
		return i, nil
	}
	if s.options.OnlyListed {
		return nil, fmt.Errorf("issuer %q: %w: only the configured issuers are served", name, ErrUnknown)
	}
	if s.onDemand >= s.options.Limits.Issuers {
		return nil, fmt.Errorf("issuer %q: %w: %d issuers were made on demand, and no more are", name, ErrUnknown, s.onDemand)
	}
	i, err := s.newIssuer(IssuerOptions{Name: name})
	if err != nil {
		return nil, err
	}
	s.issuers[name] = i
	s.onDemand++
	return i, nil
}

// existing gives an issuer that is there already.
func (s *Server) existing(name string) (*issuer, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, ok := s.issuers[name]
	if !ok && name == "" {
		i, ok = s.issuers[defaultIssuer]
	}
	return i, ok
}

func (s *Server) allIssuers() []*issuer {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]*issuer, 0, len(s.issuers))
	for _, name := range slices.Sorted(maps.Keys(s.issuers)) {
		out = append(out, s.issuers[name])
	}
	return out
}

// Protocol is the face that browsers and clients see.
func (s *Server) Protocol() http.Handler { return http.HandlerFunc(s.serveProtocol) }

// secure reports whether browsers reach the server by https.
func (s *Server) secure() bool { return strings.HasPrefix(s.options.BaseURL, "https:") }
