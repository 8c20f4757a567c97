package cases_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

var form = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func TestCatalogueIsSound(t *testing.T) {
	ids := map[string]bool{}
	for _, c := range cases.All() {
		if !form.MatchString(c.ID) || ids[c.ID] {
			t.Errorf("%q is no id, or there twice", c.ID)
		}
		ids[c.ID] = true
		if c.Level == "" || c.Expect == "" || c.Requires == "" || len(c.Clauses) == 0 || len(c.Variants) == 0 {
			t.Errorf("%s lacks a level, an expectation, a requirement, a clause or a variant", c.ID)
		}
		if (c.Expect == run.Observe) != (c.Sends == "") {
			t.Errorf("%s: what sends says what, and what observes sends nothing", c.ID)
		}
		if c.Expect == run.Observe && c.Judge == nil || c.Steps != nil && c.Judge == nil {
			t.Errorf("%s has no judge that knows its evidence", c.ID)
		}
		slugs := map[string]bool{}
		for _, v := range c.Variants {
			if !form.MatchString(v.Slug) || slugs[v.Slug] {
				t.Errorf("%s: %q is no slug, or there twice", c.ID, v.Slug)
			}
			slugs[v.Slug] = true
		}
	}
}

// A variant that has to be refused differs from its twin, or its control would
// prove it wrong; and every recipe that applies can be made.
func TestEveryVariantCanBeMade(t *testing.T) {
	public := fixtures.Env{Issuer: "https://idp.example", ClientID: "app", Sub: "alice", Sid: "s", Nonce: "n", Keys: fixtures.FixedKeys()}
	public.Secret = []byte("a secret of at least thirty-two bytes")
	public.Vars = map[string]string{
		"id_token": "a.b.c", "other_client": "other", "second.secret": "another secret", "app": "shop", "fresh": "never-seen",
		"canary": "http://idp.example/canary/1", "canary.far": "http://far.example/canary/1", "canary.far.host": "far.example",
		"logout_url": "https://app.example/backchannel-logout",
		"named.sub":  "alice", "bob.sub": "bob", "bob.sid": "b", "bystander.sid": "c",
		"old.secret": "the secret from before",
	}
	secret := public
	secret.Alg, secret.Claims = "HS256", []string{"sub", "iat", "exp", "jti"}
	light := slices.DeleteFunc(run.Needs(), func(n run.Need) bool { return n == run.Load })
	for alg, offers := range map[string][]run.Need{"RS256": run.Needs(), "PS384": light, "ES256": light, "EdDSA": light} {
		public.Alg, public.Vars["jwks"] = alg, jwks(t, alg)
		makeAll(t, public, run.Terms{Profile: run.OIDC, Alg: alg, Declares: run.DefaultDeclares(), Offers: offers})
	}
	makeAll(t, secret, run.Terms{Profile: run.SharedSecret, Alg: "HS256", Declares: run.DefaultDeclares(), Offers: light})
}

// jwks is the issuer's JWKS as it may be served.
func jwks(t *testing.T, alg string) string {
	t.Helper()
	key, err := fixtures.FixedKeys().Key(fixtures.Issuer, alg)
	if err != nil {
		t.Fatal(err)
	}
	public := key.Public()
	entry, err := public.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return `{"keys":[` + string(entry) + "]}\n"
}

// encryptedFor is the environment of a client that is registered for encryption.
func encryptedFor(env fixtures.Env) fixtures.Env {
	key, err := env.Keys.Key(fixtures.Next, "ES256")
	if err == nil {
		env.Encryption = &fixtures.Encrypted{Alg: "ECDH-ES", Enc: "A128CBC-HS256", Key: key.Public()}
	}
	return env
}

