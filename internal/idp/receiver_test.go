package idp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
)

// receivers stands in for the network: every host is a receiver that answers
// as it is told. It keeps what it was sent.
type receivers struct {
	answers map[string]func(call int) (*http.Response, error) // by host

	mu   sync.Mutex
	seen map[string][]url.Values
	kind []string
}

func (v *receivers) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	if v.seen == nil {
		v.seen = map[string][]url.Values{}
	}
	v.seen[r.URL.Host] = append(v.seen[r.URL.Host], form)
	v.kind = append(v.kind, r.Header.Get("Content-Type"))
	call := len(v.seen[r.URL.Host])
	v.mu.Unlock()
	answer, ok := v.answers[r.URL.Host]
	if !ok {
		return respond(200, "")
	}
	done := make(chan struct{})
	var response *http.Response
	go func() {
		defer close(done)
		response, err = answer(call)
	}()
	select {
	case <-done:
		return response, err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// tokens are the logout tokens that a host was sent.
func (v *receivers) tokens(host string) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []string
	for _, form := range v.seen[host] {
		out = append(out, form.Get("logout_token"))
	}
	return out
}

func respond(status int, body string, header ...string) (*http.Response, error) {
	r := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r, nil
}

var errRefused = errors.New("connection refused")

// logoutToken verifies a token with a library that is not ours.
func logoutToken(t *testing.T, a *app, raw string) (*oidc.LogoutToken, string) {
	t.Helper()
	token, err := a.provider.Verifier(&oidc.Config{ClientID: a.oauth.ClientID}).VerifyLogout(context.Background(), raw)
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	var claims struct{ Sid string }
	if err := token.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	return token, claims.Sid
}

func hosts(v *receivers) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []string
	for host := range v.seen {
		out = append(out, host)
	}
	slices.Sort(out)
	return out
}
