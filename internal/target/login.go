package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/loggedout/loggedout/internal/run"
)

// Login logs a user in with a browser of its own and says how it went. The
// browser is usable only when the login has no error.
func (t *Target) Login(ctx context.Context, user User) (*Browser, run.Login) {
	b := t.NewBrowser()
	return b, b.Login(ctx, user)
}

// Login logs a user in with this browser and says how it went.
func (b *Browser) Login(ctx context.Context, user User) run.Login {
	t := b.target
	start := t.clock()
	login := run.Login{Sub: user.Sub}
	var err error
	if t.login != nil {
		login.Requests, err = b.loginByRequest(ctx, user)
	} else {
		login.Requests, err = b.loginAtIssuer(ctx, user)
	}
	login.Took = run.ToMillis(t.clock().Sub(start))
	if err != nil {
		login.Error = t.reason(err)
	}
	return login
}

// loginAtIssuer walks from the login URL to the issuer and back, as a browser
// would. At the issuer the user is named by login_hint.
func (b *Browser) loginAtIssuer(ctx context.Context, user User) (requests int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.target.config.Target.Login.URL, http.NoBody)
	if err != nil {
		return 0, err
	}
	var last *page
	reached := false
	for request != nil {
		if requests == maxHops {
			return requests, fmt.Errorf("the login goes on after %d requests, lastly to %s: is it a redirect loop?", maxHops, where(request.URL))
		}
		requests++
		if b.target.atIssuer(request.URL) {
			reached = true
			if err := hint(request, user); err != nil {
				return requests, err
			}
		}
		if last, err = b.do(request); err != nil {
			return requests, err
		}
		if request, err = last.next(ctx); err != nil {
			return requests, err
		}
	}
	body := b.target.keepLine(string(last.body), 300)
	switch {
	case last.status >= 400:
		return requests, fmt.Errorf("the login ended at %s with status %d: %s", where(last.url), last.status, body)
	case !reached:
		return requests, errors.New("the login never led to the issuer: is target.login.url the page that starts a login, and does the target trust " + b.target.config.Issuer.URL + "?")
	case b.target.atIssuer(last.url):
		return requests, fmt.Errorf("the login ended at the issuer, which did not send the browser back: status %d: %s", last.status, body)
	}
	return requests, nil
}

// where is a URL without its query, which may hold a code.
func where(u *url.URL) string {
	return line(u.Scheme+"://"+u.Host+u.EscapedPath(), 200)
}
