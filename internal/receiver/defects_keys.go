package receiver

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func keyDefects() []Defect {
	return []Defect{
		{
			Name: "keys-never-refetched", Profiles: onlyOIDC, apply: neverRefetch,
			Wrong:  "The issuer's keys are read with the first logout token and never again, so tokens under a new key are refused.",
			Caught: []string{"key-rotate-new-kid", "key-removed", "key-jwks-mixed-entries", "key-jwks-garbage"},
		},
		{
			Name: "keys-only-appended", Profiles: onlyOIDC, spoil: onlyAppend,
			Wrong:  "Fetched keys are added to those that are known, and none is ever taken out.",
			Seen:   "CVE-2025-22149",
			Caught: []string{"key-removed"},
		},
		{
			Name: "keys-wiped-on-failure", Profiles: onlyOIDC, spoil: wipeOnFailure,
			Wrong:  "A fetch that fails empties the cache of keys, so nobody is logged out while the issuer is in trouble.",
			Seen:   "pyjwt#1162",
			Caught: []string{"key-jwks-down-known-kid"},
		},
		{
			Name: "open-while-keys-missing", Profiles: onlyOIDC, apply: failOpen,
			Wrong: "When the keys cannot be had, the token is believed without them.",
			Caught: []string{
				"key-jwks-down-unknown-kid", "key-jwks-garbage", "key-jwks-slow", "key-jwks-huge", "key-jwks-redirect",
			},
		},
		{
			Name: "unknown-kids-unlimited", Profiles: onlyOIDC, spoil: fetchForEvery,
			Wrong:  "Every token with an unknown kid has the keys fetched once more.",
			Seen:   "GHSA-fhv5-28vv-h8m8 (PyJWKClient)",
			Caught: []string{"key-unknown-kid-flood"},
		},
		{
			Name: "old-secrets-kept", Profiles: onlyShared, apply: keepOldSecrets,
			Wrong:  "After the secret was replaced the one before still verifies tokens, for ever.",
			Caught: []string{"key-secret-rotation"},
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

func onlyAppend(p *provider) {
	fetch := p.keys.fetch
	p.keys.fetch = func(ctx context.Context) ([]jose.JSONWebKey, error) {
		fresh, err := fetch(ctx)
		if err != nil {
			return nil, err
		}
		known, _, _ := p.keys.cached()
		for _, old := range known {
			if !holds(fresh, old.KeyID) {
				fresh = append(fresh, old)
			}
		}
		return fresh, nil
	}
}

func wipeOnFailure(p *provider) {
	fetch := p.keys.fetch
	p.keys.fetch = func(ctx context.Context) ([]jose.JSONWebKey, error) {
		fresh, err := fetch(ctx)
		if err != nil {
			p.keys.mu.Lock()
			p.keys.keys, p.keys.fetched = nil, time.Time{}
			p.keys.mu.Unlock()
		}
		return fresh, err
	}
}

// failOpen lets every error pass that is not about the token itself.
func failOpen(p *parts) {
	verify := p.verify
	p.verify = func(ctx context.Context, l *logout) error {
		err := verify(ctx, l)
		if _, tokensFault := errors.AsType[refusal](err); tokensFault || errors.Is(err, errSpent) {
			return err
		}
		return nil
	}
}

func fetchForEvery(p *provider) {
	const plenty = 1 << 30
	p.keys.times.Burst, p.keys.allowance = plenty, plenty
}

func keepOldSecrets(p *parts) {
	p.findKeys = func(_ context.Context, l *logout) ([]jose.JSONWebKey, error) {
		keys := []jose.JSONWebKey{{Key: l.app.secret.current()}}
		for _, old := range l.app.secret.former() {
			keys = append(keys, jose.JSONWebKey{Key: old})
		}
		return keys, nil
	}
}
