package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/vectors"
)

// mint makes the token under the profile. It tells which values it made up.
func (m minting) mint(c config.Config, r fixtures.Recipe) (fixtures.Token, map[string]string, error) {
	env, err := m.env(c)
	if err != nil {
		return fixtures.Token{}, nil, err
	}
	if m.sid == "" && c.Profile != run.SharedSecret && r.Base == fixtures.SubSid {
		r.Base = fixtures.SubOnly // a sid that belongs to no session would be found nowhere
	}
	made, err := madeUp(env, r)
	if err != nil {
		return fixtures.Token{}, nil, err
	}
	maps.Copy(env.Vars, made)
	token, err := fixtures.Mint(r, env)
	return token, made, err
}

// env is what the token is made with.
func (m minting) env(c config.Config) (fixtures.Env, error) {
	if !slices.Contains(run.Profiles(), c.Profile) {
		return fixtures.Env{}, fmt.Errorf("--profile %q is none: want oidc, asvs or shared-secret", c.Profile)
	}
	var encryption *fixtures.Encrypted
	if m.encrypted {
		at, ok := c.At(run.AtEncrypted)
		if !ok {
			return fixtures.Env{}, errors.New("the token is for a client that is registered for encryption: " +
				"give id_token_encrypted_response_alg and the client's public key in a file, with -c")
		}
		key, err := at.Client.EncryptionKey()
		if err != nil {
			return fixtures.Env{}, fmt.Errorf("the client that is registered for encryption: %w", err)
		}
		c, encryption = at, &fixtures.Encrypted{Alg: at.Client.EncryptionAlg, Enc: at.Client.EncryptionEnc, Key: key}
	}
	env := fixtures.Env{
		Issuer: c.Issuer.URL, ClientID: c.Client.ID, Alg: c.Client.Alg, Keys: fixtures.FixedKeys(), Encryption: encryption,
		Secret: []byte(c.Client.Secret), Vars: map[string]string{"other_client": fixtures.OtherClient},
	}
	if c.Profile == run.SharedSecret {
		if c.Secret.Text == "" {
			return fixtures.Env{}, errors.New("the shared-secret profile needs the secret: set CONFORMANCE_SECRET_TEXT, or secret.text in a file given with -c")
		}
		raw, err := c.Secret.Bytes()
		if err != nil {
			return fixtures.Env{}, err
		}
		env = fixtures.SharedSecretEnv(slices.Concat(c.Secret.Requires, c.Secret.Checks), raw, c.Issuer.URL, c.Client.ID)
	}
	env.Sub, env.Sid, env.Nonce = m.sub, m.sid, m.nonce
	if c.Target.LogoutURL != "" {
		env.Vars["logout_url"] = c.Target.LogoutURL
	}
	maps.Copy(env.Vars, m.values)
	return env, nil
}

// madeUp are plausible values for what the recipe names and nobody gave.
func madeUp(env fixtures.Env, r fixtures.Recipe) (map[string]string, error) {
	made, err := vectors.Values(env, r)
	if err != nil {
		return nil, err
	}
	given := map[string]string{"sid": env.Sid, "nonce": env.Nonce, "client_secret": string(env.Secret)}
	maps.Copy(given, env.Vars)
	if r.Base == fixtures.SidOnly {
		made["sid"] = vectors.Sid
	}
	maps.DeleteFunc(made, func(name, _ string) bool { return given[name] != "" })
	return made, nil
}

// maxTold is how long a value is at most that is told whole, in bytes.
const maxTold = 60

// told lists values by name. Long ones are named alone.
func told(values map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if value := values[name]; len(value) <= maxTold {
			name += "=" + value
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}
