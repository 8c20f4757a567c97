package config

import (
	"net/url"

	"github.com/loggedout/loggedout/internal/run"
)

// At is the configuration of a place of the receiver: like that of the run, with
// the client, the secret and the addresses of that place. False: it has no such
// place.
func (c Config) At(place run.Place) (Config, bool) {
	switch place {
	case run.Home:
		return c, true
	case run.AtSecondClient:
		return c.as(c.Target.Second.Client)
	case run.AtSecondIssuer:
		return c.as(c.Target.Second.Issuer)
	case run.AtEncrypted:
		switch {
		case c.Profile == run.SharedSecret:
			return c, false
		case c.Target.Second.Encrypted == nil:
			return c, c.Client.EncryptionAlg != ""
		}
		return c.as(c.Target.Second.Encrypted)
	case run.AtReplica:
		if len(c.Target.Replicas) == 0 {
			return c, false
		}
		return c.on(c.Target.Replicas[0]), true
	}
	return c, false
}

// FurtherNodes are the configurations of the nodes beyond [run.AtReplica].
func (c Config) FurtherNodes() []Config {
	var out []Config
	for _, base := range c.Target.Replicas[min(1, len(c.Target.Replicas)):] {
		out = append(out, c.on(base))
	}
	return out
}

// as is the configuration of another part of the receiver. What it does not
// say is as in the rest of the file.
func (c Config) as(app *App) (Config, bool) {
	if app == nil {
		return c, false
	}
	c.hidden = c.Secrets() // before they are replaced
	client := app.Client
	if client.Alg == "" {
		client.Alg = c.Client.Alg
	}
	if app.IssuerURL != "" {
		c.Issuer.URL = app.IssuerURL
	}
	if c.Profile == run.SharedSecret {
		c.Secret.Text = client.Secret
	}
	c.Client = client
	c.Target.LogoutURL, c.Target.Login = app.LogoutURL, app.Login
	c.Target.Probe = app.Probe.over(c.Target.Probe)
	c.Target.Surfaces, c.Target.Refresh = nil, ""
	return c, true
}

// on is the configuration of another node of the same receiver.
func (c Config) on(base string) Config {
	for _, address := range []*string{
		&c.Target.LogoutURL, &c.Target.Login.URL, &c.Target.Probe.URL, &c.Target.Refresh,
	} {
		*address = moved(*address, base)
	}
	if r := c.Target.Login.Request; r != nil {
		request := *r
		request.URL = moved(request.URL, base)
		c.Target.Login.Request = &request
	}
	surfaces := make(map[string]Probe, len(c.Target.Surfaces))
	for name, surface := range c.Target.Surfaces {
		surface.URL = moved(surface.URL, base)
		surfaces[name] = surface
	}
	c.Target.Surfaces = surfaces
	return c
}

// over takes what a probe leaves out from another.
func (p Probe) over(usual Probe) Probe {
	if len(p.Alive.Status) == 0 {
		p.Alive.Status = usual.Alive.Status
	}
	if p.Alive.Contains == "" {
		p.Alive.Contains = usual.Alive.Contains
	}
	return p
}

// Surface is how to ask at a further surface; what it does not say is as in
// target.probe.
func (t Target) Surface(name string) Probe { return t.Surfaces[name].over(t.Probe) }

// moved puts a URL at the scheme and host of another. The rest stays as it was
// written, for it may be a template.
func moved(address, base string) string {
	from, err := url.Parse(address)
	to, toErr := url.Parse(base)
	if err != nil || toErr != nil || from.Host == "" {
		return address
	}
	origin := from.Scheme + "://"
	if from.User != nil {
		origin += from.User.String() + "@"
	}
	origin += from.Host
	if len(address) < len(origin) {
		return address
	}
	return to.Scheme + "://" + to.Host + address[len(origin):]
}

// Secrets are the texts that no report may show: those of every client and
// account of the configuration.
func (c Config) Secrets() []string {
	out := append([]string{c.Client.Secret, c.Secret.Text}, c.hidden...)
	for _, app := range []*App{c.Target.Second.Client, c.Target.Second.Issuer, c.Target.Second.Encrypted} {
		if app != nil {
			out = append(out, app.Secret)
		}
	}
	return out
}
