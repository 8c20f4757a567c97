package target

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/template"

	"golang.org/x/net/http/httpguts"

	"github.com/loggedout/loggedout/internal/config"
)

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
			where(page.url), page.status, b.target.keepLine(string(page.body), 300))
	}
	return 1, nil
}

func (l *loginRequest) build(ctx context.Context, user User) (*http.Request, error) {
	address, err := expandURL(l.url, user)
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
	if err != nil {
		return nil, err
	}
	for name, value := range headers {
		request.Header.Del(name) // in the place of ours
		if err := setHeader(request, name, value); err != nil {
			return nil, fmt.Errorf("target.login.request.header: %w", err)
		}
	}
	return request, nil
}

// setHeader sets a header field, Host among them, or with an empty value
// removes it.
func setHeader(request *http.Request, name, value string) error {
	switch {
	case !httpguts.ValidHeaderFieldName(name), !httpguts.ValidHeaderFieldValue(value):
		return fmt.Errorf("HTTP has no header field %q with the value %q", line(name, 100), line(value, 100))
	case http.CanonicalHeaderKey(name) == "Host":
		request.Host = value
	case value == "" && http.CanonicalHeaderKey(name) != "User-Agent": // there, nothing means Go's own name
		request.Header.Del(name)
	default:
		request.Header.Add(name, value)
	}
	return nil
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

// expandURL writes a name into a URL, percent-encoded.
func expandURL(t *template.Template, user User) (string, error) {
	user.Sub = strings.ReplaceAll(url.QueryEscape(user.Sub), "+", "%20")
	return expand(t, user)
}
