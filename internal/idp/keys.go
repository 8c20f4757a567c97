package idp

import (
	"fmt"
	"slices"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
)

// The issuers whose keys are fixed.
const (
	defaultIssuer = "default"
	otherIssuer   = "other"
)

// Publish adds the key of a role to an issuer's JWKS, one for each signing
// algorithm, without signing with it. fixtures.Issuer is the key that the issuer
// signs with at the moment, fixtures.Next the one that [Server.Rotate] would
// make it sign with. To publish what is published changes nothing.
func (s *Server) Publish(issuer string, role fixtures.Role) error {
	return s.withKeys(issuer, role, (*keyset).publish)
}

// Withdraw takes the key of a role out of an issuer's JWKS. A signing key that
// is withdrawn goes on signing.
func (s *Server) Withdraw(issuer string, role fixtures.Role) error {
	return s.withKeys(issuer, role, (*keyset).withdraw)
}

func (s *Server) withKeys(issuer string, role fixtures.Role, change func(*keyset, fixtures.Role)) error {
	if !slices.Contains(roles, role) {
		return fmt.Errorf("keys: no role %q: want one of %v", role, roles)
	}
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	change(i.keys, role)
	return nil
}

// Rotate makes the next key the one that signs, and publishes it. With overlap
// the former key stays published; without, it is withdrawn at once.
func (s *Server) Rotate(issuer string, overlap bool) error {
	i, err := s.issuer(issuer)
	if err != nil {
		return err
	}
	return i.keys.rotate(i.asymmetric(), overlap)
}

// A KeyInfo describes a key of an issuer.
type KeyInfo struct {
	Role      fixtures.Role   `json:"role"`
	Signing   bool            `json:"signing"`
	Published bool            `json:"published"`
	Public    jose.JSONWebKey `json:"jwk"`
}

// Keys lists an issuer's signing keys and the published ones.
func (s *Server) Keys(issuer string) ([]KeyInfo, error) {
	i, err := s.issuer(issuer)
	if err != nil {
		return nil, err
	}
	return i.keys.list(i.asymmetric())
}

// roles are those that have keys.
var roles = []fixtures.Role{fixtures.Issuer, fixtures.Next, fixtures.Retired, fixtures.OtherIssuer, fixtures.Rogue}

// A slot is where keys are: a role of a ring, with one key for each kind of
// algorithm.
type slot struct {
	ring *fixtures.Keyring
	role fixtures.Role
}

// A keyset holds the keys of one issuer. Roles are seen from that issuer:
// fixtures.Issuer is the key it signs with now.
type keyset struct {
	first   slot              // what it signs with at the start
	ring    *fixtures.Keyring // every other role
	spare   *fixtures.Keyring // keys from the second rotation on
	foreign slot              // the key of another issuer of this server

	mu        sync.Mutex
	rotations int
	published []slot
}

func newKeyset(name string) *keyset {
	fixed, fresh := fixtures.FixedKeys(), fixtures.FreshKeys()
	k := &keyset{spare: fresh}
	switch name {
	case defaultIssuer:
		k.first, k.ring, k.foreign = slot{fixed, fixtures.Issuer}, fixed, slot{fixed, fixtures.OtherIssuer}
	case otherIssuer:
		k.first, k.ring, k.foreign = slot{fixed, fixtures.OtherIssuer}, fresh, slot{fixed, fixtures.Issuer}
	default:
		k.first, k.ring, k.foreign = slot{fresh, fixtures.Issuer}, fresh, slot{fixed, fixtures.OtherIssuer}
	}
	k.published = []slot{k.first}
	return k
}

// generation is what signs after so many rotations.
func (k *keyset) generation(n int) slot {
	switch n {
	case 0:
		return k.first
	case 1:
		return slot{k.ring, fixtures.Next}
	}
	return slot{k.spare, fixtures.Role(fmt.Sprintf("next-%d", n))}
}

// resolve says where the keys of a role are, with the lock held.
func (k *keyset) resolve(role fixtures.Role) slot {
	switch role {
	case "", fixtures.Issuer:
		return k.generation(k.rotations)
	case fixtures.Next:
		return k.generation(k.rotations + 1)
	case fixtures.OtherIssuer:
		return k.foreign
	default:
		return slot{k.ring, role}
	}
}

// Key is the key that a role signs with at the moment. It makes the keyset the
// [fixtures.Keys] of everything that is minted.
func (k *keyset) Key(role fixtures.Role, alg string) (fixtures.Key, error) {
	k.mu.Lock()
	at := k.resolve(role)
	k.mu.Unlock()
	return at.ring.Key(at.role, alg)
}

func (k *keyset) publish(role fixtures.Role) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if at := k.resolve(role); !slices.Contains(k.published, at) {
		k.published = append(slices.Clip(k.published), at)
	}
}

func (k *keyset) withdraw(role fixtures.Role) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.published = without(k.published, k.resolve(role))
}

func (k *keyset) rotate(algs []string, overlap bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	old, next := k.generation(k.rotations), k.generation(k.rotations+1)
	for _, alg := range algs { // a key that cannot be made must not sign
		if _, err := next.ring.Key(next.role, alg); err != nil {
			return fmt.Errorf("rotate the keys: %w", err)
		}
	}
	k.rotations++
	k.published = append([]slot{next}, without(k.published, next)...)
	if !overlap {
		k.published = without(k.published, old)
	}
	return nil
}

// reset goes back to the keys of the start.
func (k *keyset) reset() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rotations, k.published = 0, []slot{k.first}
}

// without gives a new slice that lacks an element.
func without(all []slot, one slot) []slot {
	return slices.DeleteFunc(slices.Clone(all), func(s slot) bool { return s == one })
}

func (k *keyset) state() (signing slot, published []slot) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.generation(k.rotations), k.published
}

// signed are the keys that ever signed under an algorithm, newest first: what
// an id_token_hint may be signed with.
func (k *keyset) signed(alg string) ([]fixtures.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []fixtures.Key
	for n := k.rotations; n >= 0; n-- {
		at := k.generation(n)
		key, err := at.ring.Key(at.role, alg)
		if err != nil {
			return nil, err
		}
		out = append(out, key)
	}
	return out, nil
}

// list describes the signing and the published keys. A key's alg is named when
// only one of the issuer's algorithms uses it.
func (k *keyset) list(algs []string) ([]KeyInfo, error) {
	signing, published := k.state()
	all := published
	if !slices.Contains(all, signing) {
		all = append([]slot{signing}, all...)
	}
	out := []KeyInfo{}
	for _, at := range all {
		users := map[string]int{} // kid → number of algorithms
		for _, alg := range algs {
			key, err := at.ring.Key(at.role, alg)
			if err != nil {
				return nil, fmt.Errorf("the %s key of the role %s: %w", alg, at.role, err)
			}
			if users[key.Kid]++; users[key.Kid] > 1 {
				n := slices.IndexFunc(out, func(i KeyInfo) bool { return i.Public.KeyID == key.Kid })
				out[n].Public.Algorithm = ""
				continue
			}
			public := key.Public()
			public.Algorithm = alg
			out = append(out, KeyInfo{
				Role: at.role, Signing: at == signing, Published: slices.Contains(published, at), Public: public,
			})
		}
	}
	return out, nil
}
