// Package canary records who comes to an address that a hostile token pointed
// at. A token that names keys by an address of its own (jku, x5u, or a foreign
// iss) must never make a receiver go there: a canary stands at such an address,
// one for each token, and has an attacker's keys ready so that a receiver which
// comes and believes them is seen as well.
package canary

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/loggedout/loggedout/fixtures"
)

// Segment is the path segment in front of the name of a canary.
const Segment = "canary"

// Path is where the canary of a name stands.
func Path(id string) string { return "/" + Segment + "/" + id }

// A Hit is one request to a canary, or with an empty method a connection on
// which no HTTP was understood.
type Hit struct {
	Method, Path, From string
}

// A Canary is all canaries of a run. It is safe for concurrent use.
type Canary struct {
	bait bait

	mu    sync.Mutex
	birds map[string]*bird // by name
	order []string         // of names, oldest first
	// strays are hits that belong to no name; lost counts those that were
	// forgotten.
	strays []Hit
	lost   int
}

// A bird is one canary.
type bird struct {
	hits []Hit
	// since is how many strays there had been when it was set up; set tells
	// that it was.
	since int
	set   bool
}

// Bounds of what is remembered.
const (
	maxBirds  = 10_000
	maxHits   = 100 // of one canary
	maxStrays = 1_000
	maxShown  = 2_048 // of each text
)

// New makes canaries that show the keys of [fixtures.Rogue].
func New(keys fixtures.Keys) *Canary {
	return &Canary{bait: newBait(keys), birds: map[string]*bird{}}
}

// Set sets a canary up. Requests that come from then on and belong to no name
// are held against it: a receiver that was given no more than a host leaves the
// name out.
func (c *Canary) Set(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.bird(id)
	b.set, b.since = true, c.lost+len(c.strays)
}

// Hits are the requests that a canary got, oldest first.
func (c *Canary) Hits(id string) []Hit {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, there := c.birds[id]
	if !there {
		return nil
	}
	hits := slices.Clone(b.hits)
	if b.set {
		hits = append(hits, c.strays[max(b.since-c.lost, 0):]...)
	}
	return hits
}

// bird finds a canary or makes it, with the lock held.
func (c *Canary) bird(id string) *bird {
	b, there := c.birds[id]
	if !there {
		b = &bird{}
		c.birds[id] = b
		c.order = append(c.order, id)
		if len(c.order) > maxBirds {
			delete(c.birds, c.order[0])
			c.order = slices.Delete(c.order, 0, 1)
		}
	}
	return b
}

// ServeHTTP records a request and answers it.
func (c *Canary) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, base, rest := split(r.URL.Path)
	c.record(id, Hit{Method: cut(r.Method), Path: cut(r.RequestURI), From: host(r.RemoteAddr)})
	c.bait.serve(w, origin(r)+base, rest)
}

func (c *Canary) record(id string, hit Hit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != "" {
		if b := c.bird(id); len(b.hits) < maxHits {
			b.hits = append(b.hits, hit)
		}
		return
	}
	c.strays = append(c.strays, hit)
	if len(c.strays) > maxStrays {
		c.strays = slices.Delete(c.strays, 0, 1)
		c.lost++
	}
}

// split takes a path apart into the name of the canary, its base, and what was
// asked of it. A well-known document may stand in front of the base (RFC 8414,
// section 3.1) or behind it.
func split(path string) (id, base, rest string) {
	before, after, found := strings.Cut(path, "/"+Segment+"/")
	if !found {
		return "", "", strings.TrimPrefix(path, "/")
	}
	id, rest, _ = strings.Cut(after, "/")
	if strings.HasPrefix(before, "/.well-known/") {
		before, rest = "", strings.TrimPrefix(before, "/")
	}
	return cut(id), before + Path(id), rest
}

// origin is the one that was asked: whoever came here took it for the issuer's.
func origin(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host
}

func host(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return cut(address)
}

func cut(text string) string {
	if len(text) > maxShown {
		return text[:maxShown] + "…"
	}
	return text
}
