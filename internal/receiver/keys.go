package receiver

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// KeyTimes say how long keys are kept, and how often an issuer is asked for them. A zero field means the default.
type KeyTimes struct {
	// Fresh is how long fetched keys are used without asking again: a removed key works no longer than this. Default a
	// minute.
	Fresh time.Duration
	// Stale is how long they serve while the issuer's JWKS cannot be fetched. Default an hour.
	Stale time.Duration
	// Patience is how long a token of a known key waits for fresh keys before stale ones serve. Default a second.
	Patience time.Duration
	// Pause is the least time between tries while it cannot be fetched. Default a second.
	Pause time.Duration
	// Tokens with unknown kids cause at most Burst fetches at once and one more every Refill; a fetch that finds the
	// kid is not counted. Default 6 and 20 s: in one minute that is 9 fetches for a flood of made-up kids, and a
	// rotation right after some of them still works at once.
	Burst  int
	Refill time.Duration
}

func (t KeyTimes) complete() KeyTimes {
	return KeyTimes{
		Fresh: cmp.Or(t.Fresh, time.Minute), Stale: cmp.Or(t.Stale, time.Hour), Pause: cmp.Or(t.Pause, time.Second),
		Patience: cmp.Or(t.Patience, time.Second),
		Burst:    cmp.Or(t.Burst, 6), Refill: cmp.Or(t.Refill, 20*time.Second),
	}
}

// keySet caches one issuer's signature keys.
type keySet struct {
	fetch  func(context.Context) ([]jose.JSONWebKey, error)
	clock  func() time.Time
	times  KeyTimes
	flight flight[[]jose.JSONWebKey]

	mu        sync.Mutex
	keys      []jose.JSONWebKey
	fetched   time.Time // zero: never
	failed    time.Time // zero: the last fetch worked
	allowance int
	refilled  time.Time
}

func newKeySet(fetch func(context.Context) ([]jose.JSONWebKey, error), t KeyTimes, clock func() time.Time) *keySet {
	t = t.complete()
	return &keySet{fetch: fetch, clock: clock, times: t, allowance: t.Burst}
}

// find returns the keys a token may be signed with: those with its kid, or all without one, that fit the algorithm.
// An unfamiliar kid makes it look at the issuer again (CORE 10.1.1), within the allowance, however old the keys are.
func (k *keySet) find(ctx context.Context, kid string, present bool, alg string) ([]jose.JSONWebKey, error) {
	keys, age, ok := k.cached()
	var err error
	switch {
	case ok && present && !holds(keys, kid) && age < k.times.Fresh:
		keys, err = k.forUnknown(ctx, kid)
	default:
		if keys, err = k.current(ctx); err == nil && present && !holds(keys, kid) {
			keys, err = k.forUnknown(ctx, kid)
		}
	}
	if err != nil {
		return nil, err
	}
	return fitting(keys, kid, present, alg), nil
}

func (k *keySet) forUnknown(ctx context.Context, kid string) ([]jose.JSONWebKey, error) {
	return k.flight.do(ctx, func(ctx context.Context) ([]jose.JSONWebKey, error) { return k.refetchFor(ctx, kid) })
}

// current returns fresh keys, or stale ones while the issuer is in trouble or slow: its outage logs nobody in or out,
// and must not keep the logouts of known keys from working.
func (k *keySet) current(ctx context.Context) ([]jose.JSONWebKey, error) {
	keys, age, ok := k.cached()
	if ok && age < k.times.Fresh {
		return keys, nil
	}
	waiting, cancel := ctx, func() {}
	if ok && age < k.times.Stale {
		waiting, cancel = context.WithTimeout(ctx, k.times.Patience)
	}
	defer cancel()
	fetched, err := k.flight.do(waiting, k.refetch)
	if err == nil {
		return fetched, nil
	}
	if keys, age, ok := k.cached(); ok && age < k.times.Stale {
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
	paused := !k.failed.IsZero() && k.clock().Sub(k.failed) < k.times.Pause
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
		return nil, errSpent
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
	if k.allowance >= k.times.Burst {
		k.refilled = now
	}
	for ; k.allowance < k.times.Burst && now.Sub(k.refilled) >= k.times.Refill; k.allowance++ {
		k.refilled = k.refilled.Add(k.times.Refill)
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
	k.allowance = min(k.allowance+1, k.times.Burst)
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
