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
// token is what must not be kept of the answer. It carries no cookie and follows
// nothing. An error means that the request could not be built; a target that
// does not answer is in the answer.
func (t *Target) Send(ctx context.Context, token string, what fixtures.Prepared) (sent run.Send, err error) {
	request, err := t.logoutRequest(ctx, what)
	if err != nil {
		return run.Send{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(t.config.Run.Timeout))
	defer cancel()
	start := t.clock()
	response, err := t.sender.RoundTrip(request.WithContext(ctx)) //nolint:bodyclose // capture closes it
	var answer run.Answer
	if err == nil {
		answer = t.capture(response, token, what)
	} else {
		answer = run.Answer{Error: t.reason(err, signaturesOf(token)...), Timeout: timedOut(err)}
	}
	answer.Took = run.ToMillis(t.clock().Sub(start))
	address := request.URL.String()
	if token != "" {
		address = strings.ReplaceAll(address, url.QueryEscape(token), "(token)")
	}
	return run.Send{Method: what.Method, URL: t.redact(address), Answer: answer}, nil
}

// logoutRequest builds the HTTP request. The logout URL may have a query of its
// own, which survives (Back-Channel Logout 1.0, section 2.2).
func (t *Target) logoutRequest(ctx context.Context, what fixtures.Prepared) (*http.Request, error) {
	address, err := url.Parse(t.config.Target.LogoutURL)
	if err != nil {
		return nil, err
	}
	if what.Query != "" {
		address.RawQuery = strings.TrimPrefix(address.RawQuery+"&"+what.Query, "&")
	}
	request, err := http.NewRequestWithContext(ctx, what.Method, address.String(), strings.NewReader(what.Body))
	if err != nil {
		return nil, err
	}
	for _, h := range what.Header {
		if err := setHeader(request, h.Name, h.Value); err != nil {
			return nil, err
		}
	}
	return request, nil
}
