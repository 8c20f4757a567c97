package receiver

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	testSecret   = "0123456789abcdef0123456789abcdef"
	secondSecret = "fedcba9876543210fedcba9876543210"
)

// world is two issuers, a receiver of two nodes with applications of each profile and one defect or none, and browsers.
type world struct {
	testing.TB
	clock         *fakeClock
	issuer, other *fakeIssuer
	server        *httptest.Server
	replica       *httptest.Server
	cluster       *Cluster
	rp            *Receiver // the first node
	// shared says which application login, token and send use.
	shared bool
}

func newWorld(t testing.TB, defect string, change ...func(*Config)) *world {
	t.Helper()
	w := &world{TB: t, clock: newClock()}
	w.issuer, w.other = newIssuer(t, w.clock), newIssuer(t, w.clock)
	w.server = httptest.NewUnstartedServer(nil)
	base := "http://" + w.server.Listener.Addr().String()
	client := func(issuer *fakeIssuer, id string) *OIDC {
		return &OIDC{Issuer: issuer.URL, ClientID: id, ClientSecret: testSecret, BaseURL: base}
	}
	web, second, sealed := client(w.issuer, "app"), client(w.issuer, "second"), client(w.issuer, "sealed")
	web.KeepRefreshTokens, second.OfflineAccess = true, true
	sealed.EncryptionAlg, sealed.EncryptionEnc, sealed.EncryptionKey = "RSA-OAEP-256", "A128CBC-HS256", testKeys().other
	config := Config{Defect: defect, Clock: w.clock.now, Apps: []App{
		{Name: "web", OIDC: web},
		{Name: "forum", SharedSecret: &SharedSecret{Secret: []byte(testSecret)}},
		{Name: "web-second", OIDC: second},
		{Name: "web-other", OIDC: client(w.other, "app")},
		{Name: "web-sealed", OIDC: sealed},
		{Name: "forum-second", SharedSecret: &SharedSecret{Secret: []byte(secondSecret)}},
	}}
	for _, c := range change {
		c(&config)
	}
	cluster, err := NewCluster(config, 2)
	if err != nil {
		t.Fatal(err)
	}
	w.cluster, w.rp = cluster, cluster.nodes[0].Load()
	w.server.Config = NewServer(cluster.Node(0))
	w.server.Start()
	t.Cleanup(w.server.Close)
	w.replica = httptest.NewServer(cluster.Node(1))
	t.Cleanup(w.replica.Close)
	return w
}

func (w *world) app() string {
	if w.shared {
		return "forum"
	}
	return "web"
}

// browser is one cookie jar.
type browser struct {
	*world
	client *http.Client
	app    string
}

func (w *world) newBrowser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	return &browser{w, &http.Client{Jar: jar}, w.app()}
}

// login opens a session in a browser of its own; sid may be empty.
func (w *world) login(sub, sid string) *browser {
	w.Helper()
	return w.loginAt(w.app(), sub, sid)
}

// loginAt does so at any application.
func (w *world) loginAt(app, sub, sid string) *browser {
	w.Helper()
	b := w.newBrowser()
	b.app = app
	if status := b.login(sub, sid); status != http.StatusOK || !b.alive(sub) {
		w.Fatalf("login of %q failed: %d", sub, status)
	}
	return b
}

func (b *browser) login(sub, sid string) int {
	b.Helper()
	if strings.HasPrefix(b.app, "forum") {
		res, err := b.client.PostForm(b.server.URL+"/app/"+b.app+"/login", url.Values{"uid": {sub}})
		return b.done(res, err).StatusCode
	}
	next := object{"sub": sub}
	if sid != "" {
		next["sid"] = sid
	}
	for _, issuer := range []*fakeIssuer{b.issuer, b.other} {
		issuer.mu.Lock()
		issuer.next = next
		issuer.mu.Unlock()
	}
	return b.get("/app/" + b.app + "/login").StatusCode
}

func (b *browser) get(path string) *http.Response {
	b.Helper()
	res, err := b.client.Get(b.server.URL + path)
	return b.done(res, err)
}

// done reads an answer whole; its body can be read again.
func (w *world) done(res *http.Response, err error) *http.Response {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res
}

func text(res *http.Response) string {
	body, _ := io.ReadAll(res.Body)
	return string(body)
}

// alive says whether the page names the user.
func (b *browser) alive(sub string) bool {
	b.Helper()
	return b.shows("me", "Logged in as "+sub)
}

