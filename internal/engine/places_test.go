package engine

import (
	"maps"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

func TestValuesOfARun(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*config.Config)
		want   map[string]string
	}{
		"public keys": {func(*config.Config) {}, map[string]string{"client_secret": "of-the-client", "app": "shop"}},
		"text":        {func(c *config.Config) { c.Profile = run.SharedSecret }, map[string]string{"client_secret": "YWJj", "app": "shop"}},
		"base64": {func(c *config.Config) {
			c.Profile, c.Secret.Encoding = run.SharedSecret, config.Base64
			c.Target.Second.Client = &config.App{Client: config.Client{ID: "other", Secret: "ZGVm"}}
		}, map[string]string{"client_secret": "abc", "app": "shop", "second.client_id": "other", "second.secret": "def"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := config.Default()
			c.Target.LogoutURL, c.Client.Secret, c.Secret.Text = "http://a.example/logout/shop?x=1", "of-the-client", "YWJj"
			row.change(&c)
			if got := valuesOf(c); !maps.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// A place is there when it is configured; an encrypted client that is the run's
// own is not driven twice.
func TestTargetsOf(t *testing.T) {
	c := config.Default()
	c.Target.LogoutURL, c.Target.Probe.URL, c.Target.Login.URL = "http://a/logout", "http://a/me", "http://a/login"
	c.Client.EncryptionAlg = "RSA-OAEP"
	c.Target.Replicas = []string{"http://b"}
	got, err := targetsOf(c, time.Now)
	if err != nil || len(got) != 3 || got[run.AtEncrypted] != got[run.Home] || got[run.AtReplica] == got[run.Home] {
		t.Errorf("%v %v", got, err)
	}
	c.Target.Second.Client = &config.App{Probe: config.Probe{URL: "http://a/{{.Nobody}}"}}
	if _, err := targetsOf(c, time.Now); err == nil {
		t.Error("a template of the second client is not looked at")
	}
}
