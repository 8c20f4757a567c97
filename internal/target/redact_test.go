package target

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
)

func TestRedact(t *testing.T) {
	const secret = `p/ss "w&rd`
	target := aimed(t, "http://127.0.0.1:1", func(c *config.Config) { c.Client.Secret, c.Secret.Text = secret, secret+"-and-more" })
	for name, c := range map[string]struct{ text, want string }{
		"as it is":         {"a " + secret + " b", "a [redacted] b"},
		"in a form":        {"secret=p%2Fss+%22w%26rd&x", "secret=[redacted]&x"},
		"in a path":        {"/p%2Fss%20%22w&rd/x", "/[redacted]/x"},
		"in a page":        {"<b>p/ss &#34;w&amp;rd</b>", "<b>[redacted]</b>"},
		"in JSON of ours":  {`{"s":"p/ss \"w\u0026rd"}`, `{"s":"[redacted]"}`},
		"in JSON of PHP":   {`p\/ss "w&rd`, "[redacted]"},
		"Basic":            {"Basic " + base64.StdEncoding.EncodeToString([]byte("app:p%2Fss+%22w%26rd")), "Basic [redacted]"},
		"base64":           {"x " + base64.StdEncoding.EncodeToString([]byte(secret)) + " y", "x [redacted] y"},
		"base64url":        {base64.RawURLEncoding.EncodeToString([]byte(secret)) + " y", "[redacted] y"},
		"hexadecimal":      {"702f73732022772672 702f7373202277267264 702F7373202277267264", "702f73732022772672 [redacted] [redacted]"},
		"the longer first": {secret + "-and-more", "[redacted]"},
		"twice":            {secret + secret, "[redacted][redacted]"},
		"not at all":       {"p/ss", "p/ss"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := target.redact(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A secret that the target was given in the run is one from then on.
func TestANewSecretIsHidden(t *testing.T) {
	target := aimed(t, "http://127.0.0.1:1")
	for _, secret := range []string{"first-of-them", "second-of-them"} {
		target.learn(secret)
	}
	if got := target.redact("first-of-them second-of-them " + clientSecret); got != "[redacted] [redacted] [redacted]" {
		t.Errorf("got %q", got)
	}
}

func TestShortSecretsAreNotLookedFor(t *testing.T) {
	target := aimed(t, "http://127.0.0.1:1", func(c *config.Config) { c.Client.Secret = "abc" })
	if got := target.redact("abc"); got != "abc" {
		t.Errorf("got %q", got)
	}
}

func TestTheBytesOfABase64SecretAreSecret(t *testing.T) {
	raw := "the bytes behind it"
	target := aimed(t, "http://127.0.0.1:1", func(c *config.Config) {
		c.Secret.Encoding, c.Secret.Text = config.Base64, base64.StdEncoding.EncodeToString([]byte(raw))
	})
	if got := target.redact("x " + raw + " " + base64.StdEncoding.EncodeToString([]byte(raw))); got != "x [redacted] [redacted]" {
		t.Errorf("got %q", got)
	}
}

// A secret is gone before text is cut, so that no half of it is kept; and
// cleaning cannot put one together.
func TestKeepLeavesNoPartOfASecret(t *testing.T) {
	target := aimed(t, "http://127.0.0.1:1")
	for limit := range 60 {
		if got := target.keep(strings.Repeat("x", 20)+clientSecret, limit); strings.Contains(got, clientSecret[:4]) || len(got) > limit {
			t.Fatalf("cut at %d: %q", limit, got)
		}
	}
	apart := clientSecret[:5] + "\r" + clientSecret[5:]
	for limit := range 60 {
		if got := target.keep(strings.Repeat("x", 20)+apart, limit); strings.Contains(got, clientSecret[:6]) {
			t.Fatalf("cut at %d: %q", limit, got)
		}
	}
}

func TestSignaturesOf(t *testing.T) {
	long, other := strings.Repeat("s", 43), strings.Repeat("t", 43)
	for name, c := range map[string]struct {
		token string
		want  []string
	}{
		"compact":        {"header.payload." + long, []string{long}},
		"unsigned":       {"header.payload.", nil},
		"cut":            {"header.payload.short", nil},
		"one more":       {"header.payload." + long + ".x", []string{long}},
		"a dot more":     {"header.payload." + long + ".", []string{long}},
		"junk behind it": {"header.payload." + long + "!!!!", []string{long + "!!!!", long}},
		"junk within":    {"header.payload." + long + " " + other + "\n", []string{long + " " + other + "\n", long, other}},
		"two":            {"header.payload." + long + "." + other, []string{long, other}},
		"JSON":           {`{"payload":"p","protected":"h","signature":"` + long + `"}`, []string{long}},
		"JSON, general":  {`{"payload":"p","signatures":[{"signature":"` + long + `"},{"signature":"` + other + `"}]}`, []string{long, other}},
		"no token":       {"hello", nil},
		"nothing at all": {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := signaturesOf(c.token)
			if strings.Join(got, " ") != strings.Join(c.want, " ") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
