package idp_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/idp"
)

// published are the key ids of an issuer's JWKS.
func published(t *testing.T, w *world, issuer string) []string {
	t.Helper()
	got := fetch(t, browser(t), w.base+"/"+issuer+"/jwks")
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(got.body), &set); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
	var out []string
	for _, key := range set.Keys {
		if key.KeyID == "" || key.Use != "sig" || !key.Valid() || !key.IsPublic() || slices.Contains(out, key.KeyID) {
			t.Errorf("key %+v", key)
		}
		out = append(out, key.KeyID)
	}
	if got.header.Get("Content-Type") != "application/json" || got.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("header %v", got.header)
	}
	return out
}

func kid(t *testing.T, role fixtures.Role, alg string) string {
	t.Helper()
	key, err := fixtures.FixedKeys().Key(role, alg)
	if err != nil {
		t.Fatal(err)
	}
	return key.Kid
}

// headerOf mints a valid token and says which key its header names.
func headerOf(t *testing.T, w *world, issuer string, r fixtures.Recipe) (kid, alg string) {
	t.Helper()
	token, err := w.Mint(issuer, idp.MintRequest{Recipe: &r, ClientID: "app", Sub: "alice", Sid: "s"})
	if err != nil {
		t.Fatal(err)
	}
	var header struct{ Kid, Alg string }
	if err := json.Unmarshal([]byte(token.Header), &header); err != nil {
		t.Fatalf("%v: %s", err, token.Header)
	}
	return header.Kid, header.Alg
}

func TestIssuersAndTheirKeys(t *testing.T) {
	w := start(t)
	keys := map[string]string{}
	for _, name := range []string{"default", "other", "third", "fourth"} {
		all := published(t, w, name)
		if len(all) != 1 {
			t.Fatalf("%s publishes %v", name, all)
		}
		keys[all[0]] = name
		if signing, _ := headerOf(t, w, name, fixtures.Valid()); signing != all[0] {
			t.Errorf("%s signs with %s and publishes %s", name, signing, all[0])
		}
	}
	if len(keys) != 4 || keys[kid(t, fixtures.Issuer, "RS256")] != "default" || keys[kid(t, fixtures.OtherIssuer, "RS256")] != "other" {
		t.Errorf("keys %v", keys)
	}
}

func TestPublishAndRotate(t *testing.T) {
	w := start(t)
	own, next, retired := kid(t, fixtures.Issuer, "RS256"), kid(t, fixtures.Next, "RS256"), kid(t, fixtures.Retired, "RS256")
	step := func(what string, err error, signing string, want ...string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if got := published(t, w, "default"); !slices.Equal(got, want) {
			t.Errorf("%s: published %v, want %v", what, got, want)
		}
		if got, _ := headerOf(t, w, "default", fixtures.Valid()); got != signing {
			t.Errorf("%s: signs with %s, want %s", what, got, signing)
		}
	}
	step("start", nil, own, own)
	step("publish", w.Publish("default", fixtures.Retired), own, own, retired)
	step("publish again", w.Publish("default", fixtures.Retired), own, own, retired)
	step("withdraw", w.Withdraw("default", fixtures.Retired), own, own)
	step("publish next", w.Publish("default", fixtures.Next), own, own, next)
	if got, _ := headerOf(t, w, "default", fixtures.Valid().SignedBy(fixtures.Next)); got != next {
		t.Errorf("the next key is %s, want %s", got, next)
	}
	step("rotate", w.Rotate("default", true), next, next, own)
	third, _ := headerOf(t, w, "default", fixtures.Valid().SignedBy(fixtures.Next))
	step("rotate without overlap", w.Rotate("default", false), third, third, own)
	if third == own || third == next {
		t.Error("an old key came back")
	}
	step("withdraw what signs", w.Withdraw("default", fixtures.Issuer), third, own)
	keys, err := w.Keys("default")
	if err != nil || len(keys) != 2 || !keys[0].Signing || keys[0].Published || keys[0].Public.KeyID != third || keys[0].Public.Algorithm != "RS256" {
		t.Errorf("keys %+v %v", keys, err)
	}
	step("reset", w.Reset(), own, own)
	for _, err := range []error{w.Publish("default", "text"), w.Publish("a b", fixtures.Next), w.Rotate("jwks", true)} {
		if err == nil {
			t.Error("nonsense was published")
		}
	}
}

