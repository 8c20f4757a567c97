package receiver

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// times are the defaults.
var times = KeyTimes{}.complete()

func reader(s string) *strings.Reader { return strings.NewReader(s) }

// newKey is a token under a key published as k2.
func (w *world) newKey(changes ...object) string {
	return rawToken(object{"kid": "k2"}, w.claims(changes...), func(s string) []byte { return rs256(testKeys().other, s) })
}

func (w *world) bothKeys() {
	w.issuer.publish(public(&w.issuer.key.PublicKey, "k1"), public(&testKeys().other.PublicKey, "k2"))
}

func TestRotation(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	w.refuses(w.newKey(object{"sub": "alice"}), b, "alice")
	w.bothKeys()
	w.accepts(w.newKey(object{"sub": "alice"}), b, "alice")
}

func TestRemovedKeysGo(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	w.issuer.publish(public(&testKeys().other.PublicKey, "k2"))
	w.clock.advance(times.Fresh)
	w.refuses(w.token(object{"sub": "alice"}), b, "alice")
	w.accepts(w.newKey(object{"sub": "alice"}), b, "alice")
}

func TestUnknownKidsDoNotHammerTheIssuer(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	before := w.issuer.fetches.Load()
	flood := func(n int) {
		for range n {
			w.send(rawToken(object{"kid": w.claims()["jti"]}, w.claims(object{"sub": "alice"}),
				func(string) []byte { return []byte("x") }))
		}
	}
	flood(times.Burst - 1)
	w.bothKeys()
	second := w.login("alice", "s2")
	w.accepts(w.newKey(object{"sub": "alice", "sid": "s2"}), second, "alice")
	flood(30)
	for range 20 {
		w.clock.advance(3 * time.Second)
		flood(5)
	}
	// times.Burst, one for the honest rotation, three refills in a minute.
	if got := w.issuer.fetches.Load() - before; got > int64(times.Burst)+4 {
		t.Errorf("%d fetches in a minute of unknown kids", got)
	}
	if !b.alive("alice") {
		t.Error("the session has ended")
	}
	w.accepts(w.token(object{"sub": "alice"}), b, "alice")
}

func TestForeignAlgorithmsCauseNoFetch(t *testing.T) {
	w := newWorld(t, "")
	w.send(macToken([]byte("x"), object{"kid": "nobody's"}, w.claims(object{"sub": "alice"})))
	if w.issuer.fetches.Load() != 0 {
		t.Error("the keys were fetched for an HS256 token")
	}
}

func TestJWKSInTrouble(t *testing.T) {
	for name, serve := range map[string]func(*fakeIssuer){
		"500":      func(i *fakeIssuer) { i.serve(500, "") },
		"redirect": func(i *fakeIssuer) { i.serve(302, object{"keys": []any{}}) },
		"text":     func(i *fakeIssuer) { i.serve(200, "<html>") },
		"{}":       func(i *fakeIssuer) { i.serve(200, object{}) },
		"null":     func(i *fakeIssuer) { i.serve(200, object{"keys": nil}) },
		"too many": func(i *fakeIssuer) { i.serve(200, object{"keys": make([]int, maxKeys+1)}) },
		"too long": func(i *fakeIssuer) { i.serve(200, object{"x": strings.Repeat("x", maxDocument), "keys": []int{}}) },
		"gone":     func(i *fakeIssuer) { i.CloseClientConnections(); _ = i.Listener.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			one, two := w.login("alice", "s1"), w.login("alice", "s2")
			serve(w.issuer)
			w.clock.advance(times.Fresh)
			w.refuses(w.newKey(object{"sub": "alice"}), one, "alice")
			w.accepts(w.token(object{"sid": "s1"}), one, "alice")
			if name == "gone" {
				w.clock.advance(times.Stale)
				w.refuses(w.token(object{"sid": "s2"}), two, "alice")
				return
			}
			w.bothKeys()
			w.refuses(w.newKey(object{"sub": "alice"}), two, "alice") // still within the pause
			w.clock.advance(times.Pause)
			w.accepts(w.newKey(object{"sub": "alice"}), two, "alice")
		})
	}
}

// An empty list is what the issuer says: no key is good any more.
func TestEmptyJWKS(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	w.issuer.publish([]jose.JSONWebKey{}...)
	w.issuer.serve(200, object{"keys": []any{}})
	w.clock.advance(times.Fresh)
	w.refuses(w.token(object{"sub": "alice"}), b, "alice")
	w.bothKeys()
	w.accepts(w.token(object{"sub": "alice"}), b, "alice")
}

func TestFetchesAreShared(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	w.bothKeys()
	before := w.issuer.fetches.Load()
	token := w.newKey(object{"sub": "alice", "jti": "one"})
	arrived := make(chan struct{}, 20)
	w.issuer.mu.Lock() // holds the JWKS endpoint until all have asked
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			arrived <- struct{}{}
			if res := w.send(token); res.StatusCode != 200 && res.StatusCode != 400 {
				t.Errorf("answered %d", res.StatusCode)
			}
		})
	}
	for range 20 {
		<-arrived
	}
	w.issuer.mu.Unlock()
	group.Wait()
	if got := w.issuer.fetches.Load() - before; got != 1 {
		t.Errorf("%d fetches for one new key", got)
	}
	if b.alive("alice") {
		t.Error("the session lives")
	}
}

func TestDiscoveryMustNameTheIssuer(t *testing.T) {
	for name, value := range map[string]any{"issuer": "https://evil.example", "jwks_uri": "file:///etc/passwd", "token_endpoint": nil} {
		w := newWorld(t, "")
		good := w.issuer.meta[name]
		w.issuer.meta[name] = value
		if res := w.newBrowser().get("/app/web/login"); res.StatusCode != http.StatusBadGateway {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		w.isRefusal(w.send(w.token(object{"sub": "alice"})), 400)
		w.issuer.mu.Lock()
		if delete(w.issuer.meta, name); good != nil {
			t.Fatal("the name was set before")
		}
		w.issuer.mu.Unlock()
		if res := w.newBrowser().get("/app/web/login"); res.StatusCode != http.StatusBadGateway {
			t.Errorf("%s: no pause after a failure: %d", name, res.StatusCode)
		}
		w.clock.advance(times.Pause)
		w.login("alice", "s1")
	}
}

// While the issuer hangs, tokens of known keys are served with those, and unknown ones wait for nothing else.
func TestJWKSHangs(t *testing.T) {
	w := newWorld(t, "", func(c *Config) { c.Keys.Patience = time.Millisecond })
	b := w.login("alice", "s1")
	hung, asked := make(chan struct{}), make(chan struct{}, 1)
	w.issuer.mu.Lock()
	w.issuer.plain = func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-hung
	}
	w.issuer.mu.Unlock()
	done := make(chan int)
	token := w.unknownKid()
	go func() { done <- w.send(token).StatusCode }()
	<-asked
	w.clock.advance(times.Fresh)
	w.accepts(w.token(object{"sub": "alice"}), b, "alice")
	close(hung)
	if status := <-done; status != http.StatusBadRequest {
		t.Errorf("the unknown kid was answered %d", status)
	}
}
