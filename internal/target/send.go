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

// Send brings a token to the logout endpoint and records what it answers. It
// carries no cookie and follows nothing. An error means that the request could
// not be built; a target that does not answer is in the answer.
func (t *Target) Send(ctx context.Context, token string, carrier fixtures.Request) (sent run.Send, err error) {
	request, err := t.logoutRequest(ctx, token, carrier)
	if err != nil {
		return run.Send{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(t.config.Run.Timeout))
	defer cancel()
	start := t.clock()
	response, err := t.transport.RoundTrip(request.WithContext(ctx))
	var answer run.Answer
	if err == nil {
		answer = t.capture(response, token)
	} else {
		answer = run.Answer{Error: t.redact(reason(err)), Timeout: timedOut(err)}
	}
	answer.Took = run.ToMillis(t.clock().Sub(start))
	return run.Send{Method: carrier.Method, URL: t.config.Target.LogoutURL, Answer: answer}, nil
}

// logoutRequest builds the HTTP request of a carrier.
func (t *Target) logoutRequest(ctx context.Context, token string, carrier fixtures.Request) (*http.Request, error) {
	fill := func(text string) string { return strings.ReplaceAll(text, "${token}", token) }
	address, err := url.Parse(t.config.Target.LogoutURL)
	if err != nil {
		return nil, err
	}
	if len(carrier.Query) > 0 {
		more := encode(carrier.Query, fill)
		address.RawQuery = strings.TrimPrefix(address.RawQuery+"&"+more, "&")
	}
	body := fill(carrier.Body)
	if body == "" {
		body = encode(carrier.Form, fill)
	}
	request, err := http.NewRequestWithContext(ctx, carrier.Method, address.String(), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "loggedout")
	if carrier.Method != http.MethodGet {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range carrier.Header {
		request.Header.Set(h.Name, fill(h.Value))
	}
	return request, nil
}

// encode writes fields as a form, in the order they are given.
func encode(fields []fixtures.Field, fill func(string) string) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = url.QueryEscape(f.Name) + "=" + url.QueryEscape(fill(f.Value))
	}
	return strings.Join(parts, "&")
}
