package exchange

import (
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
)

// A signature that was made with a live secret stays on the wire, wherever it
// stands in the token; one that any key of ours made may be seen.
func TestSignaturesOfLiveSecretsAreElided(t *testing.T) {
	env := fixtures.Env{
		Issuer: "https://idp.example", ClientID: "app", Sub: "alice", Keys: fixtures.FixedKeys(),
		Secret: []byte(strings.Repeat("s", 64)), Vars: map[string]string{"id_token": "aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl"},
	}
	tests := []struct {
		name, alg string
		recipe    fixtures.Recipe
		live      bool
	}{
		{"honest", "HS256", fixtures.Valid(), true},
		{"honest, long", "HS512", fixtures.Valid(), true},
		{"a bit away", "HS256", fixtures.Valid().Signature("${signed|flip-bit}"), true},
		{"as JSON", "HS256", fixtures.Valid().Written(`{"payload":"${payload}","protected":"${header}","signature":"${signature}"}`), true},
		{"in the middle", "HS256", fixtures.Valid().Written("${header}.${payload}.${signature}.x"), true},
		{"captured", "HS256", fixtures.Verbatim("${id_token}"), true},
		{"the client secret under an RSA client", "RS256", fixtures.Valid().SignedWith("HS256"), true},
		{"stripped", "HS256", fixtures.Valid().Stripped(), false},
		{"another's secret", "HS256", fixtures.Valid().SignedBy(fixtures.Rogue), false},
		{"guessed", "HS256", fixtures.Valid().Keyed("changeme"), false},
		{"RSA", "RS256", fixtures.Valid(), false},
		{"EC", "ES256", fixtures.Valid(), false},
		{"captured RSA", "RS256", fixtures.Verbatim("${id_token}"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env.Alg = tt.alg
			token, err := fixtures.Mint(tt.recipe, env)
			if err != nil {
				t.Fatal(err)
			}
			got := shown(token)
			if got.Elided != tt.live || tt.live && strings.Contains(got.Wire, token.Signature) {
				t.Errorf("shown as %+v", got)
			}
			if got.Header != token.Header || got.Payload != token.Payload || got.Payload == "" {
				t.Errorf("decoded as %+v", got)
			}
		})
	}
}

func TestWhatIsShownIsBounded(t *testing.T) {
	got := shown(fixtures.Token{Wire: strings.Repeat("x", 1<<20), Payload: "\xff" + strings.Repeat("é", 1<<20)})
	if len(got.Wire) > maxShown+4 || len(got.Payload) > maxShown+8 || !strings.HasPrefix(got.Payload, "\uFFFD") {
		t.Errorf("%d and %d bytes are kept", len(got.Wire), len(got.Payload))
	}
}
