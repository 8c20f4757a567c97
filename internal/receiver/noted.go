package receiver

import "sync"

// noted is what a defect keeps about sessions, or about API tokens by the same kind of key.
type noted[V any] struct {
	mu sync.Mutex
	of map[sessionKey]V
}

func (n *noted[V]) get(key sessionKey) (V, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	v, ok := n.of[key]
	return v, ok
}

func (n *noted[V]) has(key sessionKey) bool {
	_, ok := n.get(key)
	return ok
}

// put notes a value where there is none yet, and says whether there was none.
func (n *noted[V]) put(key sessionKey, v V) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, there := n.of[key]; there {
		return false
	}
	if n.of == nil {
		n.of = map[sessionKey]V{}
	}
	n.of[key] = v
	return true
}

func (n *noted[V]) drop(key sessionKey) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.of, key)
}
