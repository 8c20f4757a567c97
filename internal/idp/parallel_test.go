package idp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/idp"
)

func TestManyAtOnce(t *testing.T) {
	v := &receivers{}
	w := threeClients(t, v)
	apps := []*app{newApp(t, w.base+"/default", "a", ""), newApp(t, w.base+"/default", "b", "")}
	var all sync.WaitGroup
	for n := range 50 {
		all.Go(func() {
			sub, b := fmt.Sprintf("user-%d", n), browser(t)
			k := apps[n%2].login(t, b, sub)
			apps[(n+1)%2].login(t, b, sub)
			sessions := w.SessionsOf("default", sub)
			if len(sessions) != 1 || len(sessions[0].Logins) != 2 {
				t.Errorf("%s: %+v", sub, sessions)
			}
			if _, err := w.Mint("default", idp.MintRequest{Sub: sub}); err != nil {
				t.Error(err)
			}
			if ended, err := w.End(context.Background(), "default", k.sid()); err != nil || len(ended.Deliveries) != 2 {
				t.Errorf("%s: %+v %v", sub, ended, err)
			}
		})
	}
	for range 5 {
		all.Go(func() {
			for _, err := range []error{w.Publish("default", fixtures.Retired), w.Withdraw("default", fixtures.Retired)} {
				if err != nil {
					t.Error(err)
				}
			}
			w.Stats()
			w.Sessions()
			fetch(t, http.DefaultClient, w.base+"/default/jwks")
		})
	}
	all.Wait()
	if len(w.Sessions()) != 0 || len(v.tokens("a.example")) != 50 || len(v.tokens("b.example")) != 50 {
		t.Errorf("left %d sessions, told %d and %d", len(w.Sessions()), len(v.tokens("a.example")), len(v.tokens("b.example")))
	}
}

// Two who end the same session at once tell its clients once.
func TestOneEndsIt(t *testing.T) {
	v := &receivers{}
	w := threeClients(t, v)
	k := newApp(t, w.base+"/default", "a", "").login(t, browser(t), "alice")
	var won atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := w.End(context.Background(), "default", k.sid()); err == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || len(v.tokens("a.example")) != 1 {
		t.Errorf("%d won, told %d times", won.Load(), len(v.tokens("a.example")))
	}
}

// BenchmarkLogin is a whole login: authorize by login_hint, code, tokens. One
// RSA signature is in it.
func BenchmarkLogin(b *testing.B) {
	s, err := idp.New(idp.Options{BaseURL: "http://idp.example"})
	if err != nil {
		b.Fatal(err)
	}
	direct(b, s, "app", "warm-up")
	var n atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			direct(b, s, "app", fmt.Sprint("user-", n.Add(1)))
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "logins/s")
}

// BenchmarkLoginOverHTTP is the same over real connections.
func BenchmarkLoginOverHTTP(b *testing.B) {
	w := start(b)
	client := &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	var n atomic.Int64
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			query := url.Values{
				"client_id": {"app"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"},
				"login_hint": {fmt.Sprint("user-", n.Add(1))},
			}
			at := fetch(b, client, w.base+"/default/authorize?"+query.Encode()).location
			got := send(b, client, w.base+"/default/token", url.Values{
				"grant_type": {"authorization_code"}, "code": {at.Query().Get("code")}, "redirect_uri": {callback}, "client_id": {"app"},
			})
			if !strings.Contains(got.body, "id_token") {
				b.Fatal(got.body)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "logins/s")
}

// BenchmarkStartToDiscovery is the time from nothing to the first answer.
func BenchmarkStartToDiscovery(b *testing.B) {
	for b.Loop() {
		s, err := idp.New(idp.Options{BaseURL: "http://idp.example"})
		if err != nil {
			b.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.Protocol().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/default/.well-known/openid-configuration", nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
