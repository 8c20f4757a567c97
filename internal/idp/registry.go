package idp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// maxEntries bounds the clients and the users of an issuer.
const maxEntries = 10_000

// ErrUnknown says that what was asked for is not there.
var ErrUnknown = errors.New("not found")

// A registry holds the clients and users of an issuer.
type registry struct {
	mu      sync.RWMutex
	clients map[string]Client
	users   map[string]User
	names   []string // of users, in the order they came
}

// load replaces everything by what the options say.
func (g *registry) load(o IssuerOptions) error {
	fresh := registry{clients: map[string]Client{}, users: map[string]User{}}
	for _, c := range o.Clients {
		if _, twice := fresh.clients[c.ID]; twice {
			return fmt.Errorf("client %s is listed twice", c.ID)
		}
		if err := fresh.putClient(c); err != nil {
			return err
		}
	}
	for _, u := range o.Users {
		if _, twice := fresh.users[u.Sub]; twice {
			return fmt.Errorf("user %s is listed twice", u.Sub)
		}
		if err := fresh.putUser(u); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clients, g.users, g.names = fresh.clients, fresh.users, fresh.names
	return nil
}

// client gives a client, and for an unknown id one about which nothing is
// known but the id.
func (g *registry) client(id string) (c Client, known bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if c, known = g.clients[id]; known {
		return c, true
	}
	return Client{ID: id}, false
}

func (g *registry) putClient(c Client) error {
	if err := c.check(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, there := g.clients[c.ID]; !there && len(g.clients) >= maxEntries {
		return errFull
	}
	g.clients[c.ID] = c
	return nil
}

func (g *registry) deleteClient(id string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.clients[id]; !ok {
		return fmt.Errorf("client %s: %w", id, ErrUnknown)
	}
	delete(g.clients, id)
	return nil
}

func (g *registry) allClients() []Client {
	g.mu.RLock()
	defer g.mu.RUnlock()
	out := make([]Client, 0, len(g.clients))
	for _, c := range g.clients {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Client) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// algs are the algorithms that the clients ask for, without repetition.
func (g *registry) algs() []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var out []string
	for _, c := range g.clients {
		if alg := c.IDTokenSignedResponseAlg; alg != "" && !slices.Contains(out, alg) {
			out = append(out, alg)
		}
	}
	slices.Sort(out)
	return out
}

func (g *registry) user(sub string) (u User, known bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if u, known = g.users[sub]; known {
		return u, true
	}
	return stranger(sub), false
}

func (g *registry) putUser(u User) error {
	if err := u.check(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, there := g.users[u.Sub]; !there {
		if len(g.users) >= maxEntries {
			return errFull
		}
		g.names = append(g.names, u.Sub)
	}
	g.users[u.Sub] = u
	return nil
}

func (g *registry) deleteUser(sub string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.users[sub]; !ok {
		return fmt.Errorf("user %s: %w", sub, ErrUnknown)
	}
	delete(g.users, sub)
	g.names = slices.DeleteFunc(g.names, func(name string) bool { return name == sub })
	return nil
}

func (g *registry) allUsers() []User {
	g.mu.RLock()
	defer g.mu.RUnlock()
	out := make([]User, 0, len(g.names))
	for _, name := range g.names {
		out = append(out, g.users[name])
	}
	return out
}

// Clients lists an issuer's clients.
func (s *Server) Clients(issuer string) ([]Client, error) {
	i, err := s.issuer(issuer)
	if err != nil {
		return nil, err
	}
	return i.allClients(), nil
}

// PutClient registers a client, or replaces what is registered.
func (s *Server) PutClient(issuer string, c Client) error {
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	return i.putClient(c)
}

// DeleteClient forgets a client. Unless the issuer is strict, it is then served
// like any that is not known.
func (s *Server) DeleteClient(issuer, id string) error {
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	return i.deleteClient(id)
}

// Users lists an issuer's users in the order they came.
func (s *Server) Users(issuer string) ([]User, error) {
	i, err := s.issuer(issuer)
	if err != nil {
		return nil, err
	}
	return i.allUsers(), nil
}

// PutUser adds a user, or replaces the claims.
func (s *Server) PutUser(issuer string, u User) error {
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	return i.putUser(u)
}

// DeleteUser forgets a user. Sessions go on.
func (s *Server) DeleteUser(issuer, sub string) error {
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	return i.deleteUser(sub)
}
