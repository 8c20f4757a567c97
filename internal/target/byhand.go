package target

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/loggedout/loggedout/fixtures"
)

// maxInterim is how many answers may come before the answer, such as
// 100 Continue (RFC 9110, section 15.2).
const maxInterim = 10

// byHand writes a request to a socket of its own and reads the answer, which
// may come while the request is still being written. The connection is closed
// with the body of the answer.
func (t *Target) byHand(ctx context.Context, to destination, what fixtures.Prepared) (*http.Response, error) {
	if what.Wire != nil && what.Wire.After > 0 {
		if err := await(ctx, what.Wire.After, nil); err != nil {
			return nil, err
		}
	}
	conn, err := t.dial(ctx, to)
	if err != nil {
		return nil, err
	}
	talk := converse(ctx, conn, to, what)
	response, err := talk.answer(what.Method)
	if err != nil {
		return nil, errors.Join(err, talk.Close())
	}
	response.Body = talkBody{response.Body, talk}
	return response, nil
}

// dial connects to the target, past any proxy for outgoing requests.
func (t *Target) dial(ctx context.Context, to destination) (net.Conn, error) {
	port := to.Port()
	switch {
	case port != "":
	case to.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	host := net.JoinHostPort(to.Hostname(), port)
	if to.Scheme != "https" {
		return new(net.Dialer).DialContext(ctx, "tcp", host)
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.sender.TLSClientConfig != nil {
		settings = t.sender.TLSClientConfig.Clone()
	}
	settings.NextProtos = []string{"http/1.1"}
	return (&tls.Dialer{Config: settings}).DialContext(ctx, "tcp", host)
}

// A conversation is a request that is being written and its answer.
type conversation struct {
	ctx      context.Context //nolint:containedctx // of this one request
	conn     net.Conn
	header   *io.LimitedReader // of conn
	reader   *bufio.Reader     // of header
	goAhead  chan struct{}     // takes 100 Continue
	end      func()
	finished sync.WaitGroup
}

// converse begins to write the request.
func converse(ctx context.Context, conn net.Conn, to destination, what fixtures.Prepared) *conversation {
	ctx, cancel := context.WithCancel(ctx)
	c := &conversation{
		ctx: ctx, conn: conn, goAhead: make(chan struct{}, 1),
		header: &io.LimitedReader{R: conn, N: maxHeader},
	}
	c.reader = bufio.NewReader(c.header)
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline) // what cannot be bounded is closed below
	}
	forget := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	c.end = sync.OnceFunc(func() {
		forget()
		cancel()
		_ = conn.Close() // the answer was read, or there is none
		c.finished.Wait()
	})
	c.finished.Go(func() {
		// The answer says whether the request arrived; to have failed to write all
		// of it is no more than a part of that.
		_ = writeRequest(ctx, conn, to, what, c.goAhead)
	})
	return c
}

// answer reads until there is one that is final.
func (c *conversation) answer(method string) (*http.Response, error) {
	for range maxInterim {
		response, err := http.ReadResponse(c.reader, &http.Request{Method: method}) //nolint:bodyclose // the caller's, or none
		switch {
		case err != nil:
			return nil, c.reason(err)
		case response.StatusCode == http.StatusContinue:
			select {
			case c.goAhead <- struct{}{}:
			default: // said before
			}
		case response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols:
			c.header.N = math.MaxInt64 // who reads the body bounds it
			return response, nil
		}
	}
	return nil, fmt.Errorf("malformed answer: more than %d interim answers", maxInterim)
}

// reason says why nothing could be read.
func (c *conversation) reason(err error) error {
	switch {
	case c.ctx.Err() != nil:
		return context.Cause(c.ctx)
	case c.header.N <= 0:
		return errors.New("headers exceeded the limit")
	}
	return err
}

func (c *conversation) Close() error {
	c.end()
	return nil
}

// talkBody is the body of an answer that ends its conversation.
type talkBody struct {
	io.ReadCloser
	talk *conversation
}

func (b talkBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.talk.reason(err)
	}
	return n, err
}

// Close does not read to the end, as the body of net/http would.
func (b talkBody) Close() error { return b.talk.Close() }
