package idp

import (
	"maps"
	"sync"
	"time"
)

// Stats counts what clients fetched, which shows who ever looked at an issuer.
type Stats struct {
	// Discovery and JWKS are the sums over all issuers.
	Discovery Fetches `json:"discovery"`
	JWKS      Fetches `json:"jwks"`
	// Issuers is by name.
	Issuers map[string]IssuerStats `json:"issuers"`
}

// IssuerStats counts what clients fetched from one issuer.
type IssuerStats struct {
	Discovery Fetches `json:"discovery"`
	JWKS      Fetches `json:"jwks"`
}

// Fetches counts fetches of one document.
type Fetches struct {
	Total int       `json:"total"`
	Last  time.Time `json:"last,omitzero"`
	// Clients is by client address, without the port. When there are too many,
	// the rest is counted under an empty address.
	Clients map[string]ClientFetches `json:"clients,omitempty"`
}

// ClientFetches counts the fetches of one client address.
type ClientFetches struct {
	Total int       `json:"total"`
	Last  time.Time `json:"last"`
}

// maxAddresses bounds the client addresses that are told apart.
const maxAddresses = 256

// Stats says who fetched what.
func (s *Server) Stats() Stats {
	out := Stats{Issuers: map[string]IssuerStats{}}
	for _, i := range s.allIssuers() {
		one := IssuerStats{Discovery: i.discovery.read(), JWKS: i.jwks.read()}
		out.Issuers[i.name] = one
		out.Discovery.add(one.Discovery)
		out.JWKS.add(one.JWKS)
	}
	return out
}

func (f *Fetches) add(more Fetches) {
	f.Total += more.Total
	f.Last = latest(f.Last, more.Last)
	for address, c := range more.Clients {
		f.count(address, c.Total, c.Last)
	}
}

func (f *Fetches) count(address string, n int, at time.Time) {
	if f.Clients == nil {
		f.Clients = map[string]ClientFetches{}
	}
	if _, known := f.Clients[address]; !known && len(f.Clients) >= maxAddresses {
		address = ""
	}
	c := f.Clients[address]
	f.Clients[address] = ClientFetches{Total: c.Total + n, Last: latest(c.Last, at)}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// fetches is a counter for concurrent use.
type fetches struct {
	mu   sync.Mutex
	seen Fetches
}

func (f *fetches) count(address string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen.Total++
	f.seen.Last = latest(f.seen.Last, at)
	f.seen.count(address, 1, at)
}

func (f *fetches) read() Fetches {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.seen
	out.Clients = maps.Clone(out.Clients)
	return out
}

func (f *fetches) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = Fetches{}
}
