package idp

import (
	"encoding/base64"
	"fmt"
	"io"
	"sync"
)

// identifierBytes is the entropy of every identifier that is drawn: sessions,
// sids, codes, tokens. Front-Channel Logout 1.0, section 5, asks for enough of
// it in a sid.
const identifierBytes = 24

// identifier draws an opaque identifier of printable ASCII.
func (s *Server) identifier() (string, error) {
	raw := make([]byte, identifierBytes)
	if _, err := io.ReadFull(s.options.Rand, raw); err != nil {
		return "", fmt.Errorf("draw an identifier: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// A lockedReader lets many goroutines read from one source.
type lockedReader struct {
	mu     sync.Mutex
	source io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.source.Read(p)
}
