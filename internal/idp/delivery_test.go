package idp_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/idp"
)

// bubble runs a test in which time passes only while everybody waits. Nothing
// listens: handlers are called directly.
func bubble(t *testing.T, v *receivers, f func(t *testing.T, s *idp.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var clients []idp.Client
		for _, id := range []string{"a", "b", "c"} {
			clients = append(clients, idp.Client{ID: id, BackchannelLogoutURI: "http://" + id + ".example/out"})
		}
		s, err := idp.New(idp.Options{
			BaseURL:  "http://idp.example",
			Issuers:  []idp.IssuerOptions{{Name: "default", Clients: clients}},
			Delivery: idp.DeliveryOptions{Client: &http.Client{Transport: v}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"a", "b", "c"} {
			direct(t, s, id, "alice")
		}
		f(t, s)
	})
}

// direct logs a user in without a network; one session for each client.
func direct(t testing.TB, s *idp.Server, id, sub string) {
	t.Helper()
	h := s.Protocol()
	query := url.Values{"client_id": {id}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"}, "login_hint": {sub}}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "http://idp.example/default/authorize?"+query.Encode(), nil))
	at, err := url.Parse(w.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {at.Query().Get("code")}, "redirect_uri": {callback}, "client_id": {id}}
	r := httptest.NewRequest("POST", "http://idp.example/default/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusOK {
		t.Fatalf("token: %d %s", w.Code, w.Body)
	}
}

func TestRetriesOnlyWhatMayHaveFailed(t *testing.T) {
	always := func(status int) func(int) (*http.Response, error) {
		return func(int) (*http.Response, error) { return respond(status, "no") }
	}
	tests := []struct {
		name     string
		answer   func(call int) (*http.Response, error)
		attempts int
		status   int
	}{
		{"503 twice, then 200", func(call int) (*http.Response, error) {
			if call < 3 {
				return respond(503, "")
			}
			return respond(200, "")
		}, 3, 200},
		{"no connection, then 204", func(call int) (*http.Response, error) {
			if call == 1 {
				return nil, errRefused
			}
			return respond(204, "")
		}, 2, 204},
		{"429 with a pause", func(call int) (*http.Response, error) {
			if call == 1 {
				return respond(429, "", "Retry-After", "2")
			}
			return respond(200, "")
		}, 2, 200},
		{"400", always(400), 1, 400},
		{"404", always(404), 1, 404},
		{"a redirect is no delivery, and not followed", func(int) (*http.Response, error) {
			return respond(307, "", "Location", "http://b.example/stolen")
		}, 1, 307},
		{"500 for ever", always(500), 4, 500},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := &receivers{answers: map[string]func(int) (*http.Response, error){"a.example": tt.answer}}
			bubble(t, v, func(t *testing.T, s *idp.Server) {
				start := time.Now()
				session := s.SessionsOf("default", "alice")[0]
				ended, err := s.End(t.Context(), "default", session.ID)
				if err != nil {
					t.Fatal(err)
				}
				tokens := v.tokens("a.example")
				if len(tokens) != tt.attempts || len(v.tokens("b.example")) != 0 {
					t.Fatalf("%d attempts, want %d", len(tokens), tt.attempts)
				}
				for _, token := range tokens {
					if token != tokens[0] {
						t.Error("the token was made anew")
					}
				}
				last := ended.Deliveries[0]
				if last.Status != tt.status || last.Attempt != tt.attempts {
					t.Errorf("last %+v", last)
				}
				all := s.Deliveries()
				if len(all) != tt.attempts || all[0].Token != tokens[0] || all[0].URL != "http://a.example/out" {
					t.Errorf("recorded %+v", all)
				}
				if strings.HasPrefix(tt.name, "429") && time.Since(start) != 2*time.Second {
					t.Errorf("waited %s, and the receiver asked for 2s", time.Since(start))
				}
			})
		})
	}
}

func TestBudgetHoldsForAllTogether(t *testing.T) {
	v := &receivers{answers: map[string]func(int) (*http.Response, error){}}
	bubble(t, v, func(t *testing.T, s *idp.Server) {
		// The stuck receivers of this bubble are let go at its end.
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		for _, host := range []string{"a.example", "c.example"} {
			v.answers[host] = func(int) (*http.Response, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}
		}
		start := time.Now()
		ended := s.EndAll(t.Context())
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("took %s, want the budget of 5s", took)
		}
		if len(ended) != 3 {
			t.Fatalf("ended %+v", ended)
		}
		for _, e := range ended {
			d := e.Deliveries[0]
			switch d.ClientID {
			case "b":
				if d.Status != 200 || d.Time.Sub(start) != 0 {
					t.Errorf("b was held up: %+v", d)
				}
			default:
				if d.Status != 0 || d.Attempt != 2 || !strings.Contains(d.Error, "5s") {
					t.Errorf("the stuck one: %+v", d)
				}
			}
		}
		if first := s.Deliveries()[1]; first.Error != "no answer within 3s" || first.Latency != 3000 {
			t.Errorf("first attempt %+v", first)
		}
	})
}