func TestJWKSHoldsAKeyForEachAlgorithm(t *testing.T) {
	w := start(t, issuers(idp.IssuerOptions{Name: "default", SigningAlgs: []string{"ES256", "PS256"}}))
	if err := w.PutClient("default", idp.Client{ID: "ed", IDTokenSignedResponseAlg: "EdDSA"}); err != nil {
		t.Fatal(err)
	}
	want := []string{kid(t, fixtures.Issuer, "RS256"), kid(t, fixtures.Issuer, "ES256"), kid(t, fixtures.Issuer, "EdDSA")}
	if got := published(t, w, "default"); !slices.Equal(got, want) {
		t.Errorf("published %v, want %v", got, want)
	}
	keys, err := w.Keys("default")
	if err != nil || keys[0].Public.Algorithm != "" || keys[1].Public.Algorithm != "ES256" {
		t.Errorf("a key of two algorithms names one: %+v %v", keys, err)
	}
	if _, alg := headerOf(t, w, "default", fixtures.Valid()); alg != "ES256" {
		t.Errorf("signs with %s", alg)
	}
}

// A recipe means the same at every issuer, before and after a rotation.
func TestRecipesMeanTheIssuersKeys(t *testing.T) {
	for _, name := range []string{"default", "other", "third"} {
		w := start(t)
		for rotation := range 3 {
			own := published(t, w, name)[0]
			forged, alg := headerOf(t, w, name, fixtures.Valid().Keyed("${issuer.spki|trim}"))
			if forged != own || alg != "HS256" {
				t.Errorf("%s, rotation %d: the confused token names %s %s, want %s", name, rotation, alg, forged, own)
			}
			if got, _ := headerOf(t, w, name, fixtures.Valid().SignedBy(fixtures.Rogue).Kid("${issuer.kid}")); got != own {
				t.Errorf("%s, rotation %d: the rogue's token names %s, want %s", name, rotation, got, own)
			}
			foreign, _ := headerOf(t, w, name, fixtures.Valid().SignedBy(fixtures.OtherIssuer))
			if foreign == own {
				t.Errorf("%s, rotation %d: the other issuer's key is its own", name, rotation)
			}
			token, err := w.Mint(name, idp.MintRequest{
				Recipe: new(fixtures.Valid().WithHeader("jwk", "${issuer.jwk}").With("x", `"${issuer.pkcs1} ${rogue.kid} ${sub}"`)), ClientID: "app", Sub: "al\"ice", Sid: "s",
			})
			if err != nil {
				t.Fatal(err)
			}
			var header struct{ JWK jose.JSONWebKey }
			if err := json.Unmarshal([]byte(token.Header), &header); err != nil {
				t.Fatalf("%v: %s", err, token.Header)
			}
			jws, err := jose.ParseSignedCompact(token.Wire, []jose.SignatureAlgorithm{"RS256"})
			if err != nil {
				t.Fatal(err)
			}
			payload, err := jws.Verify(header.JWK)
			if err != nil || !strings.Contains(string(payload), "RSA PUBLIC KEY") || !strings.Contains(string(payload), `al\"ice`) {
				t.Errorf("%s, rotation %d: %v %s", name, rotation, err, payload)
			}
			if err := w.Rotate(name, false); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTokensFollowTheClock(t *testing.T) {
	w := start(t)
	a := newApp(t, w.base+"/default", "app", "")
	at := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	state, err := w.SetClock(idp.ClockSetting{Time: at, Freeze: true})
	if err != nil || !state.Frozen || !state.Now.Equal(at) {
		t.Fatalf("%+v %v", state, err)
	}
	claims := func() (iat, exp int64) {
		t.Helper()
		token, err := w.Mint("default", idp.MintRequest{ClientID: "app", Sub: "alice", Sid: "s"})
		if err != nil {
			t.Fatal(err)
		}
		var c struct{ Iat, Exp int64 }
		if err := json.Unmarshal([]byte(token.Payload), &c); err != nil {
			t.Fatal(err)
		}
		return c.Iat, c.Exp
	}
	if iat, exp := claims(); iat != at.Unix() || exp != at.Unix()+120 {
		t.Errorf("iat %d exp %d, want %d", iat, exp, at.Unix())
	}
	q := fetch(t, browser(t), a.oauth.AuthCodeURL("s")+"&login_hint=alice").location.Query()
	if _, err := a.oauth.Exchange(t.Context(), q.Get("code")); err != nil {
		t.Fatal(err)
	}
	if got := w.SessionsOf("default", "alice")[0]; !got.AuthTime.Equal(at) || !got.Logins[0].Time.Equal(at) {
		t.Errorf("session %+v", got)
	}
	if state, err = w.SetClock(idp.ClockSetting{Advance: time.Hour, Freeze: true}); err != nil || !state.Now.Equal(at.Add(time.Hour)) {
		t.Errorf("advanced: %+v %v", state, err)
	}
	if state, err = w.SetClock(idp.ClockSetting{Offset: -time.Hour}); err != nil || state.Frozen || (state.Offset+time.Hour).Abs() > time.Second {
		t.Errorf("with an offset: %+v %v", state, err)
	}
	if _, err = w.SetClock(idp.ClockSetting{Offset: 1, Advance: 1}); err == nil {
		t.Error("two ways at once")
	}
	if state = w.ResetClock(); state.Offset != 0 || state.Frozen {
		t.Errorf("reset: %+v", state)
	}
}
