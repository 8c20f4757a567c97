package canary_test

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/canary"
)

// start gives canaries at a listener of their own, and its address.
func start(t testing.TB) (*canary.Canary, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := canary.New(fixtures.FixedKeys())
	t.Cleanup(c.Listen(listener))
	return c, "http://" + listener.Addr().String()
}

func get(t testing.TB, at string) (status int, body string) {
	t.Helper()
	answer, err := http.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// A receiver that believes a canary takes the attacker's tokens: without that,
// nobody would be seen to believe it.
func TestCanaryIsAnIssuerToWhoBelievesIt(t *testing.T) {
	c, at := start(t)
	issuer := at + canary.Path("one")
	provider, err := oidc.NewProvider(t.Context(), issuer)
	if err != nil {
		t.Fatal(err)
	}
	token, err := fixtures.Mint(fixtures.Valid().SignedBy(fixtures.Rogue), fixtures.Env{
		Issuer: issuer, ClientID: "app", Sub: "alice", Keys: fixtures.FixedKeys(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.Verifier(&oidc.Config{ClientID: "app"}).Verify(t.Context(), token.Wire); err != nil {
		t.Error(err)
	}
	want := []canary.Hit{
		{Method: "GET", Path: "/canary/one/.well-known/openid-configuration", From: "127.0.0.1"},
		{Method: "GET", Path: "/canary/one/jwks.json", From: "127.0.0.1"},
	}
	if got := c.Hits("one"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("hits %v", got)
	}
	if got := c.Hits("two"); got != nil {
		t.Errorf("another canary: %v", got)
	}
}

func TestCertificateOfTheCanaryFitsItsKey(t *testing.T) {
	_, at := start(t)
	_, text := get(t, at+"/canary/one/cert.pem")
	block, rest := pem.Decode([]byte(text))
	if block == nil || len(rest) > 0 {
		t.Fatalf("no PEM: %s", text)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	token, err := fixtures.Mint(fixtures.Valid().SignedBy(fixtures.Rogue), fixtures.Env{ClientID: "app", Keys: fixtures.FixedKeys()})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jwt.ParseSigned(token.Wire, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed.Claims(certificate.PublicKey, &struct{}{}); err != nil {
		t.Error(err)
	}
}

func TestWhatIsRecorded(t *testing.T) {
	for path, c := range map[string]struct {
		status int
		hit    bool
	}{
		"/canary/x/jwks.json":                               {200, true},
		"/canary/x/cert.pem":                                {200, true},
		"/canary/x/.well-known/openid-configuration":        {200, true},
		"/.well-known/openid-configuration/canary/x":        {200, true},
		"/.well-known/oauth-authorization-server/canary/x":  {200, true},
		"/tenant/canary/x/.well-known/openid-configuration": {200, true},
		"/canary/x":              {404, true},
		"/canary/x/":             {404, true},
		"/canary/x/else?token=1": {404, true},
		"/canary/y/jwks.json":    {200, false},
		"/canary/xy":             {404, false},
	} {
		birds, at := start(t)
		status, _ := get(t, at+path)
		got := birds.Hits("x")
		if status != c.status || c.hit != (len(got) == 1) || c.hit && got[0].Path != path {
			t.Errorf("%s: %d, hits %v", path, status, got)
		}
	}
}

// Who was given a host alone leaves the name out, and is held against whatever
// canary was set up by then.
func TestStraysAreHeldAgainstCanariesThatWereSetUp(t *testing.T) {
	c, at := start(t)
	get(t, at+"/early")
	c.Set("set")
	if got := c.Hits("set"); len(got) != 0 {
		t.Errorf("held against it from before: %v", got)
	}
	get(t, at+"/stray")
	c.Set("later")
	if got := c.Hits("set"); len(got) != 1 || got[0].Path != "/stray" {
		t.Errorf("hits %v", got)
	}
	if never, later := c.Hits("never"), c.Hits("later"); len(never)+len(later) != 0 {
		t.Errorf("hits %v, %v", never, later)
	}
}

// A connection that begins with TLS is a hit as well.
func TestConnectionsWithoutHTTPAreHits(t *testing.T) {
	c, at := start(t)
	c.Set("set")
	connection, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connection.Write([]byte{0x16, 0x03, 0x01, 0x00, 0x05, 1, 0, 0, 1, 0}); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, bufio.NewReader(connection))
	_ = connection.Close() // all was read
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(c.Hits("set")) == 0 {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal("nobody noticed")
		}
	}
	if got := c.Hits("set"); len(got) != 1 || got[0] != (canary.Hit{From: "127.0.0.1"}) {
		t.Errorf("hits %v", got)
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	c := canary.New(fixtures.FixedKeys())
	ask := func(path string) {
		c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	ask("/canary/first/x")
	for n := range 10_001 {
		c.Set(fmt.Sprint(n))
	}
	if first, zero := c.Hits("first"), c.Hits("0"); len(first)+len(zero) != 0 {
		t.Error("the oldest is not forgotten")
	}
	for range 200 {
		ask("/canary/10000/x")
	}
	if got := len(c.Hits("10000")); got != 100 {
		t.Errorf("%d hits are kept", got)
	}
	for range 1_500 {
		ask("/stray")
	}
	c.Set("late")
	ask("/stray")
	if got := len(c.Hits("9999")); got != 1_000 {
		t.Errorf("%d strays are kept", got)
	}
	if got := len(c.Hits("late")); got != 1 {
		t.Errorf("%d strays are held against the last", got)
	}
	ask("/canary/late/" + strings.Repeat("x", 10_000))
	if got := c.Hits("late"); len(got[0].Path) > 2_100 {
		t.Errorf("a path of %d characters is kept", len(got[0].Path))
	}
}

func TestCanariesAreSafeForConcurrentUse(t *testing.T) {
	c, at := start(t)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			id := fmt.Sprint(n)
			c.Set(id)
			answer, err := http.Get(at + canary.Path(id) + "/jwks.json")
			if err != nil {
				t.Error(err)
				return
			}
			answer.Body.Close()
			if len(c.Hits(id)) != 1 {
				t.Error("the hit was not recorded")
			}
		})
	}
	all.Wait()
}
