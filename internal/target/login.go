package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/template"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// Login logs a user in with a browser of its own and says how it went. The
// browser is usable only when the login has no error.
func (t *Target) Login(ctx context.Context, user User) (*Browser, run.Login) {
	start := t.clock()
	b := t.NewBrowser()
	login := run.Login{Sub: user.Sub}
	var err error
	if t.login != nil {
		login.Requests, err = b.loginByRequest(ctx, user)
	} else {
		login.Requests, err = b.loginAtIssuer(ctx, user)
	}
	login.Took = run.ToMillis(t.clock().Sub(start))
	if err != nil {
		login.Error = t.redact(reason(err))
	}
	return b, login
}

// loginAtIssuer walks from the login URL to the issuer and back, as a browser
// would. At the issuer the user is named by login_hint.
func (b *Browser) loginAtIssuer(ctx context.Context, user User) (requests int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.target.config.Target.Login.URL, http.NoBody)
	if err != nil {
		return 0, err
	}
	reached := false
	for request != nil {
		if requests++; requests > maxHops {
			return requests, fmt.Errorf("the login goes on after %d requests, lastly to %s: is it a redirect loop?", maxHops, line(request.URL.Redacted(), 200))
		}
		if b.target.atIssuer(request.URL) {
			reached = true
			hint(request.URL, user)
		}
		page, err := b.do(request)
		if err != nil {
			return requests, err
		}
		if request, err = page.next(ctx); err != nil {
			return requests, err
		}
		if request == nil && page.status >= 400 {
			return requests, fmt.Errorf("the login ended at %s with status %d: %s",
				where(page.url), page.status, line(string(page.body), 300))
		}
	}
	if !reached {
		return requests, errors.New("the login never led to the issuer: is target.login.url the page that starts a login, and does the target trust " + b.target.config.Issuer.URL + "?")
	}
	return requests, nil
}

// atIssuer reports whether a URL is the issuer's authorization endpoint.
func (t *Target) atIssuer(u *url.URL) bool {
	return strings.HasPrefix(u.String(), t.config.Issuer.URL+"/") && u.Query().Has("client_id")
}

// hint names the user in an authorization request (OpenID Connect Core 1.0,
// section 3.1.2.1).
func hint(u *url.URL, user User) {
	query := u.Query()
	query.Set("login_hint", user.Sub)
	u.RawQuery = query.Encode()
}

// where is a URL without its query, which may hold a code.
func where(u *url.URL) string {
	return line(u.Scheme+"://"+u.Host+u.EscapedPath(), 200)
}

// A loginRequest is a login that is one described request.
type loginRequest struct {
	method             string
	url                *template.Template
	form, json, header map[string]*template.Template
}

func parseLogin(c config.Request) (*loginRequest, error) {
	l := &loginRequest{method: strings.ToUpper(c.Method)}
	if l.method == "" {
		l.method = http.MethodPost
	}
	var err error
	if l.url, err = parse("target.login.request.url", c.URL); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		name  string
		texts map[string]string
		into  *map[string]*template.Template
	}{{"form", c.Form, &l.form}, {"json", c.JSON, &l.json}, {"header", c.Header, &l.header}} {
		*part.into = map[string]*template.Template{}
		for key, text := range part.texts {
			if (*part.into)[key], err = parse("target.login.request."+part.name+"."+key, text); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

func (b *Browser) loginByRequest(ctx context.Context, user User) (int, error) {
	request, err := b.target.login.build(ctx, user)
	if err != nil {
		return 0, err
	}
	page, err := b.do(request)
	if err != nil {
		return 1, err
	}
	if page.status >= 400 {
		return 1, fmt.Errorf("the login at %s was answered with status %d: %s",
			where(page.url), page.status, line(string(page.body), 300))
	}
	return 1, nil
}

func (l *loginRequest) build(ctx context.Context, user User) (*http.Request, error) {
	address, err := expand(l.url, user)
	if err != nil {
		return nil, err
	}
	body, contentType := "", ""
	switch {
	case len(l.json) > 0:
		values, err := expandAll(l.json, user)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(values)
		if err != nil {
			return nil, err
		}
		body, contentType = string(text), "application/json"
	case len(l.form) > 0:
		values, err := expandAll(l.form, user)
		if err != nil {
			return nil, err
		}
		form := url.Values{}
		for name, value := range values {
			form.Set(name, value)
		}
		body, contentType = form.Encode(), "application/x-www-form-urlencoded"
	}
	request, err := http.NewRequestWithContext(ctx, l.method, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	headers, err := expandAll(l.header, user)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	return request, err
}

func expandAll(templates map[string]*template.Template, user User) (map[string]string, error) {
	out := make(map[string]string, len(templates))
	for name, t := range templates {
		text, err := expand(t, user)
		if err != nil {
			return nil, err
		}
		out[name] = text
	}
	return out, nil
}
