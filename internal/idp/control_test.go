package idp_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/idp"
)

func TestControlCalls(t *testing.T) {
	v := &receivers{answers: map[string]func(int) (*http.Response, error){
		"a.example": func(int) (*http.Response, error) { return respond(400, `{"error":"no"}`) },
	}}
	w := threeClients(t, v, func(o *idp.Options) {
		o.Recipes = map[string]fixtures.Recipe{"clm-exp-past": fixtures.Valid().Expired(time.Hour)}
	})
	a := newApp(t, w.base+"/default", "a", "")
	b := newApp(t, w.base+"/default", "b", "")
	jar := browser(t)
	k := a.login(t, jar, "alice")
	b.login(t, jar, "alice")
	b.login(t, browser(t), "bob")

	var list struct {
		Calls []struct{ Method, Path string }
	}
	if w.call(t, "GET", "/", "", &list); len(list.Calls) < 20 {
		t.Errorf("listed %v", list)
	}
	var sessions struct{ Sessions []idp.Session }
	if w.call(t, "GET", "/sessions?sub=alice&issuer=default", "", &sessions); len(sessions.Sessions) != 1 || sessions.Sessions[0].Logins[0].IDToken != k.raw {
		t.Errorf("sessions %+v", sessions)
	}
	var minted struct{ Token, Header, Payload string }
	w.call(t, "POST", "/tokens", `{"case":"clm-exp-past","sub":"alice","client_id":"a"}`, &minted)
	if !strings.Contains(minted.Payload, k.sid()) || !strings.Contains(minted.Header, "logout+jwt") {
		t.Errorf("minted %+v", minted)
	}
	var sent idp.Delivery
	w.call(t, "POST", "/deliveries", `{"recipe":{"base":"ok-sub-only"},"sub":"bob"}`, &sent)
	if sent.Status != 200 || sent.ClientID != "b" || sent.URL != "http://b.example/out?x=1" {
		t.Errorf("sent %+v", sent)
	}
	var ended struct {
		Deliveries []idp.Delivery
		Session    idp.Session
	}
	if w.call(t, "DELETE", "/sessions/"+k.sid(), "", &ended); len(ended.Deliveries) != 2 || ended.Session.Sub != "alice" {
		t.Fatalf("ended %+v", ended)
	}
	n := slices.IndexFunc(ended.Deliveries, func(d idp.Delivery) bool { return d.ClientID == "a" })
	if d := ended.Deliveries[n]; d.Status != 400 || d.Body != `{"error":"no"}` {
		t.Errorf("delivery %+v", d)
	}
	if got := w.call(t, "DELETE", "/sessions/"+k.sid(), "", nil); got.status != http.StatusNotFound {
		t.Errorf("ended again: %d", got.status)
	}
	var out struct {
		Ended []struct{ Note string }
		Note  string
	}
	if w.call(t, "POST", "/logout", `{"sub":"alice"}`, &out); len(out.Ended) != 0 || out.Note == "" {
		t.Errorf("nobody: %+v", out)
	}
	if w.call(t, "POST", "/logout", `{"all":true}`, &out); len(out.Ended) != 1 {
		t.Errorf("all: %+v", out)
	}
	newApp(t, w.base+"/default", "untold", "").login(t, browser(t), "carol")
	if w.call(t, "POST", "/logout", `{"sub":"carol"}`, &out); !strings.Contains(out.Ended[0].Note, "nowhere") {
		t.Errorf("nowhere to go: %+v", out)
	}
	var records struct {
		Deliveries []idp.Delivery
		Requests   []idp.Request
	}
	w.call(t, "GET", "/deliveries", "", &records)
	w.call(t, "GET", "/requests", "", &records)
	if len(records.Deliveries) != 4 || len(records.Requests) < 8 || records.Requests[0].Client != "127.0.0.1" || records.Requests[0].Status != 200 {
		t.Errorf("%d deliveries, requests %+v", len(records.Deliveries), records.Requests)
	}
	w.call(t, "DELETE", "/deliveries", "", nil)
	w.call(t, "DELETE", "/requests", "", nil)
	if len(w.Deliveries()) != 0 || len(w.Requests()) != 0 {
		t.Error("the lists were not emptied")
	}
	var stats idp.Stats
	if w.call(t, "GET", "/stats", "", &stats); stats.Discovery.Total != 3 || stats.JWKS.Clients["127.0.0.1"].Total == 0 || stats.Issuers["default"].Discovery.Last.IsZero() {
		t.Errorf("stats %+v", stats)
	}
	if got := w.call(t, "DELETE", "/state", "", nil); got.status != http.StatusNoContent || w.Stats().Discovery.Total != 0 {
		t.Errorf("reset: %d %+v", got.status, w.Stats())
	}
}

