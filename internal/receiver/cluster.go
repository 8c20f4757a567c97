package receiver

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
)

// Cluster is a receiver of several nodes over one store, with an operator: nodes can be restarted, the store be taken
// down, a secret be replaced.
type Cluster struct {
	store *Store
	nodes []atomic.Pointer[Receiver]

	mu     sync.Mutex // one change at a time
	config Config
}

// NewCluster makes so many nodes of the same configuration. Its Store is shared; default one of the cluster's own.
func NewCluster(c Config, nodes int) (*Cluster, error) {
	if c.Store == nil {
		c.Store = NewStore()
	}
	c.Apps = slices.Clone(c.Apps)
	cluster := &Cluster{store: c.Store, nodes: make([]atomic.Pointer[Receiver], nodes), config: c}
	return cluster, cluster.Restart()
}

// Node serves as one of the nodes, whichever receiver it is at the time.
func (c *Cluster) Node(i int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.nodes[i].Load().ServeHTTP(w, r) })
}

// Restart starts every node anew: what was in its memory is lost, what is in the store is not.
func (c *Cluster) Restart() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.nodes {
		r, err := New(c.config)
		if err != nil {
			return err
		}
		c.nodes[i].Store(r)
	}
	return nil
}

// ReplaceSecret gives a shared-secret application another secret. The old one is worth nothing at once.
func (c *Cluster) ReplaceSecret(name string, key []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.config.Apps, func(a App) bool { return a.Name == name && a.SharedSecret != nil })
	if i < 0 {
		return fmt.Errorf("receiver: no application %q has a shared secret", name)
	}
	changed := *c.config.Apps[i].SharedSecret
	changed.Secret = key
	if err := changed.validate(); err != nil {
		return fmt.Errorf("receiver: app %q: %w", name, err)
	}
	c.config.Apps[i].SharedSecret = &changed
	for node := range c.nodes {
		c.nodes[node].Load().apps[name].secret.replace(key)
	}
	return nil
}
