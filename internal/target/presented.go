package target

import (
	"context"
	"net/http"
	"net/url"

	"github.com/loggedout/loggedout/internal/run"
)

// ProbeBearer asks as a browser without a session that shows a token as bearer
// (RFC 6750, section 2.1).
func (t *Target) ProbeBearer(ctx context.Context, token string, user User) run.Probe {
	return t.NewBrowser().timed(ctx, t.probe, user, http.Header{"Authorization": {"Bearer " + token}})
}

// loginParams are the names under which embedding applications hand a token to
// a login page.
var loginParams = []string{"jwt", "token", "id_token"}

// ProbeLogin shows a token to the login page, and asks what came of it.
func (t *Target) ProbeLogin(ctx context.Context, token string, user User) run.Probe {
	b := t.NewBrowser()
	if err := b.presentAtLogin(ctx, token, user); err != nil {
		return run.Probe{State: run.Unknown, Why: "the login page: " + t.reason(err, signaturesOf(token)...)}
	}
	return b.Probe(ctx, user)
}

// presentAtLogin goes where the login page leads, but never to the issuer, which
// would log the user in.
func (b *Browser) presentAtLogin(ctx context.Context, token string, user User) error {
	address, err := b.target.loginURL(user)
	if err != nil {
		return err
	}
	query := address.Query()
	for _, name := range loginParams {
		query.Set(name, token)
	}
	address.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), http.NoBody)
	for hops := 0; err == nil && request != nil && hops < maxHops && !b.target.atIssuer(request.URL); hops++ {
		var last *page
		if last, err = b.do(request); err != nil {
			return err
		}
		request, err = last.next(ctx)
	}
	return err
}

// loginURL is where a login begins.
func (t *Target) loginURL(user User) (*url.URL, error) {
	address := t.config.Target.Login.URL
	if t.login != nil {
		var err error
		if address, err = expandURL(t.login.url, user); err != nil {
			return nil, err
		}
	}
	return url.Parse(address)
}
