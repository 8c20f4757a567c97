package receiver

import (
	"context"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

func keyDefects() []Defect {
	return []Defect{
		{
			Name: "keys-never-refetched", Profiles: onlyOIDC, apply: neverRefetch,
			Wrong:  "The issuer's keys are read with the first logout token and never again, so tokens under a new key are refused.",
			Caught: []string{"key-rotate-new-kid"},
		},
	}
}

// neverRefetch keeps the keys that were published when the first token came. Logins still find new keys, as in an
// application whose login library does its own fetching.
func neverRefetch(p *parts) {
	var mu sync.Mutex
	var kept []jose.JSONWebKey
	p.findKeys = func(ctx context.Context, l *logout) ([]jose.JSONWebKey, error) {
		kid, present, err := keyID(l.token.header)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		if kept == nil {
			if kept, err = l.app.provider.keys.current(ctx); err != nil {
				return nil, err
			}
		}
		return fitting(kept, kid, present, l.app.algorithm), nil
	}
}