func TestDeliverSendsAnythingOnce(t *testing.T) {
	v := &receivers{answers: map[string]func(int) (*http.Response, error){
		"a.example": func(int) (*http.Response, error) {
			return respond(400, strings.Repeat("x", 70<<10), "X-Answer", "1")
		},
		"b.example": func(int) (*http.Response, error) { return respond(500, "") },
	}}
	w := threeClients(t, v, func(o *idp.Options) {
		o.Recipes = map[string]fixtures.Recipe{"clm-exp-past/hour": fixtures.Valid().Expired(time.Hour), "clm-exp-past": fixtures.Valid()}
	})
	a := newApp(t, w.base+"/default", "a", "")
	k := a.login(t, browser(t), "alice")
	d, err := w.Deliver(t.Context(), idp.DeliveryRequest{MintRequest: idp.MintRequest{Case: "clm-exp-past/hour", Sub: "alice"}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Status != 400 || d.Header.Get("X-Answer") != "1" || len(d.Body) != 64<<10 || !d.Truncated || d.Sid != k.sid() || d.Case == "" || d.JTI == "" {
		d.Body = ""
		t.Fatalf("delivery %+v", d)
	}
	if len(w.SessionsOf("default", "alice")) != 1 {
		t.Error("a delivery ended a session")
	}
	d, err = w.Deliver(t.Context(), idp.DeliveryRequest{Token: "not.a.token", URL: "http://b.example/x"})
	if err != nil || d.Status != 500 || len(v.tokens("b.example")) != 1 || v.tokens("b.example")[0] != "not.a.token" {
		t.Fatalf("%+v %v", d, err)
	}
	for name, q := range map[string]idp.DeliveryRequest{
		"unknown case":     {MintRequest: idp.MintRequest{Case: "clm-nothing", Sub: "alice"}},
		"no client":        {MintRequest: idp.MintRequest{Sub: "nobody"}},
		"nobody logged in": {MintRequest: idp.MintRequest{ClientID: "c"}},
		"nowhere to go":    {MintRequest: idp.MintRequest{ClientID: "d", Sub: "alice"}},
		"two tokens":       {Token: "x", MintRequest: idp.MintRequest{Case: "clm-exp-past"}, URL: "http://b.example/x"},
		"not http":         {Token: "x", URL: "file:///etc/passwd"},
		"bad issuer":       {Issuer: "a b", Token: "x"},
	} {
		if d, err := w.Deliver(t.Context(), q); err == nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
	_, err = w.Mint("default", idp.MintRequest{Case: "clm-nothing", Sub: "alice"})
	if err == nil || !strings.Contains(err.Error(), "clm-exp-past") {
		t.Errorf("the error names no similar case: %v", err)
	}
}

func TestLiveSecretsAreNotShown(t *testing.T) {
	v := &receivers{}
	w := start(t, func(o *idp.Options) { o.Delivery.Client = &http.Client{Transport: v} })
	err := w.PutClient("default", idp.Client{
		ID: "hs", Secret: "a live secret, thirty-two bytes or more", IDTokenSignedResponseAlg: "HS256", BackchannelLogoutURI: "http://hs.example/",
	})
	if err != nil {
		t.Fatal(err)
	}
	mint := idp.MintRequest{ClientID: "hs", Sub: "alice"}
	d, err := w.Deliver(t.Context(), idp.DeliveryRequest{MintRequest: mint})
	if err != nil {
		t.Fatal(err)
	}
	sent := v.tokens("hs.example")[0]
	signature := sent[strings.LastIndexByte(sent, '.')+1:]
	if strings.Contains(d.Token, signature) || !strings.HasPrefix(d.Token, sent[:40]) {
		t.Errorf("recorded %s", d.Token)
	}
	if d, err = w.Deliver(t.Context(), idp.DeliveryRequest{Token: sent, URL: "http://hs.example/"}); err != nil || strings.Contains(d.Token, signature) {
		t.Errorf("brought: %s %v", d.Token, err)
	}
	forged := fixtures.Valid().Keyed("guess")
	mint.Recipe = &forged
	if d, err = w.Deliver(t.Context(), idp.DeliveryRequest{MintRequest: mint}); err != nil || strings.Contains(d.Token, "not shown") {
		t.Errorf("forged: %s %v", d.Token, err)
	}
	got, err := http.Get(w.control + "/clients/hs")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if body, _ := io.ReadAll(got.Body); strings.Contains(string(body), "live secret") {
		t.Errorf("client %s", body)
	}
}
