package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// env is an environment that holds these variables and no others.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// file writes a configuration and gives its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "conformance.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func expectError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", want)
	}
	for _, each := range want {
		if !strings.Contains(err.Error(), each) {
			t.Errorf("error %q, want one with %q", err, each)
		}
	}
	if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		t.Errorf("control characters in the error %q", err)
	}
}

// example is the configuration of the manual, with the keys that there are.
const example = `profile: oidc                      # oidc | asvs | shared-secret
issuer:
  url: http://127.0.0.1:8080/default   # the issuer the target trusts
  listen: 127.0.0.1:8080           # embedded mock IdP
client:                            # as registered at the issuer
  id: app
  secret: app-secret-app-secret-app-secret
  id_token_signed_response_alg: RS256     # baselines use it, hostile tokens are built around it
target:
  name: my app
  start: ""                        # a command, started once the issuer is up
  ready: http://127.0.0.1:3000/    # waited for
  logout_url: http://127.0.0.1:3000/backchannel-logout
  login: {url: http://127.0.0.1:3000/login}
  # without OIDC: login: {request: {method: POST, url: http://127.0.0.1:3000/login, form: {uid: "{{.Sub}}"}}}
  probe: {url: http://127.0.0.1:3000/me, alive: {status: [200], contains: "{{.Sub}}"}}
secret: {text: "", encoding: utf8, requires: [sub], checks: []}   # shared-secret profile; utf8 | base64
declares:                          # what the receiver says of itself
  edition: errata-1                # or final-2022
  strict_typing: false
  sid: true
  session_required: false          # backchannel_logout_session_required
  single_audience: false
  refusal_status: [400]
  leeway: 5m
  key_cache: 60s
  death_within: 0s
run: {workers: 4, timeout: 10s, budget: 15m, skip: []}
report: {dir: out}                 # run.json, junit.xml, report.html, summary.md
`

func TestExample(t *testing.T) {
	path := file(t, example)
	c, err := config.Load(path, env())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	want := config.Default()
	want.Dir = filepath.Dir(path)
	want.Target.Name = "my app"
	want.Target.Ready = "http://127.0.0.1:3000/"
	want.Target.LogoutURL = "http://127.0.0.1:3000/backchannel-logout"
	want.Target.Login.URL = "http://127.0.0.1:3000/login"
	want.Target.Probe.URL = "http://127.0.0.1:3000/me"
	c.Run.Skip, c.Secret.Checks = nil, nil // an empty list, or none
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

func TestLoginByRequestInAFile(t *testing.T) {
	c := config.Default()
	err := config.Parse("x.yaml", []byte(`
profile: shared-secret
target:
  login:
    request:
      method: PUT
      url: http://127.0.0.1:3000/login
      form: {uid: "{{.Sub}}", pin: 1234}
      json: {name: "{{.Sub}}"}
      header: {X-User: "{{.Sub}}"}
`), &c)
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Request{
		Method: "PUT", URL: "http://127.0.0.1:3000/login", Form: map[string]string{"uid": "{{.Sub}}", "pin": "1234"},
		JSON: map[string]string{"name": "{{.Sub}}"}, Header: map[string]string{"X-User": "{{.Sub}}"},
	}
	if !reflect.DeepEqual(c.Target.Login.Request, want) {
		t.Errorf("got %+v", c.Target.Login.Request)
	}
}

func TestSecretTermsStandBesideTheSecret(t *testing.T) {
	path := file(t, "profile: shared-secret\nsecret: {text: a-secret, requires: [sub, iss], checks: [aud, exp]}\n")
	c, err := config.Load(path, env("CONFORMANCE_SECRET_CHECKS", "aud, jti"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Secret.Requires, []string{"sub", "iss"}) || !slices.Equal(c.Secret.Checks, []string{"aud", "jti"}) {
		t.Errorf("got %+v", c.Secret)
	}
	terms := c.Terms()
	if terms.Alg != "HS256" || !reflect.DeepEqual(terms.Secret, c.Secret.SecretTerms) {
		t.Errorf("terms %+v", terms)
	}
	if terms := config.Default().Terms(); terms.Alg != "RS256" || terms.Secret.Requires != nil {
		t.Errorf("terms of the default %+v", terms)
	}
}

func TestPrecedence(t *testing.T) {
	path := file(t, "target: {name: of the file}\nclient: {id: of-the-file}\nrun: {workers: 7}\n")
	c, err := config.Load(path, env("CONFORMANCE_CLIENT_ID", "of-the-environment", "CONFORMANCE_RUN_TIMEOUT", "3s"))
	if err != nil {
		t.Fatal(err)
	}
	d := config.Default()
	if c.Target.Name != "of the file" || c.Client.ID != "of-the-environment" || c.Run.Workers != 7 ||
		c.Run.Timeout != run.Duration(3*time.Second) || c.Run.Budget != d.Run.Budget || c.Issuer != d.Issuer {
		t.Errorf("got %+v", c)
	}
	if c.Dir != filepath.Dir(path) {
		t.Errorf("Dir %q", c.Dir)
	}
	c, err = config.Load("", env())
	if err != nil || !reflect.DeepEqual(c, d) {
		t.Errorf("without a file: %v %+v", err, c)
	}
}

// A section whose keys are all commented out, or a file that says nothing,
// leaves the defaults as they are.
func TestNothingSaidIsTheDefault(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "\t", "# nothing\n", "---\n", "---\n---\n", "\ufeff", "run:\n", "run:\n  # workers: 4\n",
		"target:\n  probe:\n", "target: {login: {request: }}", "client: {id: }", "issuer: {listen: ~}", "run: {skip: }",
	} {
		c := config.Default()
		if err := config.Parse("x.yaml", []byte(text), &c); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if !reflect.DeepEqual(c, config.Default()) {
			t.Errorf("%q: got %+v", text, c)
		}
	}
}

func TestByteOrderMark(t *testing.T) {
	c := config.Default()
	if err := config.Parse("x.yaml", []byte("\ufeffprofile: asvs\n"), &c); err != nil || c.Profile != run.ASVS {
		t.Errorf("%v, profile %q", err, c.Profile)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	if _, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), env()); err == nil {
		t.Error("a missing file was read")
	} else {
		expectError(t, err, "read the configuration", "none.yaml")
	}
	if _, err := config.Load(t.TempDir(), env()); err == nil {
		t.Error("a folder was read")
	}
	large := file(t, "# "+strings.Repeat("x", 64<<10))
	_, err := config.Load(large, env())
	expectError(t, err, large, "larger than 65536 bytes")
}

func TestErrorsStandAtLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":           {"foo: 1\n", `x.yaml:1:1: unknown field "foo"`},
		"unknown key below":     {"run:\n  wrokers: 4\n", `x.yaml:2:3: unknown field "wrokers"`},
		"unknown in a flow":     {"run: {workers: 4, pase: 0}\n", `x.yaml:1:19: unknown field "pase"`},
		"unknown in the secret": {"secret: {text: abcd, foo: 2}", `x.yaml:1:22: unknown field "foo"`},
		"escape bytes in a key": {"\"\\u001b[31mx\": 1", `unknown field "·[31mx"`},
		"a key twice":           {"profile: oidc\nprofile: asvs\n", `x.yaml:2:1: mapping key "profile" already defined`},
		"broken YAML":           {"issuer:\n    url: x\n   listen: y\n", "x.yaml:3:4:"},
		"no mapping":            {"[1, 2]", "x.yaml:1:1: want keys with values here"},
		"bare text":             {"just text", "x.yaml:1:1: want keys with values here"},
		"two documents":         {"profile: oidc\n---\nprofile: asvs\n", "x.yaml:3:8: a second document begins"},
		"no UTF-8":              {"profile: \xff\n", "x.yaml: is no UTF-8 text"},
		"UTF-16":                {"\xff\xfep\x00r\x00", "x.yaml: is no UTF-8 text"},

		"text for a number":      {"run: {workers: many}", `x.yaml:1:16: run.workers: "many" is no whole number`},
		"part of a number":       {"run: {workers: 1.5}", `x.yaml:1:16: run.workers: "1.5" is no whole number`},
		"too large a number":     {"run: {workers: 99999999999999999999}", "is no whole number"},
		"a switch of old":        {"declares: {sid: yes}", `x.yaml:1:17: declares.sid: "yes" is neither true nor false`},
		"a quoted switch":        {`declares: {sid: "false"}`, `declares.sid: "false" is neither true nor false`},
		"one for a list":         {"target: {probe: {alive: {status: 200}}}", "x.yaml:1:34: target.probe.alive.status: want a list, such as [200]"},
		"wrong within a list":    {"declares: {refusal_status: [400, abc]}", `x.yaml:1:34: declares.refusal_status: "abc" is no whole number`},
		"a list for one":         {"target: {name: [a]}", "target.name: want one value here"},
		"a mapping for one":      {"target: {name: {a: b}}", "target.name: want one value here"},
		"one for a mapping":      {"target: {login: http://x/}", "x.yaml:1:17: target.login: want keys with values here"},
		"a mapping for a value":  {"target: {login: {request: {form: {uid: {a: b}}}}}", "target.login.request.form.uid: want one value here"},
		"inline":                 {"secret: {requires: sub}", "secret.requires: want a list, such as [sub]"},
		"a secret like a number": {"secret: {text: 0123}", "x.yaml:1:16: secret.text: YAML takes this for a number"},
		"hexadecimal":            {"client: {secret: 0x10}", "put it in quotes"},
		"a number with zeros":    {"client: {secret: 1.10}", "put it in quotes"},
		"a capital switch":       {"client: {secret: True}", "put it in quotes"},

		"negative duration":     {"run:\n  timeout: -5s", `x.yaml:2:12: run.timeout: "-5s" is negative`},
		"duration without unit": {"run: {timeout: 10}", `x.yaml:1:16: run.timeout: "10" is no duration: write it like 30s`},
		"duration in words":     {"declares: {leeway: soon}", `declares.leeway: "soon" is no duration`},
		"duration in days":      {"declares: {leeway: 1d}", `declares.leeway: "1d" is no duration`},
		"duration too long":     {"declares: {leeway: 9999999h}", "is no duration"},
		"duration as a list":    {"run: {budget: [1s]}", "x.yaml:1:15: run.budget: want one value here"},

		"deep brackets":    {strings.Repeat("[", 10_000), "brackets are open"},
		"deep mappings":    {strings.Repeat("{a: ", 10_000), "brackets are open"},
		"deep lists":       {strings.Repeat("- ", 10_000), "nested deeper"},
		"a billion laughs": {laughs(), "aliases"},
		"an unknown alias": {"target: {name: *b}", "x.yaml"},
		"an endless alias": {"run: {skip: &a [x, *a]}", "x.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			d := config.Default()
			expectError(t, config.Parse("x.yaml", []byte(c.text), &d), c.want)
		})
	}
}