func makeAll(t *testing.T, env fixtures.Env, terms run.Terms) {
	t.Helper()
	for _, c := range cases.All() {
		for _, v := range c.Variants {
			d := c.Demand(v, terms)
			if d.NotApplicable != "" || d.Expect == run.Observe {
				continue
			}
			own := env
			if v.At == run.AtEncrypted {
				own = encryptedFor(env)
			}
			if _, err := fixtures.Mint(v.Recipe, own); err != nil {
				t.Errorf("%s under %s: %v", c.Name(v), env.Alg, err)
			}
			if err := prepare(c, v, env); err != nil {
				t.Errorf("the request of %s under %s: %v", c.Name(v), env.Alg, err)
			}
			if d.Expect == run.Refuse && c.Steps == nil && v.Request == nil && reflect.DeepEqual(v.Recipe, v.Recipe.Twin()) {
				t.Errorf("%s is its own twin", c.Name(v))
			}
		}
	}
}

// prepare makes the request of a variant with its further tokens. What is heavy
// is made a small one of its kind.
func prepare(c run.Case, v run.Variant, env fixtures.Env) error {
	values := map[string]string{"canary.far.host": "canary.example"}
	sessions := map[string]bool{"": true}
	for _, other := range c.Company {
		sessions[other.Session] = true
		for _, value := range []string{"sub", "sid", "cookies"} {
			values[other.Session+"."+value] = other.Session
		}
	}
	q := v.Carrier()
	for _, further := range q.Tokens {
		if !sessions[further.Session] {
			return fmt.Errorf("a token about %q, who is no company", further.Session)
		}
		token, err := fixtures.Mint(further.Recipe, env)
		if err != nil {
			return err
		}
		values["token."+further.Name] = token.Wire
	}
	if q.Padding != nil {
		q.Padding = &fixtures.Padding{Fields: 1}
	}
	_, err := fixtures.Prepare(q, "a.b.c", values)
	return err
}

func TestRecipesAreNamed(t *testing.T) {
	named := cases.Recipes()
	for _, c := range cases.All() {
		for _, v := range c.Variants {
			if c.Expect == run.Observe {
				continue
			}
			if !reflect.DeepEqual(named[c.Name(v)], v.Recipe) {
				t.Errorf("%s has another recipe", c.Name(v))
			}
		}
		if _, ok := named[c.ID]; ok != (c.Expect != run.Observe) {
			t.Errorf("the recipe of %s: %v", c.ID, ok)
		}
	}
}

