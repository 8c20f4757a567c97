package idp_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/idp"
)

// threeClients is a server with three clients that have a receiver each.
func threeClients(t *testing.T, v *receivers, change ...func(*idp.Options)) *world {
	t.Helper()
	var clients []idp.Client
	for _, id := range []string{"a", "b", "c"} {
		clients = append(clients, idp.Client{ID: id, BackchannelLogoutURI: "http://" + id + ".example/out?x=1"})
	}
	change = append([]func(*idp.Options){
		issuers(idp.IssuerOptions{Name: "default", Clients: clients}),
		func(o *idp.Options) { o.Delivery.Client = &http.Client{Transport: v} },
	}, change...)
	return start(t, change...)
}

func TestEndingASessionTellsExactlyItsClients(t *testing.T) {
	v := &receivers{}
	w := threeClients(t, v)
	issuer := w.base + "/default"
	a, b, c := newApp(t, issuer, "a", ""), newApp(t, issuer, "b", ""), newApp(t, issuer, "c", "")
	desk, phone, other := browser(t), browser(t), browser(t)
	inA, inB := a.login(t, desk, "alice"), b.login(t, desk, "alice")
	phoneA := a.login(t, phone, "alice")
	c.login(t, phone, "alice")
	a.login(t, other, "bob")
	sids := []string{inA.sid(), inB.sid(), phoneA.sid()}
	slices.Sort(sids)
	if len(slices.Compact(sids)) != 3 {
		t.Fatalf("sids are shared: %v", sids)
	}
	if len(w.SessionsOf("default", "alice")) != 2 || len(w.Sessions()) != 3 {
		t.Fatalf("sessions %+v", w.Sessions())
	}

	ended, err := w.End(context.Background(), "default", inB.sid())
	if err != nil {
		t.Fatal(err)
	}
	if len(ended.Deliveries) != 2 || ended.Session.Sub != "alice" || !slices.Equal(hosts(v), []string{"a.example", "b.example"}) {
		t.Fatalf("ended %+v, told %v", ended, hosts(v))
	}
	for host, want := range map[string]struct {
		app *app
		ticket
	}{"a.example": {a, inA}, "b.example": {b, inB}} {
		form := v.seen[host][0]
		if len(form) != 1 || v.kind[0] != "application/x-www-form-urlencoded" {
			t.Errorf("%s got the form %v as %s", host, form, v.kind)
		}
		token, sid := logoutToken(t, want.app, form.Get("logout_token"))
		if sid != want.sid() || token.Subject != "alice" {
			t.Errorf("%s: sub %s sid %s, want alice %s", host, token.Subject, sid, want.sid())
		}
	}
	if len(w.SessionsOf("default", "alice")) != 1 || len(w.SessionsOf("default", "bob")) != 1 {
		t.Fatalf("sessions left: %+v", w.Sessions())
	}
	// The browser of the session is logged out at the provider, the others not.
	if q := fetch(t, desk, a.oauth.AuthCodeURL("s")+"&prompt=none").location.Query(); q.Get("error") != "login_required" {
		t.Errorf("the desk goes on: %v", q)
	}
	if q := fetch(t, phone, a.oauth.AuthCodeURL("s")+"&prompt=none").location.Query(); q.Get("code") == "" {
		t.Errorf("the phone is out too: %v", q)
	}
	if _, err := w.End(context.Background(), "default", inB.sid()); err == nil {
		t.Error("a session ended twice")
	}
	all := w.EndUser(context.Background(), "alice")
	if len(all) != 1 || len(all[0].Deliveries) != 2 {
		t.Fatalf("the rest of alice: %+v", all)
	}
	if all := w.EndAll(context.Background()); len(all) != 1 || all[0].Session.Sub != "bob" || len(w.Sessions()) != 0 {
		t.Fatalf("the rest: %+v", all)
	}
	if all := w.EndUser(context.Background(), "alice"); len(all) != 0 {
		t.Fatalf("nobody was left, and yet %+v", all)
	}
}

