package target

import (
	"context"
	"io"
	"net"
	"net/url"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
)

// Whatever comes back, it is read to an end and leaves nothing behind: the
// request has been stopped, and what is kept is clean.
func FuzzAnswerByHand(f *testing.F) {
	for _, seed := range []string{
		fine, "", "HTTP/1.1 100 Continue\r\n\r\n" + fine, "HTTP/1.0 400 Bad\r\n\r\nwhole",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/9.9 999 \x1b[31m\r\nA\r\n\r\n", "HTTP/1.1 101 Go\r\n\r\n\x00",
	} {
		f.Add([]byte(seed))
	}
	what, err := fixtures.Prepare(fixtures.Post().OnWire(fixtures.Wire{Chunk: 3, Expect: true}), token, nil)
	if err != nil {
		f.Fatal(err)
	}
	to := destination{&url.URL{Scheme: "http", Host: "receiver.example"}, "/logout"}
	f.Fuzz(func(t *testing.T, answer []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		target := aimed(t, "http://receiver.example")
		here, there := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, there) }()
		go func() {
			_, _ = there.Write(answer)
			_ = there.Close()
		}()
		talk := converse(ctx, here, to, what)
		response, err := talk.answer(what.Method)
		if err != nil {
			_ = talk.Close()
			expectKept(t, target.reason(err))
			return
		}
		response.Body = talkBody{response.Body, talk}
		kept := target.capture(response, token, what)
		expectKept(t, kept)
		if ctx.Err() != nil || kept.Timeout {
			t.Errorf("the end was never found: %+v", kept)
		}
	})
}
