package main

import (
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// Every token can be minted by hand under each profile to which it goes: what
// only a run knows is made up.
func TestEveryTokenCanBeMinted(t *testing.T) {
	for _, c := range cases.All() {
		for _, v := range c.Variants {
			if c.Demand(v, run.Terms{}).Expect == run.Observe {
				continue
			}
			for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
				if !appliesTo(run.Case{Variants: []run.Variant{v}, Excluded: c.Excluded, Needs: c.Needs}, profile) {
					continue
				}
				with := config.Default()
				with.Profile, with.Secret.Text = profile, "an example secret of 32 bytes or more"
				token, made, err := minting{sub: "alice"}.mint(with, v.Recipe)
				if err != nil || token.Wire == "" {
					t.Errorf("%s under %s: %v", c.Name(v), profile, err)
				}
				for name, value := range made {
					if value == "" {
						t.Errorf("%s under %s: ${%s} stands for nothing", c.Name(v), profile, name)
					}
				}
			}
		}
	}
}

// A token for a client that is registered for encryption is not made without
// its key: it would be another token.
func TestNoTokenForAnUnknownKey(t *testing.T) {
	_, v, err := find("jwe-nested-genuine")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := (minting{sub: "alice", encrypted: true}).mint(config.Default(), v.Recipe); err == nil ||
		!strings.Contains(err.Error(), "id_token_encrypted_response_alg") {
		t.Errorf("%v", err)
	}
}

// What is given is not made up.
func TestGivenValuesAreUsed(t *testing.T) {
	_, v, err := find("ser-dup-sub-split")
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{"": `"bob-sub"`, "mallory": `"mallory"`} {
		m := minting{sub: "alice"}
		if given != "" {
			m.values = map[string]string{"bob.sub": given}
		}
		token, made, err := m.mint(config.Default(), v.Recipe)
		if err != nil || !strings.Contains(token.Payload, want) || (given == "") != (told(made) == "bob.sub=bob-sub") {
			t.Errorf("given %q: %s, made up %q, %v", given, token.Payload, told(made), err)
		}
	}
}
