package main_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/run"
)

// The curl of a customer without OpenID Connect, with only the URL, the
// application and the token filled in: a valid token ends the session, and each
// of the five bad kinds does not.
func TestCurlWithAMintedToken(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed")
	}
	d, err := demo.Start(t.Context(), demo.Options{Profile: run.SharedSecret, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	login := d.Config.Target.Login.Request.URL
	tests := []struct {
		name, variant string
		ends          bool
		status        string
	}{
		{"expired", "clm-exp-past/hour", false, "400"},
		{"wrong audience", "clm-aud-wrong/string", false, "400"},
		{"missing sub", "clm-no-sub-no-sid/neither", false, "400"},
		{"badly signed", "sig-tampered/bit-flipped", false, "400"},
		{"signed by somebody else", "sig-attacker-key-real-kid", false, "400"},
		{"unsigned", "hdr-alg-none", false, "400"},
		{"valid", "ok-sub-only", true, "200"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			browser := loggedIn(t, login, "alice")
			if !alive(t, browser, d.Config.Target.Probe.URL) {
				t.Fatal("the login made no session")
			}
			minted := callWith(t, []string{"CONFORMANCE_SECRET_TEXT=" + demo.Secret},
				"mint", tt.variant, "--profile", "shared-secret", "--sub", "alice", "--client", "demo")
			if minted.code != 0 {
				t.Fatal(minted.err)
			}
			status, err := exec.CommandContext(t.Context(), curl, "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST",
				d.Config.Target.LogoutURL, "-H", "Content-Type: application/x-www-form-urlencoded",
				"-d", "logout_token="+strings.TrimSpace(minted.out)).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, status)
			}
			if ended := !alive(t, browser, d.Config.Target.Probe.URL); ended != tt.ends || string(status) != tt.status {
				t.Errorf("answered %s, session ended: %v; want %s, %v", status, ended, tt.status, tt.ends)
			}
		})
	}
}

func loggedIn(t *testing.T, login, user string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	response, err := browser.PostForm(login, url.Values{"uid": {user}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return browser
}

func alive(t *testing.T, browser *http.Client, page string) bool {
	t.Helper()
	response, err := browser.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}
