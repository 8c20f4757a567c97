package receiver

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// testKeys are made once per package; fresh, so that nobody can come to rely on them.
var testKeys = sync.OnceValue(func() (k struct {
	rsa, other, short *rsa.PrivateKey
	ec                *ecdsa.PrivateKey
	ed                ed25519.PrivateKey
},
) {
	var errs [5]error
	k.rsa, errs[0] = rsa.GenerateKey(rand.Reader, 2048)
	k.other, errs[1] = rsa.GenerateKey(rand.Reader, 2048)
	k.short, errs[2] = rsa.GenerateKey(rand.Reader, 1024)
	k.ec, errs[3] = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, k.ed, errs[4] = ed25519.GenerateKey(rand.Reader)
	for _, err := range errs {
		if err != nil {
			panic(err)
		}
	}
	return k
})

// fakeIssuer is just enough of an OpenID provider to log users in.
type fakeIssuer struct {
	*httptest.Server
	clock *fakeClock
	key   *rsa.PrivateKey // signs ID tokens
	kid   string

	fetches atomic.Int64 // of the JWKS

	mu     sync.Mutex
	next   object // claims of the next login: sub, sid
	codes  map[string]url.Values
	claims map[string]object
	jwks   any                 // what the JWKS endpoint serves
	status int                 // its status, 200 unless set
	meta   map[string]any      // changes to discovery
	change func(t object)      // changes the next ID tokens
	sign   func(object) string // signs ID tokens when set
	form   bool                // whether the last token request carried the secret in the form
	plain  http.HandlerFunc    // serves the JWKS in its place when set

	refreshes map[string]object // claims by refresh token
	revoked   []string          // refresh tokens that were revoked
	held      chan struct{}     // a refresh waits until it is closed
	reached   chan struct{}     // is told of each
}

type fakeClock struct{ seconds atomic.Int64 }

func (c *fakeClock) now() time.Time          { return time.Unix(c.seconds.Load(), 0) }
func (c *fakeClock) advance(d time.Duration) { c.seconds.Add(int64(d / time.Second)) }
func newClock() *fakeClock                   { c := &fakeClock{}; c.seconds.Store(1_800_000_000); return c }

func public(key any, kid string) jose.JSONWebKey {
	return jose.JSONWebKey{Key: key, KeyID: kid, Use: "sig"}
}

func newIssuer(t testing.TB, clock *fakeClock) *fakeIssuer {
	t.Helper()
	i := &fakeIssuer{
		clock: clock, key: testKeys().rsa, kid: "k1", codes: map[string]url.Values{},
		claims: map[string]object{}, meta: map[string]any{}, status: http.StatusOK, refreshes: map[string]object{},
	}
	i.publish(public(&i.key.PublicKey, "k1"))
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("/authorize", i.authorize)
	mux.HandleFunc("/token", i.token)
	mux.HandleFunc("/revoke", i.revoke)
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, r *http.Request) {
		i.fetches.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.plain != nil {
			i.plain(w, r)
			return
		}
		w.WriteHeader(i.status)
		_ = json.NewEncoder(w).Encode(i.jwks)
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *fakeIssuer) publish(keys ...jose.JSONWebKey) {
	i.serve(http.StatusOK, jose.JSONWebKeySet{Keys: keys})
}

func (i *fakeIssuer) serve(status int, jwks any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.status, i.jwks = status, jwks
}

func (i *fakeIssuer) discovery(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	doc := map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize",
		"token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/jwks",
		"revocation_endpoint": i.URL + "/revoke",
	}
	maps.Copy(doc, i.meta)
	_ = json.NewEncoder(w).Encode(doc)
}

// authorize logs in whoever next names, without a page.
func (i *fakeIssuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	i.mu.Lock()
	defer i.mu.Unlock()
	code := rand.Text()
	i.codes[code], i.claims[code] = q, i.next
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.URL}}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// client authenticates a client.
func (i *fakeIssuer) client(r *http.Request) (id string, ok bool) {
	id, secret, basic := r.BasicAuth()
	i.form = !basic
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	return id, secret == testSecret
}

func (i *fakeIssuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	held, reached := i.held, i.reached
	i.mu.Unlock()
	if r.PostFormValue("grant_type") == "refresh_token" && held != nil {
		reached <- struct{}{}
		<-held
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	id, known := i.client(r)
	claims := object{"iss": i.URL, "aud": id, "iat": i.clock.now().Unix(), "exp": i.clock.now().Unix() + 300}
	who, good := i.refreshes[r.PostFormValue("refresh_token")]
	answer := map[string]any{"access_token": "a", "token_type": "Bearer"}
	if code := r.PostFormValue("code"); code != "" {
		var q url.Values
		q, good = i.codes[code]
		delete(i.codes, code)
		challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		good = good && q.Get("client_id") == id && q.Get("code_challenge_method") == "S256" &&
			q.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(challenge[:])
		who, claims["nonce"], answer["scope"] = i.claims[code], q.Get("nonce"), q.Get("scope")
		refresh := rand.Text()
		answer["refresh_token"], i.refreshes[refresh] = refresh, who
	}
	if !known || !good {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	maps.Copy(claims, who)
	if i.change != nil {
		i.change(claims)
	}
	answer["id_token"] = signedBy(i.key, "RS256", object{"kid": i.kid, "typ": "JWT"}, claims)
	if i.sign != nil {
		answer["id_token"] = i.sign(claims)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (i *fakeIssuer) revoke(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, known := i.client(r); !known {
		http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
		return
	}
	i.revoked = append(i.revoked, r.PostFormValue("token"))
}

// revocations counts the tokens that were revoked.
func (i *fakeIssuer) revocations() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.revoked)
}

// signedBy makes a genuine compact JWS with go-jose.
func signedBy(key any, alg string, header, claims object) string {
	options := &jose.SignerOptions{}
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, options)
	if err != nil {
		panic(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	jws, err := s.Sign(payload)
	if err != nil {
		panic(err)
	}
	raw, err := jws.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return raw
}
