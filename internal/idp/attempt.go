package idp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/loggedout/loggedout/fixtures"
)

// maxAnswer bounds what is kept of a receiver's body, in bytes.
const maxAnswer = 64 << 10

// errUndelivered says that an attempt may have failed to deliver.
var errUndelivered = errors.New("the delivery may have failed")

// persist delivers a token, and the same token again when that may have failed:
// no answer, 429, or 5xx. Any other answer means that it arrived, and sending it
// again would not help (Back-Channel Logout 1.0, section 2.5).
func (s *Server) persist(ctx context.Context, p parcel) Delivery {
	o := s.options.Delivery
	pause := &backoff.ExponentialBackOff{InitialInterval: o.Wait, Multiplier: 2, MaxInterval: o.Budget}
	attempts := 0
	last, _ := backoff.Retry(ctx, func() (Delivery, error) { // what went wrong stands in the delivery
		attempts++
		d := s.attempt(ctx, p, attempts)
		if d.Status != 0 && d.Status != http.StatusTooManyRequests && d.Status < 500 {
			return d, nil
		}
		if wait, err := strconv.Atoi(d.Header.Get("Retry-After")); err == nil && wait > 0 {
			return d, backoff.RetryAfter(wait)
		}
		return d, errUndelivered
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(uint(o.Retries+1)), backoff.WithMaxElapsedTime(o.Budget))
	return last
}

// attempt sends a token once and records what came of it.
func (s *Server) attempt(ctx context.Context, p parcel, number int) Delivery {
	timeout := s.options.Delivery.Timeout
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no answer within %s", timeout))
	defer cancel()
	d := Delivery{Time: s.wall(), Attempt: number}
	if err := s.post(ctx, p, &d); err != nil {
		d.Error = err.Error()
		if cause := context.Cause(ctx); cause != nil {
			d.Error = cause.Error()
		}
	}
	d.Latency = milliseconds(s.wall().Sub(d.Time))
	d = s.noted(p, d)
	s.options.Log.Info("logout token sent", "issuer", d.Issuer, "client_id", d.ClientID, "sub", d.Sub,
		"attempt", d.Attempt, "status", d.Status, "error", d.Error)
	return d
}

// post is the logout request of Back-Channel Logout 1.0, section 2.5: a form
// that holds the token and nothing else.
func (s *Server) post(ctx context.Context, p parcel, d *Delivery) error {
	form := url.Values{fixtures.TokenParam: {p.token}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, strings.NewReader(form))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("User-Agent", "mockidp")
	answer, err := s.options.Delivery.Client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // all that is wanted of it was read
	d.Status, d.Header = answer.StatusCode, answer.Header
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if d.Truncated = len(body) > maxAnswer; d.Truncated {
		body = body[:maxAnswer]
	}
	d.Body = strings.ToValidUTF8(string(body), "\uFFFD")
	if err != nil {
		return fmt.Errorf("the answer broke off: %w", err)
	}
	return nil
}

// deliveryTransport opens a connection for each delivery, so that none fails
// for being sent on one that the receiver has closed.
func deliveryTransport() http.RoundTripper {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxAnswer,
		TLSHandshakeTimeout:    5 * time.Second,
	}
	return transport
}

// headerAlg is the algorithm that an encoded header names.
func headerAlg(segment string) string {
	text, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		return ""
	}
	var header struct {
		Alg string `json:"alg"`
	}
	if json.Unmarshal(text, &header) != nil {
		return ""
	}
	return header.Alg
}
