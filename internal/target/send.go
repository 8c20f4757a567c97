package target

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Send brings a token to the logout endpoint and records what it answers; the
// token is what must not be kept of the answer. It carries no cookie of its own
// and follows nothing. An error means that the request could not be built; a
// target that does not answer is in the answer.
func (t *Target) Send(ctx context.Context, token string, what fixtures.Prepared) (sent run.Send, err error) {
	to, err := t.logoutURL(what)
	if err != nil {
		return run.Send{}, err
	}
	limit := time.Duration(t.config.Run.Timeout)
	if what.Wire != nil && what.Wire.Within > 0 {
		limit = what.Wire.Within
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	carry := t.carry
	if what.ByHand() {
		carry = t.byHand
	} else if _, err := request(ctx, to, what); err != nil {
		return run.Send{}, err
	}
	start := t.clock()
	response, err := carry(ctx, to, what) //nolint:bodyclose // capture closes it
	var answer run.Answer
	if err == nil {
		answer = t.capture(response, token, what)
	} else {
		answer = run.Answer{Error: t.reason(err, hiddenOf(token, what.Hidden)...), Timeout: timedOut(err)}
	}
	answer.Took = run.ToMillis(t.clock().Sub(start))
	return run.Send{Method: what.Method, URL: t.shown(to, token, what.Hidden), Answer: answer}, nil
}

// A destination is where a request goes: a URL, and the request target as it goes
// out, path and query, which a URL might write in another way.
type destination struct {
	*url.URL
	target string
}

// logoutURL is the address of a request. The logout URL may have a query of its
// own, which survives (Back-Channel Logout 1.0, section 2.2).
func (t *Target) logoutURL(what fixtures.Prepared) (destination, error) {
	u, err := url.Parse(t.config.Target.LogoutURL)
	if err != nil {
		return destination{}, err
	}
	if what.Query != "" {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+what.Query, "&")
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if path, err = what.PathFrom(path); err != nil {
		return destination{}, err
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return destination{u, path}, nil
}

// shown is the address as it may be kept.
func (t *Target) shown(to destination, token string, hidden []string) string {
	text := to.Scheme + "://" + to.Host + to.target
	for _, each := range append([]string{token}, hidden...) {
		if each != "" {
			text = strings.ReplaceAll(text, url.QueryEscape(each), "(token)")
		}
	}
	return t.redact(text)
}

// carry makes the request as net/http does.
func (t *Target) carry(ctx context.Context, to destination, what fixtures.Prepared) (*http.Response, error) {
	made, err := request(ctx, to, what)
	if err != nil {
		return nil, err
	}
	if what.Wire != nil {
		return t.http2.RoundTrip(made)
	}
	return t.sender.RoundTrip(made)
}

// request builds the HTTP request.
func request(ctx context.Context, to destination, what fixtures.Prepared) (*http.Request, error) {
	made, err := http.NewRequestWithContext(ctx, what.Method, to.String(), strings.NewReader(what.Body))
	if err != nil {
		return nil, err
	}
	for _, h := range what.Header {
		if err := setHeader(made, h.Name, h.Value); err != nil {
			return nil, err
		}
	}
	return made, nil
}