func TestLoginAgainKeepsTheSid(t *testing.T) {
	w := threeClients(t, &receivers{})
	a, b := newApp(t, w.base+"/default", "a", ""), browser(t)
	first := a.login(t, b, "alice")
	second := a.login(t, b, "alice")
	sessions := w.SessionsOf("default", "alice")
	if first.sid() != second.sid() || len(sessions) != 1 || len(sessions[0].Logins) != 1 {
		t.Fatalf("sids %s %s, sessions %+v", first.sid(), second.sid(), sessions)
	}
	if login, ok := sessions[0].Login("a"); !ok || login.IDToken != second.raw {
		t.Fatal("the newest ID token is not the one that is kept")
	}
}

func TestAnotherUserEndsTheFormerSession(t *testing.T) {
	v := &receivers{}
	w := threeClients(t, v)
	a, b := newApp(t, w.base+"/default", "a", ""), browser(t)
	first := a.login(t, b, "alice")
	a.login(t, b, "bob")
	if len(w.SessionsOf("default", "alice")) != 0 || len(w.SessionsOf("default", "bob")) != 1 {
		t.Fatalf("sessions %+v", w.Sessions())
	}
	if _, sid := logoutToken(t, a, v.tokens("a.example")[0]); sid != first.sid() {
		t.Fatalf("told about %s, want %s", sid, first.sid())
	}
}

func TestClientWithoutSid(t *testing.T) {
	v := &receivers{}
	w := start(t, issuers(idp.IssuerOptions{Clients: []idp.Client{
		{ID: "a", BackchannelLogoutURI: "http://a.example/", WithoutSid: true},
	}}), func(o *idp.Options) { o.Delivery.Client = &http.Client{Transport: v} })
	a := newApp(t, w.base, "a", "") // the root issuer
	if k := a.login(t, browser(t), "alice"); k.claims["sid"] != nil {
		t.Fatalf("ID token %v", k.claims)
	}
	minted, err := w.Mint("", idp.MintRequest{ClientID: "a", Sub: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(minted.Payload, `"sid"`) {
		t.Errorf("a minted token names a session that nobody was told: %s", minted.Payload)
	}
	w.EndAll(context.Background())
	if token, sid := logoutToken(t, a, v.tokens("a.example")[0]); sid != "" || token.Subject != "alice" {
		t.Fatalf("sid %q sub %q", sid, token.Subject)
	}
}

func TestLogoutThatHadNowhereToGoSaysSo(t *testing.T) {
	var log bytes.Buffer
	w := start(t, func(o *idp.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	newApp(t, w.base+"/default", "app", "").login(t, browser(t), "alice")
	ended := w.EndAll(context.Background())
	if len(ended) != 1 || !slices.Equal(ended[0].Untold, []string{"app"}) || !strings.Contains(log.String(), "nowhere to go") {
		t.Fatalf("%+v %s", ended, &log)
	}
}

func TestCodeDiesWithItsSession(t *testing.T) {
	w := threeClients(t, &receivers{})
	a, b := newApp(t, w.base+"/default", "a", ""), browser(t)
	q := fetch(t, b, a.oauth.AuthCodeURL("s")+"&login_hint=alice").location.Query()
	w.EndAll(context.Background())
	if _, err := a.oauth.Exchange(context.Background(), q.Get("code")); err == nil || !strings.Contains(err.Error(), "session has ended") {
		t.Fatalf("a code outlived its session: %v", err)
	}
}

func TestSessionLife(t *testing.T) {
	v := &receivers{}
	w := threeClients(t, v, func(o *idp.Options) { o.SessionLife = 3600e9 })
	a, b := newApp(t, w.base+"/default", "a", ""), browser(t)
	a.login(t, b, "alice")
	if _, err := w.SetClock(idp.ClockSetting{Advance: 7200e9}); err != nil {
		t.Fatal(err)
	}
	if len(w.SessionsOf("default", "alice")) != 0 || len(v.tokens("a.example")) != 0 {
		t.Fatal("the session outlived its time, or somebody was told")
	}
}
