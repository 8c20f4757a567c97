package config_test

import (
	"bytes"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// whole is a configuration that has all it needs.
func whole() config.Config {
	c := config.Default()
	c.Target.LogoutURL = "http://127.0.0.1:3000/backchannel-logout"
	c.Target.Login.URL = "http://127.0.0.1:3000/login"
	c.Target.Probe.URL = "http://127.0.0.1:3000/me"
	return c
}

func sharedSecret(c *config.Config) {
	c.Profile, c.Secret.Text, c.Target.Login = run.SharedSecret, "a secret that both have", byRequest
}

func TestCheckAccepts(t *testing.T) {
	for name, change := range map[string]func(*config.Config){
		"oidc":                    func(*config.Config) {},
		"asvs":                    func(c *config.Config) { c.Profile = run.ASVS },
		"shared secret":           sharedSecret,
		"base64":                  func(c *config.Config) { sharedSecret(c); c.Secret.Encoding, c.Secret.Text = config.Base64, "YWJjZA" },
		"a template with blanks":  func(c *config.Config) { c.Target.Probe.Alive.Contains = `"user": "{{ .Sub }}"` },
		"a name in the probe URL": func(c *config.Config) { c.Target.Probe.URL += "?user={{.Sub}}" },
		"a query of its own":      func(c *config.Config) { c.Target.LogoutURL += "?tenant=1" },
		"the 2022 edition":        func(c *config.Config) { c.Declares.Edition = run.Final2022 },
		"every interface":         func(c *config.Config) { c.Issuer.Listen = ":8080" },
		"an issuer at the root":   func(c *config.Config) { c.Issuer.URL = "https://idp.example" },
	} {
		t.Run(name, func(t *testing.T) {
			c := whole()
			change(&c)
			if err := c.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

var byRequest = config.Login{Request: &config.Request{URL: "http://127.0.0.1:3000/login"}}

func TestCheckNamesTheKey(t *testing.T) {
	for name, row := range map[string]struct {
		change    func(*config.Config)
		key, todo string
	}{
		"profile":           {func(c *config.Config) { c.Profile = "saml" }, "profile: ", "want oidc, asvs or shared-secret"},
		"no profile":        {func(c *config.Config) { c.Profile = "" }, "profile: ", "want oidc"},
		"no logout URL":     {func(c *config.Config) { c.Target.LogoutURL = "" }, "target.logout_url: ", "give an absolute URL"},
		"relative":          {func(c *config.Config) { c.Target.LogoutURL = "/logout" }, "target.logout_url: ", "no absolute http or https URL"},
		"no scheme":         {func(c *config.Config) { c.Target.LogoutURL = "127.0.0.1:3000/logout" }, "target.logout_url: ", "is no URL"},
		"another scheme":    {func(c *config.Config) { c.Target.LogoutURL = "ftp://x/" }, "target.logout_url: ", "no absolute http or https URL"},
		"a port alone":      {func(c *config.Config) { c.Target.LogoutURL = "http://:3000/" }, "target.logout_url: ", "no absolute http or https URL"},
		"a fragment":        {func(c *config.Config) { c.Target.LogoutURL += "#x" }, "target.logout_url: ", "no fragment (BCL 2.2)"},
		"escape bytes":      {func(c *config.Config) { c.Target.LogoutURL = "http://x/\x1b[31m" }, "target.logout_url: ", "is no URL"},
		"no probe":          {func(c *config.Config) { c.Target.Probe.URL = "" }, "target.probe.url: ", "give an absolute URL"},
		"nobody named":      {func(c *config.Config) { c.Target.Probe.Alive.Contains = "Welcome" }, "target.probe.alive.contains: ", "must hold {{.Sub}}"},
		"no alive status":   {func(c *config.Config) { c.Target.Probe.Alive.Status = nil }, "target.probe.alive.status: ", "such as [200]"},
		"odd alive status":  {func(c *config.Config) { c.Target.Probe.Alive.Status = []int{200, 20} }, "target.probe.alive.status: ", "want some of 100 to 599"},
		"ready":             {func(c *config.Config) { c.Target.Ready = "3000" }, "target.ready: ", "no absolute http or https URL"},
		"no login":          {func(c *config.Config) { c.Target.Login.URL = "" }, "target.login.url: ", "give an absolute URL"},
		"login request":     {func(c *config.Config) { sharedSecret(c); c.Target.Login.Request = &config.Request{} }, "target.login.request.url: ", "give an absolute URL"},
		"secret without":    {func(c *config.Config) { sharedSecret(c); c.Target.Login = whole().Target.Login }, "target.login.request: ", "describe the request"},
		"secret, no login":  {func(c *config.Config) { sharedSecret(c); c.Target.Login = config.Login{} }, "target.login.request: ", "describe the request"},
		"login and OIDC":    {func(c *config.Config) { c.Target.Login = byRequest }, "target.login.request: ", "give target.login.url"},
		"no issuer":         {func(c *config.Config) { c.Issuer.URL = "" }, "issuer.url: ", "give an absolute URL"},
		"issuer with slash": {func(c *config.Config) { c.Issuer.URL = "http://x:1/default/" }, "issuer.url: ", "give it as http://x:1/default"},
		"issuer with query": {func(c *config.Config) { c.Issuer.URL = "http://x/default?a=b" }, "issuer.url: ", "give it as http://x/default"},
		"issuer with mark":  {func(c *config.Config) { c.Issuer.URL = "http://x/default?" }, "issuer.url: ", "give it as http://x/default"},
		"nowhere to listen": {func(c *config.Config) { c.Issuer.Listen = "" }, "issuer.listen: ", "such as 127.0.0.1:8080"},
		"listen at a URL":   {func(c *config.Config) { c.Issuer.Listen = "http://127.0.0.1:8080" }, "issuer.listen: ", "such as 127.0.0.1:8080"},
		"no client":         {func(c *config.Config) { c.Client.ID = "" }, "client.id: ", "the client id that the target uses"},
		"algorithm":         {func(c *config.Config) { c.Client.Alg = "rs256" }, "client.id_token_signed_response_alg: ", "want one of RS256"},
		"no key":            {func(c *config.Config) { c.Client.Alg, c.Client.Secret = "HS256", "" }, "client.secret: ", "give the secret"},
		"sid for nobody":    {func(c *config.Config) { c.Issuer.WithoutSid = true }, "issuer.without_sid: ", "set declares.sid to false"},
		"no secret":         {func(c *config.Config) { sharedSecret(c); c.Secret.Text = "" }, "secret.text: ", "CONFORMANCE_SECRET_TEXT"},
		"encoding":          {func(c *config.Config) { sharedSecret(c); c.Secret.Encoding = "hex" }, "secret.encoding: ", "want utf8 or base64"},
		"no base64":         {func(c *config.Config) { sharedSecret(c); c.Secret.Encoding = config.Base64 }, "secret.text", "set secret.encoding to utf8"},
		"unknown claim":     {func(c *config.Config) { sharedSecret(c); c.Secret.Checks = []string{"acr"} }, "secret: ", "want some of iss, sub"},
		"required unknown":  {func(c *config.Config) { sharedSecret(c); c.Secret.Requires = []string{"Sub"} }, "secret: ", "want some of iss, sub"},
		"edition":           {func(c *config.Config) { c.Declares.Edition = "1.0" }, "declares.edition: ", "want errata-1 or final-2022"},
		"no refusal status": {func(c *config.Config) { c.Declares.RefusalStatus = nil }, "declares.refusal_status: ", "such as [400]"},
		"odd refusal":       {func(c *config.Config) { c.Declares.RefusalStatus = []int{4000} }, "declares.refusal_status: ", "want some of 100 to 599"},
		"no workers":        {func(c *config.Config) { c.Run.Workers = 0 }, "run.workers: ", "want 1 to 256"},
		"too many workers":  {func(c *config.Config) { c.Run.Workers = 257 }, "run.workers: ", "want 1 to 256"},
		"no timeout":        {func(c *config.Config) { c.Run.Timeout = 0 }, "run.timeout: ", "such as 10s"},
		"no budget":         {func(c *config.Config) { c.Run.Budget = 0 }, "run.budget: ", "such as 15m"},
	} {
		t.Run(name, func(t *testing.T) {
			c := whole()
			row.change(&c)
			expectError(t, c.Check(), row.key, row.todo)
		})
	}
}

func TestReadingsOfASecret(t *testing.T) {
	raw := []byte{0xfb, 0xff, 0xfe, 'a', 'b'} // with + and / in base64, and padding
	for name, c := range map[string]struct {
		text, encoding string
		want           []byte
	}{
		"text":              {"-__-YWI", config.UTF8, []byte("-__-YWI")},
		"text by default":   {"é", "", []byte("é")},
		"standard":          {"+//+YWI=", config.Base64, raw},
		"standard, bare":    {"+//+YWI", config.Base64, raw},
		"URL-safe":          {"-__-YWI=", config.Base64, raw},
		"URL-safe, bare":    {"-__-YWI", config.Base64, raw},
		"standard in lines": {"+//+\nYWI=\n", config.Base64, raw},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.Secret{Text: c.text, Encoding: c.encoding}.Bytes()
			if err != nil || !bytes.Equal(got, c.want) {
				t.Errorf("got %q %v, want %q", got, err, c.want)
			}
		})
	}
	for _, text := range []string{"a", "+_+_", "YWI==", "secret with blanks", "é"} {
		_, err := config.Secret{Text: text, Encoding: config.Base64}.Bytes()
		expectError(t, err, "is no base64")
	}
}
