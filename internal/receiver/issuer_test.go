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
		claims: map[string]object{}, meta: map[string]any{}, status: http.StatusOK,
	}
	i.publish(public(&i.key.PublicKey, "k1"))
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("/authorize", i.authorize)
	mux.HandleFunc("/token", i.token)
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		i.fetches.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
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

func (i *fakeIssuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	code := r.PostFormValue("code")
	q, ok := i.codes[code]
	delete(i.codes, code)
	id, secret, basic := r.BasicAuth()
	i.form = !basic
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || id != "app" || secret != "app-secret" || q.Get("code_challenge_method") != "S256" ||
		q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := object{
		"iss": i.URL, "aud": "app", "nonce": q.Get("nonce"), "iat": i.clock.now().Unix(),
		"exp": i.clock.now().Unix() + 300,
	}
	maps.Copy(claims, i.claims[code])
	if i.change != nil {
		i.change(claims)
	}
	signed := signedBy(i.key, "RS256", object{"kid": i.kid, "typ": "JWT"}, claims)
	if i.sign != nil {
		signed = i.sign(claims)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": signed})
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
