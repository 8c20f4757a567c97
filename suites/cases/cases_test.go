package cases_test

import (
	"fmt"
	"reflect"
	"regexp"
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
	public.Vars = map[string]string{"id_token": "a.b.c", "other_client": "other", "canary.far.host": "canary.example"}
	secret := public
	secret.Alg, secret.Claims = "HS256", []string{"sub", "iat", "exp", "jti"}
	for _, alg := range []string{"RS256", "PS384", "ES256", "EdDSA"} {
		public.Alg = alg
		makeAll(t, public, run.Terms{Profile: run.OIDC, Alg: alg, Declares: run.DefaultDeclares()})
	}
	makeAll(t, secret, run.Terms{Profile: run.SharedSecret, Alg: "HS256", Declares: run.DefaultDeclares()})
}

func makeAll(t *testing.T, env fixtures.Env, terms run.Terms) {
	t.Helper()
	for _, c := range cases.All() {
		for _, v := range c.Variants {
			d := c.Demand(v, terms)
			if d.NotApplicable != "" || d.Expect == run.Observe {
				continue
			}
			if _, err := fixtures.Mint(v.Recipe, env); err != nil {
				t.Errorf("%s under %s: %v", c.Name(v), env.Alg, err)
			}
			if err := prepare(c, v, env); err != nil {
				t.Errorf("the request of %s under %s: %v", c.Name(v), env.Alg, err)
			}
			if d.Expect == run.Refuse && v.Request == nil && reflect.DeepEqual(v.Recipe, v.Recipe.Twin()) {
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
