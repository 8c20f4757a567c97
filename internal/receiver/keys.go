package receiver

import (
	"context"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keysFresh is how long fetched keys are used without asking again: a removed key works no longer than this.
	keysFresh = time.Minute
	// keysStale is how long they serve while the issuer's JWKS cannot be fetched.
	keysStale = time.Hour
	// Tokens with unknown kids cause at most kidBurst fetches at once and one more every kidRefill; a fetch that finds
	// the kid is not counted. In one minute that is 9 fetches for a flood of made-up kids, and a rotation right after
	// some of them still works at once.
	kidBurst  = 6
	kidRefill = 20 * time.Second
)

// keySet caches one issuer's signature keys.
type keySet struct {
	fetch  func(context.Context) ([]jose.JSONWebKey, error)
	clock  func() time.Time
	flight flight[[]jose.JSONWebKey]

	mu        sync.Mutex
	keys      []jose.JSONWebKey
	fetched   time.Time // zero: never
	failed    time.Time // zero: the last fetch worked
	allowance int
	refilled  time.Time
}

func newKeySet(fetch func(context.Context) ([]jose.JSONWebKey, error), clock func() time.Time) *keySet {
	return &keySet{fetch: fetch, clock: clock, allowance: kidBurst}
}

// find returns the keys a token may be signed with: those with its kid, or all without one, that fit the algorithm.
// An unfamiliar kid makes it look at the issuer again (CORE 10.1.1).
func (k *keySet) find(ctx context.Context, kid string, present bool, alg string) ([]jose.JSONWebKey, error) {
	keys, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	if present && !holds(keys, kid) {
		keys, err = k.flight.do(ctx, func(ctx context.Context) ([]jose.JSONWebKey, error) {
			return k.refetchFor(ctx, kid)
		})
		if err != nil {
			return nil, err
		}
	}
	return fitting(keys, kid, present, alg), nil
}

// current returns fresh keys, or stale ones while the issuer is in trouble: its outage logs nobody in or out, and must
// not keep the logouts of known keys from working.
func (k *keySet) current(ctx context.Context) ([]jose.JSONWebKey, error) {
	if keys, age, ok := k.cached(); ok && age < keysFresh {
		return keys, nil
	}
	fetched, err := k.flight.do(ctx, k.refetch)
	if err == nil {
		return fetched, nil
	}
	if keys, age, ok := k.cached(); ok && age < keysStale {
		return keys, nil
	}
	return nil, err
}

func (k *keySet) cached() (keys []jose.JSONWebKey, age time.Duration, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys, k.clock().Sub(k.fetched), !k.fetched.IsZero()
}

// refetch replaces the cache, so that removed keys go; a failure leaves it alone.
func (k *keySet) refetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	k.mu.Lock()
	paused := !k.failed.IsZero() && k.clock().Sub(k.failed) < fetchPause
	k.mu.Unlock()
	if paused {
		return nil, errPaused
	}
	keys, err := k.fetch(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.failed = k.clock()
		return nil, err
	}
	k.keys, k.fetched, k.failed = keys, k.clock(), time.Time{}
	return keys, nil
}

// refetchFor fetches for an unknown kid, within the allowance.
func (k *keySet) refetchFor(ctx context.Context, kid string) ([]jose.JSONWebKey, error) {
	if keys, _, _ := k.cached(); holds(keys, kid) {
		return keys, nil // a fetch that ended just now brought it
	}
	if !k.spend() {
		return nil, errPaused
	}
	keys, err := k.refetch(ctx)
	if err != nil || holds(keys, kid) {
		// An honest rotation, or an issuer in trouble (fetchPause guards that one): not the doing of a forger.
		k.giveBack()
	}
	return keys, err
}

func (k *keySet) spend() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.clock()
	if k.allowance >= kidBurst {
		k.refilled = now
	}
	for ; k.allowance < kidBurst && now.Sub(k.refilled) >= kidRefill; k.allowance++ {
		k.refilled = k.refilled.Add(kidRefill)
	}
	if k.allowance == 0 {
		return false
	}
	k.allowance--
	return true
}

func (k *keySet) giveBack() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.allowance = min(k.allowance+1, kidBurst)
}

func holds(keys []jose.JSONWebKey, kid string) bool {
	for _, key := range keys {
		if key.KeyID == kid {
			return true
		}
	}
	return false
}

// fitting keeps the keys whose kid, type, curve and own alg allow the algorithm (RFC 8725 3.1).
func fitting(keys []jose.JSONWebKey, kid string, present bool, alg string) []jose.JSONWebKey {
	var fit []jose.JSONWebKey
	for _, key := range keys {
		named := !present || key.KeyID == kid
		if named && algorithms[alg](key.Key) && (key.Algorithm == "" || key.Algorithm == alg) {
			fit = append(fit, key)
		}
	}
	return fit
}