func laughs() string {
	var b strings.Builder
	b.WriteString("a: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := range 9 {
		last, next := string(rune('0'+i)), string(rune('1'+i))
		b.WriteString("b" + next + ": &a" + next + " [" + strings.Repeat("*a"+last+",", 8) + "*a" + last + "]\n")
	}
	return b.String() + "run: {skip: *a9}\n"
}

// The value of a secret stays out of errors.
func TestErrorsShowNoSecret(t *testing.T) {
	d := config.Default()
	if err := config.Parse("x.yaml", []byte("client: {secret: 0777777}"), &d); err == nil || strings.Contains(err.Error(), "777") {
		t.Errorf("error %v", err)
	}
}

func TestOddDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, `"0"`: 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "250ms": 250 * time.Millisecond, "+1s": time.Second, "1.5s": 1500 * time.Millisecond,
	} {
		c := config.Default()
		if err := config.Parse("x.yaml", []byte("declares: {leeway: "+text+"}"), &c); err != nil || time.Duration(c.Declares.Leeway) != want {
			t.Errorf("%s: %v %v", text, c.Declares.Leeway, err)
		}
	}
}

func TestListsReplaceTheDefault(t *testing.T) {
	c := config.Default()
	err := config.Parse("x.yaml", []byte("target: {probe: {alive: {status: [201, 204]}}}\ndeclares: {refusal_status: [401]}\nsecret: {requires: [iss]}"), &c)
	if err != nil || !slices.Equal(c.Target.Probe.Alive.Status, []int{201, 204}) ||
		!slices.Equal(c.Declares.RefusalStatus, []int{401}) || !slices.Equal(c.Secret.Requires, []string{"iss"}) {
		t.Errorf("%v %+v", err, c)
	}
	if d := config.Default(); !slices.Equal(d.Target.Probe.Alive.Status, []int{200}) {
		t.Errorf("the default changed: %+v", d)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(example))
	for _, text := range []string{
		"", "run: {timeout: -5s}", "a: &a [*a]", "secret:\n  <<: {text: abc}\n", "? run\n: {workers: 3}", "run: !!str 5",
		"client: {secret: |\n  x\n}", "- - -", "---\n...\n---\n", "a: b: c", "x: 'y", "%YAML 1.2\n---\nprofile: oidc\n", "\ufeffrun: 0x1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4<<10 {
			return
		}
		c := config.Default()
		err := config.Parse("x.yaml", text, &c)
		if err != nil {
			if message := err.Error(); !strings.HasPrefix(message, "x.yaml:") || strings.ContainsFunc(message, func(r rune) bool { return r < ' ' }) {
				t.Errorf("error %q", message)
			}
			return
		}
		if c.Run.Timeout < 0 || c.Run.Budget < 0 || c.Declares.Leeway < 0 {
			t.Errorf("a negative duration: %+v", c)
		}
		_ = c.Check()
	})
}
