package config_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// further is what only some cases need, in a file.
const further = `
client: {id: app, secret: the-secret-of-the-app}
target:
  logout_url: http://a.example:3000/logout?tenant=1
  login: {url: http://a.example:3000/login}
  probe: {url: "http://a.example:3000/me?user={{.Sub}}"}
  replicas: [https://b.example, http://c.example:1/]
  surfaces:
    api: {url: http://a.example:3000/api/me}
    feed: {url: http://a.example:3000/feed, alive: {status: [204, 200], contains: "for {{.Sub}}"}}
  refresh: http://a.example:3000/refresh
  second:
    client:
      id: other
      secret: the-secret-of-the-other
      logout_url: http://a.example:3000/other/logout
      login: {url: http://a.example:3000/other/login}
      probe: {url: http://a.example:3000/other/me}
    issuer:
      issuer: http://127.0.0.1:8080/second
      id: app
      secret: the-secret-at-the-second
      id_token_signed_response_alg: ES256
      logout_url: http://a.example:3000/second/logout
      login: {url: http://a.example:3000/second/login}
      probe: {url: http://a.example:3000/second/me, alive: {contains: "user {{.Sub}}"}}
    encrypted:
      id: sealed
      id_token_encrypted_response_alg: RSA-OAEP-256
      id_token_encrypted_response_enc: A256GCM
      jwks: '{"keys":[{"kty":"EC","crv":"P-256","use":"enc","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}'
      logout_url: http://a.example:3000/sealed/logout
      login: {url: http://a.example:3000/sealed/login}
      probe: {url: http://a.example:3000/sealed/me}
  hooks: {restart: ./restart, store_down: ./down, store_up: "http://127.0.0.1:9/up", rotate_secret: ./rotate}
run: {load: true, slow: false}
`