func TestControlRegistryKeysAndClock(t *testing.T) {
	w := start(t)
	if got := w.call(t, "PUT", "/clients/https:%2F%2Fapp.example", `{"backchannel_logout_uri":"http://x.example/","client_secret":"hidden"}`, nil); got.status != 200 || strings.Contains(got.body, "hidden") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var c idp.Client
	if w.call(t, "GET", "/clients/https:%2F%2Fapp.example", "", &c); c.ID != "https://app.example" || c.BackchannelLogoutURI != "http://x.example/" {
		t.Errorf("client %+v", c)
	}
	var clients struct{ Clients []idp.Client }
	if w.call(t, "GET", "/clients?issuer=default", "", &clients); len(clients.Clients) != 1 {
		t.Errorf("clients %+v", clients)
	}
	var u map[string]any
	w.call(t, "PUT", "/users/alice?issuer=third", `{"groups":["staff"]}`, nil)
	if w.call(t, "GET", "/users/alice?issuer=third", "", &u); u["sub"] != "alice" || u["groups"] == nil {
		t.Errorf("user %v", u)
	}
	var users struct{ Users []idp.User }
	if w.call(t, "GET", "/users?issuer=third", "", &users); len(users.Users) != 1 || users.Users[0].Sub != "alice" {
		t.Errorf("users %+v", users)
	}
	for _, path := range []string{"/clients/https:%2F%2Fapp.example", "/users/alice?issuer=third"} {
		for _, want := range []int{http.StatusNoContent, http.StatusNotFound} {
			if got := w.call(t, "DELETE", path, "", nil); got.status != want {
				t.Errorf("DELETE %s: %d, want %d", path, got.status, want)
			}
		}
	}
	var keys struct{ Keys []idp.KeyInfo }
	w.call(t, "POST", "/keys/rotate", `{"overlap":true}`, &keys)
	if len(keys.Keys) != 2 || keys.Keys[0].Role != fixtures.Next || !keys.Keys[0].Signing || keys.Keys[1].Signing {
		t.Errorf("keys %+v", keys)
	}
	if w.call(t, "GET", "/keys", "", &keys); len(keys.Keys) != 2 {
		t.Errorf("keys %+v", keys)
	}
	var clock struct {
		Now    time.Time
		Offset string
		Frozen bool
	}
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	if w.call(t, "PUT", "/clock", `{"time":"2030-01-01T00:00:00Z","freeze":true}`, &clock); !clock.Now.Equal(at) || !clock.Frozen {
		t.Errorf("clock %+v", clock)
	}
	if w.call(t, "PUT", "/clock", `{"advance":"1h","freeze":true}`, &clock); !clock.Now.Equal(at.Add(time.Hour)) {
		t.Errorf("clock %+v", clock)
	}
	if w.call(t, "PUT", "/clock", `{"offset":"0s"}`, &clock); clock.Frozen || clock.Now.After(at) {
		t.Errorf("clock %+v", clock)
	}
	if w.call(t, "DELETE", "/clock", "", &clock); clock.Offset != "0s" {
		t.Errorf("clock %+v", clock)
	}
	if w.call(t, "GET", "/clock", "", &clock); clock.Frozen {
		t.Errorf("clock %+v", clock)
	}
}

