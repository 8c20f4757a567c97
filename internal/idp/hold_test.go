package idp_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/idp"
)

// A held answer leaves the session at the issuer before it is at the client.
func TestHeldTokens(t *testing.T) {
	w := start(t)
	a, b := newApp(t, w.base+"/default", "app", ""), browser(t)
	reached, release, err := w.Hold("default", "app", "alice")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	bob := a.login(t, browser(t), "bob") // others are not held
	select {
	case <-reached:
		t.Fatal("reached by another user")
	default:
	}
	done := make(chan reply, 1)
	go func() {
		got := fetch(t, b, a.oauth.AuthCodeURL("s")+"&login_hint=alice")
		done <- send(t, b, w.base+"/default/token", url.Values{
			"grant_type": {"authorization_code"}, "client_id": {"app"}, "redirect_uri": {callback},
			"code": {got.location.Query().Get("code")},
		})
	}()
	within(t, reached)
	select {
	case got := <-done:
		t.Fatalf("answered %d %s", got.status, got.body)
	default:
	}
	login, there := w.SessionsOf("default", "alice")[0].Login("app")
	if !there || login.IDToken == "" || login.Sid == "" {
		t.Errorf("meanwhile the login is %+v", login)
	}
	release()
	release() // as often as one likes
	if got := <-done; got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	// The hold was for one answer.
	a.login(t, browser(t), "alice")

	// A refresh is held as well.
	reached, release, err = w.Hold("default", "app", "bob")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		done <- send(t, b, w.base+"/default/token", url.Values{
			"grant_type": {"refresh_token"}, "client_id": {"app"}, "refresh_token": {bob.token.RefreshToken},
		})
	}()
	within(t, reached)
	release()
	if got := <-done; got.status != 200 {
		t.Errorf("refresh: %d %s", got.status, got.body)
	}
}

func within(t testing.TB, reached <-chan struct{}) {
	t.Helper()
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	select {
	case <-reached:
	case <-late.C:
		t.Fatal("not reached")
	}
}

// What was released, or let go by a reset, holds nothing back.
func TestHoldsAreGivenUp(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	_, release, err := w.Hold("default", "app", "alice")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Hold("default", "app", "alice"); err == nil {
		t.Error("one answer was held twice")
	}
	release()
	a.login(t, browser(t), "alice")
	if _, _, err = w.Hold("default", "app", "alice"); err != nil {
		t.Fatal(err)
	}
	if err := w.Reset(); err != nil {
		t.Fatal(err)
	}
	a.login(t, browser(t), "alice")
	strict := start(t, func(o *idp.Options) { o.OnlyListed = true }, issuers(idp.IssuerOptions{Name: "default"}))
	if _, _, err := strict.Hold("nowhere", "app", "alice"); err == nil {
		t.Error("an issuer that is not there holds something")
	}
}