// The terms of a run move expectations; the defaults are the corpus' own.
func TestTermsMoveExpectations(t *testing.T) {
	find := func(id string) run.Case {
		for _, c := range cases.All() {
			if c.ID == id {
				return c
			}
		}
		t.Fatalf("no case %s", id)
		return run.Case{}
	}
	with := func(change func(*run.Terms)) run.Terms {
		terms := run.Terms{Profile: run.OIDC, Alg: "RS256", Declares: run.DefaultDeclares()}
		change(&terms)
		return terms
	}
	plain := with(func(*run.Terms) {})
	strict := with(func(t *run.Terms) { t.Declares.StrictTyping = true })
	asvs := with(func(t *run.Terms) { t.Profile = run.ASVS })
	old := with(func(t *run.Terms) { t.Declares.Edition = run.Final2022 })
	noSid := with(func(t *run.Terms) { t.Declares.Sid = false })
	required := with(func(t *run.Terms) { t.Declares.SessionRequired = true })
	shared := with(func(t *run.Terms) { t.Profile, t.Alg = run.SharedSecret, "HS256"; t.Secret.Requires = []string{"sub"} })
	claims := with(func(t *run.Terms) {
		t.Profile, t.Alg = run.SharedSecret, "HS256"
		t.Secret = run.SecretTerms{Requires: []string{"sub", "iss", "exp", "events"}, Checks: []string{"nonce", "typ"}}
	})
	looks := with(func(t *run.Terms) {
		t.Profile, t.Alg = run.SharedSecret, "HS256"
		t.Secret = run.SecretTerms{Requires: []string{"sub"}, Checks: []string{"typ"}}
	})
	typed := with(func(t *run.Terms) {
		t.Profile, t.Alg = run.SharedSecret, "HS256"
		t.Secret.Requires = []string{"sub", "typ"}
	})
	encrypted := with(func(t *run.Terms) { t.Encrypted = true })
	elliptic := with(func(t *run.Terms) { t.Alg = "ES256" })
	tests := []struct {
		id     string
		terms  run.Terms
		expect run.Expect // empty: not applicable
		level  run.Level
	}{
		{"ok-typ-absent-or-jwt", plain, run.Revoke, run.Should},
		{"ok-typ-absent-or-jwt", strict, run.Refuse, run.Must},
		{"ok-typ-absent-or-jwt", asvs, run.Refuse, run.Must},
		{"hdr-typ-other-kind", plain, run.Refuse, run.Should},
		{"hdr-typ-other-kind", asvs, run.Refuse, run.Must},
		{"hdr-typ-other-kind", shared, run.Either, run.May},
		{"hdr-typ-other-kind", claims, run.Refuse, run.Should},
		{"clm-exp-missing", plain, run.Refuse, run.Must},
		{"clm-exp-missing", old, run.Either, run.May},
		{"clm-exp-missing", shared, run.Either, run.May},
		{"clm-exp-missing", claims, run.Refuse, run.Must},
		{"ok-sid-only", noSid, "", ""},
		{"ok-sid-only", shared, "", ""},
		{"ok-sub-only", required, "", ""},
		{"sem-sub-ends-all", required, "", ""},
		{"clm-iss-missing", shared, "", ""},
		{"clm-iss-missing", claims, run.Refuse, run.Must},
		{"clm-iss-wrong", claims, run.Refuse, run.Must},
		{"clm-aud-wrong", shared, run.Refuse, run.Must},
		{"clm-aud-missing", shared, "", ""},
		{"clm-nonce-present", shared, "", ""},
		{"clm-nonce-present", claims, run.Refuse, run.Must},
		{"hdr-hs256-pem", shared, "", ""},
		{"key-rotate-new-kid", shared, "", ""},
		{"xjwt-id-token", plain, run.Refuse, run.Must},
		{"ok-typ-absent-or-jwt", looks, run.Revoke, run.Should},
		{"ok-typ-absent-or-jwt", typed, run.Refuse, run.Must},
		{"hdr-typ-malformed", plain, run.Either, run.Hardening},
		{"hdr-typ-malformed", asvs, run.Refuse, run.Hardening},
		{"hdr-typ-secevent", looks, run.Either, run.May},
		{"xjwt-id-token-no-nonce", looks, "", ""},
		{"xjwt-id-token-no-nonce", typed, run.Refuse, run.Must},
		{"xjwt-id-token-no-nonce", claims, run.Refuse, run.Must},
		{"xjwt-access-token", shared, "", ""},
		{"xjwt-access-token", looks, run.Refuse, run.Must},
		{"xjwt-other-set", looks, "", ""},
		{"xjwt-other-set", typed, run.Refuse, run.Must},
		{"xjwt-other-set", claims, run.Refuse, run.Must},
		{"xjwt-login-token-shared-secret", looks, run.Either, run.May},
		{"xjwt-login-token-shared-secret", typed, run.Refuse, run.Should},
		{"jwe-not-agreed", plain, run.Refuse, run.Must},
		{"jwe-not-agreed", encrypted, "", ""},
		{"ok-kid-absent-single-key", plain, run.Revoke, run.Should},
		{"ok-kid-absent-single-key", elliptic, run.Revoke, run.May},
	}
	for _, tt := range tests {
		c := find(tt.id)
		got := c.Demand(c.Variants[0], tt.terms)
		if tt.expect == "" {
			if got.NotApplicable == "" {
				t.Errorf("%s applies under %+v", tt.id, tt.terms)
			}
			continue
		}
		if got.NotApplicable != "" || got.Expect != tt.expect || got.Level != tt.level {
			t.Errorf("%s under %+v: %+v, want %s %s", tt.id, tt.terms, got, tt.expect, tt.level)
		}
	}
}
