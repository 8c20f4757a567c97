package vectors

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
)

var placeholder = regexp.MustCompile(`\$\{([a-z_]+(?:\.[a-z_]+)*)[|}]`)

// known are values whose form does not follow from their name.
var known = map[string]string{
	"other_client": fixtures.OtherClient, "fresh": "fresh-00001", "client_secret": ClientSecret,
	"second.client_id": "app-two", "second.secret": "app-two-secret-app-two-secret-app-two",
	"second.issuer": "https://idp.example/second", "old.secret": "an-old-secret-of-thirty-two-bytes-or-more",
	"app": ClientID, "logout_url": "https://app.example/auth/logout/" + ClientID,
	"nonce": Nonce, "sid": Sid,
}

// Values are plausible values for the placeholders of a recipe or a request
// that only a run knows: other sessions, canaries, captured tokens. Others are
// left out, and so are those that it does not have.
func Values(env fixtures.Env, texts any) (map[string]string, error) {
	encoded, err := json.Marshal(texts)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, m := range placeholder.FindAllStringSubmatch(string(encoded), -1) {
		name := m[1]
		whose, what, _ := strings.Cut(name, ".")
		switch {
		case known[name] != "":
			out[name] = known[name]
		case name == "jwks", strings.HasSuffix(name, ".served"): // the latter is cut out of the former
			keys, err := published(fixtures.Issuer)
			if err != nil {
				return nil, err
			}
			text, err := json.Marshal(keys)
			if err != nil {
				return nil, err
			}
			out["jwks"] = string(text)
		case name == "canary.host", name == "canary.far.host":
			out[name] = "canary.example"
		case whose == "canary":
			out[name] = "https://canary.example/c-00001"
		case name == "id_token", what == "id_token", strings.HasSuffix(name, "_token"):
			if out[name], err = idToken(env); err != nil {
				return nil, err
			}
		case slices.Contains([]string{"sub", "sid", "nonce", "cookies"}, what):
			out[name] = whose + "-" + what
		case whose == "token" && what != "", whose == "sent":
			out[name] = "ANOTHER-TOKEN"
		}
	}
	return out, nil
}

// idToken is the ID token of the login.
func idToken(env fixtures.Env) (string, error) {
	env.Encryption = nil
	token, err := fixtures.Mint(fixtures.Valid().Without("events").Typ("JWT").With("nonce", `"${nonce}"`).With("auth_time", "${now}"), env)
	return token.Wire, err
}