func parsed(t *testing.T, text string) config.Config {
	t.Helper()
	c := config.Default()
	if err := config.Parse("x.yaml", []byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPlaces(t *testing.T) {
	c := parsed(t, further)
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		place                                              run.Place
		client, secret, alg, issuer, logout, login, probed string
		contains                                           string
	}{
		{
			run.Home, "app", "the-secret-of-the-app", "RS256", "http://127.0.0.1:8080/default", "http://a.example:3000/logout?tenant=1",
			"http://a.example:3000/login", "http://a.example:3000/me?user={{.Sub}}", "{{.Sub}}",
		},
		{
			run.AtSecondClient, "other", "the-secret-of-the-other", "RS256", "http://127.0.0.1:8080/default", "http://a.example:3000/other/logout",
			"http://a.example:3000/other/login", "http://a.example:3000/other/me", "{{.Sub}}",
		},
		{
			run.AtSecondIssuer, "app", "the-secret-at-the-second", "ES256", "http://127.0.0.1:8080/second", "http://a.example:3000/second/logout",
			"http://a.example:3000/second/login", "http://a.example:3000/second/me", "user {{.Sub}}",
		},
		{
			run.AtEncrypted, "sealed", "", "RS256", "http://127.0.0.1:8080/default", "http://a.example:3000/sealed/logout",
			"http://a.example:3000/sealed/login", "http://a.example:3000/sealed/me", "{{.Sub}}",
		},
		{
			run.AtReplica, "app", "the-secret-of-the-app", "RS256", "http://127.0.0.1:8080/default", "https://b.example/logout?tenant=1",
			"https://b.example/login", "https://b.example/me?user={{.Sub}}", "{{.Sub}}",
		},
	} {
		at, ok := c.At(row.place)
		got := []string{
			at.Client.ID, at.Client.Secret, at.Client.Alg, at.Issuer.URL, at.Target.LogoutURL, at.Target.Login.URL, at.Target.Probe.URL,
			at.Target.Probe.Alive.Contains,
		}
		want := []string{row.client, row.secret, row.alg, row.issuer, row.logout, row.login, row.probed, row.contains}
		if !ok || !slices.Equal(got, want) {
			t.Errorf("%q: %v\ngot  %q\nwant %q", row.place, ok, got, want)
		}
		if !slices.Equal(at.Target.Probe.Alive.Status, []int{200}) {
			t.Errorf("%q: alive is %d", row.place, at.Target.Probe.Alive.Status)
		}
		for _, secret := range []string{"the-secret-of-the-app", "the-secret-of-the-other", "the-secret-at-the-second"} {
			if !slices.Contains(at.Secrets(), secret) {
				t.Errorf("at %q the secret %q may be shown", row.place, secret)
			}
		}
	}
	if got := c.Target.Surface("api"); !slices.Equal(got.Alive.Status, []int{200}) || got.Alive.Contains != "{{.Sub}}" {
		t.Errorf("the API is probed as %+v", got)
	}
	if got := c.Target.Surface("feed"); !slices.Equal(got.Alive.Status, []int{204, 200}) || got.Alive.Contains != "for {{.Sub}}" {
		t.Errorf("the feed is probed as %+v", got)
	}
	if at, _ := c.At(run.AtReplica); at.Target.Surface("api").URL != "https://b.example/api/me" || at.Target.Refresh != "https://b.example/refresh" {
		t.Errorf("the surfaces of the other node: %+v, %s", at.Target.Surfaces, at.Target.Refresh)
	}
}

func TestPlacesThatAreNotThere(t *testing.T) {
	c := whole()
	for _, place := range []run.Place{run.AtSecondClient, run.AtSecondIssuer, run.AtEncrypted, run.AtReplica, "elsewhere"} {
		if _, ok := c.At(place); ok {
			t.Errorf("there is a place %q", place)
		}
	}
	// The client of the run may be the one that is registered for encryption.
	c.Client.EncryptionAlg = "RSA-OAEP"
	if at, ok := c.At(run.AtEncrypted); !ok || !reflect.DeepEqual(at, c) {
		t.Errorf("%v %+v", ok, at)
	}
	sharedSecret(&c)
	if _, ok := c.At(run.AtEncrypted); ok {
		t.Error("a shared secret encrypts nothing")
	}
}

func TestAccounts(t *testing.T) {
	c := whole()
	sharedSecret(&c)
	c.Target.Second.Client = account()
	at, ok := c.At(run.AtSecondClient)
	if !ok || at.Secret.Text != "the secret of another" || at.Client.ID != "other" || at.Target.Login.Request != c.Target.Second.Client.Login.Request {
		t.Errorf("%v %+v", ok, at)
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

func account() *config.App {
	return &config.App{
		Client: config.Client{ID: "other", Secret: "the secret of another"}, LogoutURL: "http://127.0.0.1:3000/logout/other",
		Login: byRequest, Probe: config.Probe{URL: "http://127.0.0.1:3000/me/other"},
	}
}

func TestOffers(t *testing.T) {
	all := run.Needs()
	all = slices.DeleteFunc(all, func(n run.Need) bool { return n == run.Slow })
	if got := parsed(t, further).Terms().Offers; !slices.Equal(got, all) {
		t.Errorf("got %q, want %q", got, all)
	}
	if got := whole().Terms().Offers; !slices.Equal(got, []run.Need{run.Slow}) {
		t.Errorf("nobody asked for %q", got)
	}
	c := parsed(t, further)
	c.Profile = run.SharedSecret
	for _, need := range []run.Need{run.Encryption, run.Refresh} {
		if slices.Contains(c.Terms().Offers, need) {
			t.Errorf("a shared secret offers %s", need)
		}
	}
}

func TestCheckOfPlacesNamesTheKey(t *testing.T) {
	second := func(change func(*config.Second)) func(*config.Config) {
		return func(c *config.Config) { change(&c.Target.Second) }
	}
	for name, row := range map[string]struct {
		change    func(*config.Config)
		key, todo string
	}{
		"replica":         {func(c *config.Config) { c.Target.Replicas = []string{"b"} }, "target.replicas: ", "no absolute http or https URL"},
		"replica at home": {func(c *config.Config) { c.Target.Replicas = []string{"http://a.example:3000/"} }, "target.replicas: ", "addresses of the others"},
		"refresh":         {func(c *config.Config) { c.Target.Refresh = "/refresh" }, "target.refresh: ", "no absolute http or https URL"},
		"surface":         {func(c *config.Config) { c.Target.Surfaces = map[string]config.Probe{"api": {}} }, "target.surfaces.api.url: ", "give an absolute URL"},
		"surface, nobody": {func(c *config.Config) {
			s := c.Target.Surfaces["feed"]
			s.Alive.Contains = "hi"
			c.Target.Surfaces["feed"] = s
		}, "target.surfaces.feed.alive.contains: ", "{{.Sub}}"},
		"name of a surface":   {func(c *config.Config) { c.Target.Surfaces = map[string]config.Probe{"a@b": {}} }, "target.surfaces: ", "want a word"},
		"no id":               {second(func(s *config.Second) { s.Client.ID = "" }), "target.second.client.id: ", "client id"},
		"same id":             {second(func(s *config.Second) { s.Client.ID = "app" }), "target.second.client: ", `another id than "app"`},
		"client elsewhere":    {second(func(s *config.Second) { s.Client.IssuerURL = "http://x/y" }), "target.second.client: ", "no issuer"},
		"no logout URL":       {second(func(s *config.Second) { s.Client.LogoutURL = "" }), "target.second.client.logout_url: ", "give an absolute URL"},
		"fragment":            {second(func(s *config.Second) { s.Client.LogoutURL += "#x" }), "target.second.client.logout_url: ", "no fragment"},
		"no login":            {second(func(s *config.Second) { s.Issuer.Login.URL = "" }), "target.second.issuer.login.url: ", "give an absolute URL"},
		"login request":       {second(func(s *config.Second) { s.Issuer.Login = byRequest }), "target.second.issuer.login.request: ", "shared-secret"},
		"no probe":            {second(func(s *config.Second) { s.Encrypted.Probe.URL = "" }), "target.second.encrypted.probe.url: ", "give an absolute URL"},
		"algorithm":           {second(func(s *config.Second) { s.Issuer.Alg = "RS1" }), "target.second.issuer.id_token_signed_response_alg: ", "want one of"},
		"no key":              {second(func(s *config.Second) { s.Issuer.Alg, s.Issuer.Secret = "HS256", "" }), "target.second.issuer.secret: ", "give the secret"},
		"no issuer":           {second(func(s *config.Second) { s.Issuer.IssuerURL = "" }), "target.second.issuer.issuer: ", "give an absolute URL"},
		"the same issuer":     {second(func(s *config.Second) { s.Issuer.IssuerURL = "http://127.0.0.1:8080/default" }), "target.second.issuer.issuer: ", "last part of its path"},
		"an issuer elsewhere": {second(func(s *config.Second) { s.Issuer.IssuerURL = "http://127.0.0.1:9/second" }), "target.second.issuer.issuer: ", "last part of its path"},
		"sealed like all":     {second(func(s *config.Second) { s.Encrypted.ID = "app" }), "target.second.encrypted: ", "another id"},
		"not sealed":          {second(func(s *config.Second) { s.Encrypted.EncryptionAlg, s.Encrypted.EncryptionEnc = "", "" }), "target.second.encrypted.id_token_encrypted_response_alg: ", "such as RSA-OAEP-256"},
		"key encryption":      {second(func(s *config.Second) { s.Encrypted.EncryptionAlg = "dir" }), "target.second.encrypted.id_token_encrypted_response_alg: ", "want one of RSA-OAEP-256"},
		"content encryption":  {second(func(s *config.Second) { s.Encrypted.EncryptionEnc = "A128" }), "target.second.encrypted.id_token_encrypted_response_enc: ", "want one of A128CBC-HS256"},
		"no key set":          {second(func(s *config.Second) { s.Encrypted.JWKS = "" }), "target.second.encrypted.jwks: ", "public key"},
		"no key in it":        {second(func(s *config.Second) { s.Encrypted.JWKS = `{"keys":[]}` }), "target.second.encrypted.jwks: ", "no public key for encryption"},
		"a secret key":        {second(func(s *config.Second) { s.Encrypted.JWKS = `{"keys":[{"kty":"oct","k":"AAAA"}]}` }), "target.second.encrypted.jwks: ", "no public key for encryption"},
		"home, enc alone":     {func(c *config.Config) { c.Client.EncryptionEnc = "A256GCM" }, "client.id_token_encrypted_response_enc: ", "give both"},
		"home, no key":        {func(c *config.Config) { c.Client.EncryptionAlg = "RSA-OAEP" }, "client.jwks: ", "public key"},
		"down alone":          {func(c *config.Config) { c.Target.Hooks.StoreUp = "" }, "target.hooks.store_up: ", "come up again"},
		"up alone":            {func(c *config.Config) { c.Target.Hooks.StoreDown = "" }, "target.hooks.store_down: ", "never needed"},
		"hook at nowhere":     {func(c *config.Config) { c.Target.Hooks.Restart = "http://" }, "target.hooks.restart: ", "no absolute http or https URL"},
	} {
		t.Run(name, func(t *testing.T) {
			c := parsed(t, further)
			row.change(&c)
			expectError(t, c.Check(), row.key, row.todo)
		})
	}
}

func TestCheckOfAccounts(t *testing.T) {
	for name, row := range map[string]struct {
		change    func(*config.Config)
		key, todo string
	}{
		"no secret":   {func(c *config.Config) { c.Target.Second.Client.Secret = "" }, "target.second.client.secret: ", "needs it"},
		"same secret": {func(c *config.Config) { c.Target.Second.Client.Secret = c.Secret.Text }, "target.second.client.secret: ", "a secret of its own"},
		"no request":  {func(c *config.Config) { c.Target.Second.Client.Login = whole().Target.Login }, "target.second.client.login.request: ", "describe the request"},
		"no URL":      {func(c *config.Config) { c.Target.Second.Client.Login.Request = &config.Request{} }, "target.second.client.login.request.url: ", "give an absolute URL"},
		"no base64":   {func(c *config.Config) { c.Secret.Encoding, c.Secret.Text = config.Base64, "YWJj" }, "target.second.client.secret: ", "secret.encoding"},
	} {
		t.Run(name, func(t *testing.T) {
			c := whole()
			sharedSecret(&c)
			c.Target.Second.Client = account()
			row.change(&c)
			expectError(t, c.Check(), row.key, row.todo)
		})
	}
}

// What the file says is strict here as everywhere, and the environment is over
// it.
func TestFurtherKeys(t *testing.T) {
	for text, want := range map[string]string{
		"target: {second: {client: {issuer_url: x}}}":  "issuer_url",
		"target: {second: {third: {}}}":                "third",
		"target: {surfaces: {api: {uri: x}}}":          "uri",
		"target: {surfaces: [x]}":                      "want keys with values",
		"target: {replicas: http://b}":                 "target.replicas: want a list",
		"target: {hooks: {stop: x}}":                   "stop",
		"target: {hooks: {restart: [x]}}":              "target.hooks.restart: want one value",
		"run: {load: sometimes}":                       "neither true nor false",
		"client: {id_token_encrypted_response_alg: 1}": "",
	} {
		c := config.Default()
		err := config.Parse("x.yaml", []byte(text), &c)
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		expectError(t, err, "x.yaml:1:", want)
	}
	path := file(t, further)
	c, err := config.Load(path, env(
		"CONFORMANCE_TARGET_SECOND_CLIENT_SECRET", "from outside", "CONFORMANCE_TARGET_REPLICAS", "http://d.example, http://e.example",
		"CONFORMANCE_RUN_SLOW", "true", "CONFORMANCE_TARGET_HOOKS_RESTART", "./other"))
	if err != nil {
		t.Fatal(err)
	}
	if app := c.Target.Second.Client; app.Secret != "from outside" || app.ID != "other" || !c.Run.Slow ||
		c.Target.Replicas[0] != "http://d.example" || c.Target.Hooks.Restart != "./other" {
		t.Errorf("%+v", c)
	}
}
