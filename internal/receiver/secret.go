package receiver

import "sync"

// secret is a MAC key that can be replaced while the receiver runs. The one before is worth nothing at once.
type secret struct {
	mu  sync.Mutex
	all [][]byte // the last one counts
}

func newSecret(key []byte) *secret { return &secret{all: [][]byte{append([]byte(nil), key...)}} }

func (s *secret) replace(key []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, append([]byte(nil), key...))
}

func (s *secret) current() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[len(s.all)-1]
}

// former are the keys that were replaced.
func (s *secret) former() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.all[:len(s.all)-1]...)
}