// shows says whether a page of the application does.
func (b *browser) shows(page, what string) bool {
	b.Helper()
	res := b.get("/app/" + b.app + "/" + page)
	return res.StatusCode == http.StatusOK && strings.Contains(text(res), what)
}

// aliveAtReplica asks the other node; cookies ignore ports.
func (b *browser) aliveAtReplica(sub string) bool {
	b.Helper()
	res, err := b.client.Get(b.replica.URL + "/app/" + b.app + "/me")
	res = b.done(res, err)
	return res.StatusCode == http.StatusOK && strings.Contains(text(res), "Logged in as "+sub)
}

// copied is a browser with a copy of the cookies.
func (b *browser) copied() *browser {
	at, err := url.Parse(b.server.URL + "/app/" + b.app + "/me")
	if err != nil {
		b.Fatal(err)
	}
	other := b.newBrowser()
	other.client.Jar.SetCookies(at, b.client.Jar.Cookies(at))
	return other
}

// claims of a perfect logout token for the world's application, with changes; a nil value removes a claim.
func (w *world) claims(changes ...object) object {
	now := w.clock.now().Unix()
	c := object{
		"iss": w.issuer.URL, "aud": "app", "iat": now, "exp": now + 120, "jti": rand.Text(),
		"events": object{logoutMember: object{}},
	}
	if w.shared {
		c = object{}
	}
	for _, change := range changes {
		maps.Copy(c, change)
	}
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// token is a genuine logout token with changed claims.
func (w *world) token(changes ...object) string {
	return w.tokenWith(object{"typ": "logout+jwt"}, changes...)
}

// tokenWith is genuine too, with header members besides alg and kid.
func (w *world) tokenWith(header object, changes ...object) string {
	if w.shared {
		return macToken([]byte(testSecret), header, w.claims(changes...))
	}
	h := object{"kid": "k1"}
	maps.Copy(h, header)
	maps.DeleteFunc(h, func(_ string, v any) bool { return v == nil })
	return rawToken(h, w.claims(changes...), func(signed string) []byte { return rs256(w.issuer.key, signed) })
}

// rawToken builds a JWS of any header; alg is RS256 unless the header says otherwise.
func rawToken(header, claims any, sign func(string) []byte) string {
	if h, ok := header.(object); ok && h["alg"] == nil {
		h["alg"] = "RS256"
	}
	signed := segment(header) + "." + segment(claims)
	return signed + "." + b64(sign(signed))
}

// macToken is an HS256 token under any secret.
func macToken(secret []byte, header, claims object) string {
	h := object{"alg": "HS256"}
	maps.Copy(h, header)
	maps.DeleteFunc(h, func(_ string, v any) bool { return v == nil })
	return rawToken(h, claims, func(signed string) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(signed))
		return mac.Sum(nil)
	})
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// segment encodes a value as JSON, or a string as it is.
func segment(v any) string {
	if s, ok := v.(string); ok {
		return b64([]byte(s))
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b64(text)
}

// send posts a token as an issuer would and returns the answer.
func (w *world) send(token string) *http.Response {
	w.Helper()
	return w.post(w.app(), url.Values{"logout_token": {token}}.Encode())
}

func (w *world) post(app, form string) *http.Response {
	w.Helper()
	res, err := http.Post(w.server.URL+"/auth/logout/"+app, "application/x-www-form-urlencoded", strings.NewReader(form))
	return w.done(res, err)
}

// refuses sends a token, expects the one answer to all bad ones, and that the browser's session lives.
func (w *world) refuses(token string, b *browser, sub string) {
	w.Helper()
	res := w.send(token)
	w.isRefusal(res, http.StatusBadRequest)
	if !b.alive(sub) {
		w.Error("the session has ended")
	}
}

func (w *world) isRefusal(res *http.Response, status int) {
	w.Helper()
	if res.StatusCode != status || res.Header.Get("Content-Type") != "application/json" ||
		res.Header.Get("Cache-Control") != "no-store" || text(res) != refusalBody {
		w.Errorf("got %d %v, want a refusal with %d", res.StatusCode, res.Header, status)
	}
}

// accepts sends a token, expects 200 and nothing else, and that the browser's session has ended.
func (w *world) accepts(token string, b *browser, sub string) {
	w.Helper()
	res := w.send(token)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" || text(res) != "" {
		w.Errorf("got %d %v, want an empty 200 with no-store", res.StatusCode, res.Header)
	}
	if b.alive(sub) {
		w.Error("the session lives")
	}
}

const hour = int64(time.Hour / time.Second)