func TestControlErrorsSayWhatToDo(t *testing.T) {
	w := start(t)
	tests := []struct {
		method, path, body string
		status             int
		code, hint         string
	}{
		{"POST", "/logout", `{"user":"alice"}`, 400, "unknown_field", `unknown field \"user\": this call takes sub, all`},
		{"POST", "/deliveries", `{"clientid":"a"}`, 400, "unknown_field", "issuer, case, recipe, client_id"},
		{"POST", "/tokens", `{"recipe":{"bass":"x"}}`, 400, "unknown_field", "bass"},
		{"POST", "/logout", `{"sub":1}`, 400, "invalid_request", "the field sub is a JSON number: want string"},
		{"POST", "/logout", `{"sub":"a"}{}`, 400, "invalid_request", "follows"},
		{"POST", "/logout", `{`, 400, "invalid_request", "JSON"},
		{"POST", "/logout", ``, 400, "invalid_request", `give {\"sub\"`},
		{"POST", "/logout", `{"sub":"` + strings.Repeat("x", 2<<20) + `"}`, 413, "too_large", "1048576"},
		{"PUT", "/sessions", `{}`, 405, "method_not_allowed", "use GET"},
		{"GET", "/nothing", ``, 404, "no_such_call", "GET / lists"},
		{"GET", "/clients/x", ``, 404, "not_found", "client x"},
		{"GET", "/keys?issuer=token", ``, 400, "invalid_request", "name is that of an endpoint"},
		{"PUT", "/clients/x", `{"client_id":"y"}`, 400, "invalid_request", "the path names"},
		{"PUT", "/clients/x", `{"backchannel_logout_uri":"/out"}`, 400, "invalid_request", "http or https"},
		{"PUT", "/clients/x", `{"redirect_uris":["https://x/#f"]}`, 400, "invalid_request", "fragment"},
		{"PUT", "/clients/x", `{"id_token_signed_response_alg":"HS256"}`, 400, "invalid_request", "client_secret"},
		{"PUT", "/clients/x", `{"id_token_signed_response_alg":"none"}`, 400, "invalid_request", "want one of RS256"},
		{"PUT", "/users/x", `{"iss":"y"}`, 400, "invalid_request", "the provider's own"},
		{"PUT", "/users/x", `{"sub":1}`, 400, "invalid_request", "string"},
		{"PUT", "/clock", `{"offset":"tomorrow"}`, 400, "invalid_request", "want a duration"},
		{"PUT", "/clock", `{"offset":"1h","advance":"1h"}`, 400, "invalid_request", "one of"},
		{"POST", "/tokens", `{"case":"x","sub":"a","client_id":"a"}`, 404, "not_found", "give a recipe"},
	}
	for _, tt := range tests {
		var fault struct{ Error, Message string }
		got := w.call(t, tt.method, tt.path, tt.body, &fault)
		if got.status != tt.status || fault.Error != tt.code || !strings.Contains(got.body, tt.hint) {
			t.Errorf("%s %s %.60s: %d %s", tt.method, tt.path, tt.body, got.status, got.body)
		}
	}
}

func TestWhoMayUseTheControlFace(t *testing.T) {
	w := start(t, func(o *idp.Options) { o.Control = idp.ControlOptions{Token: "t0ken", Hosts: []string{"idp"}} })
	tests := []struct {
		name, host, token, kind string
		status                  int
	}{
		{"right", "127.0.0.1:8081", "Bearer t0ken", "application/json; charset=utf-8", 200},
		{"localhost", "localhost", "Bearer t0ken", "application/json", 200},
		{"IPv6", "[::1]:8081", "Bearer t0ken", "application/json", 200},
		{"allowed host", "idp:8081", "Bearer t0ken", "application/json", 200},
		{"a page's host", "evil.example:8081", "Bearer t0ken", "application/json", 403},
		{"no token", "127.0.0.1", "", "application/json", 401},
		{"wrong token", "127.0.0.1", "Bearer t0kem", "application/json", 401},
		{"a form", "127.0.0.1", "Bearer t0ken", "application/x-www-form-urlencoded", 415},
		{"plain text", "127.0.0.1", "Bearer t0ken", "text/plain", 415},
		{"no type", "127.0.0.1", "Bearer t0ken", "", 415},
	}
	for _, tt := range tests {
		request, err := http.NewRequest(http.MethodPost, w.control+"/logout", strings.NewReader(`{"all":true}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Host = tt.host
		request.Header.Set("Authorization", tt.token)
		request.Header.Set("Content-Type", tt.kind)
		answer, err := http.DefaultClient.Do(request)
		got := read(t, answer, err)
		if got.status != tt.status || (tt.status != 200 && !strings.Contains(got.body, `"message"`)) {
			t.Errorf("%s: %d %s", tt.name, got.status, got.body)
		}
	}
}
