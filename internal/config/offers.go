package config

import "github.com/loggedout/loggedout/internal/run"

// Terms are what the run is judged under.
func (c Config) Terms() run.Terms {
	terms := run.Terms{Profile: c.Profile, Alg: c.Client.Alg, Declares: c.Declares, Offers: c.offers()}
	if c.Profile == run.SharedSecret {
		terms.Alg, terms.Secret = "HS256", c.Secret.SecretTerms
		return terms
	}
	terms.Encrypted = c.Client.EncryptionAlg != ""
	return terms
}

// offers is what the configuration has for the cases that need more.
func (c Config) offers() []run.Need {
	has := func(place run.Place) bool {
		_, ok := c.At(place)
		return ok
	}
	t := c.Target
	second, _ := c.At(run.AtSecondClient)
	there := map[run.Need]bool{
		run.SecondClient: has(run.AtSecondClient),
		run.OwnEndpoint:  has(run.AtSecondClient) && second.Target.LogoutURL != t.LogoutURL,
		run.SecondIssuer: has(run.AtSecondIssuer),
		run.Encryption:   has(run.AtEncrypted),
		run.Replicas:     has(run.AtReplica),
		run.Surfaces:     len(t.Surfaces) > 0,
		run.Refresh:      t.Refresh != "" && c.Profile != run.SharedSecret,
		run.RestartHook:  t.Hooks.Restart != "",
		run.StoreHooks:   t.Hooks.StoreDown != "" && t.Hooks.StoreUp != "",
		run.RotateHook:   t.Hooks.RotateSecret != "",
		run.Load:         c.Run.Load,
		run.Slow:         c.Run.Slow,
	}
	var out []run.Need
	for _, need := range run.Needs() {
		if there[need] {
			out = append(out, need)
		}
	}
	return out
}
