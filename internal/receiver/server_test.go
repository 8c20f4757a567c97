package receiver

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// The protocols that a sender may speak.
func TestWire(t *testing.T) {
	w := newWorld(t, "")
	form := func() string { return "logout_token=" + w.token(object{"sub": "alice"}) }
	for name, send := range map[string]func() int{
		"HTTP/2 without TLS": func() int {
			protocols := new(http.Protocols)
			protocols.SetUnencryptedHTTP2(true)
			client := &http.Client{Transport: &http.Transport{Protocols: protocols}}
			res, err := client.Post(w.server.URL+"/auth/logout/web", "application/x-www-form-urlencoded", strings.NewReader(form()))
			if err == nil && res.ProtoMajor != 2 {
				t.Error("the answer is not HTTP/2")
			}
			return w.done(res, err).StatusCode
		},
		"HTTP/1.0": func() int {
			body := form()
			return w.raw(fmt.Sprintf("POST /auth/logout/web HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
				"Content-Length: %d\r\n\r\n%s", len(body), body))
		},
		"chunked": func() int {
			body := form()
			return w.raw(fmt.Sprintf("POST /auth/logout/web HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n"+
				"transfer-encoding: chunked\r\nconnection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body))
		},
	} {
		b := w.login("alice", "s1")
		if got := send(); got != 200 || b.alive("alice") {
			t.Errorf("%s: %d", name, got)
		}
	}
}

// raw writes a request as it is and gives the status of the answer.
func (w *world) raw(request string) int {
	w.Helper()
	c, err := net.Dial("tcp", w.server.Listener.Addr().String())
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write([]byte(request)); err != nil {
		w.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	return w.done(res, err).StatusCode
}

func TestContentCodingIsRefused(t *testing.T) {
	w := newWorld(t, "")
	b := w.login("alice", "s1")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("logout_token=" + w.token(object{"sub": "alice"})))
	_ = z.Close()
	req, err := http.NewRequest("POST", w.server.URL+"/auth/logout/web", &packed)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Content-Encoding", "gzip")
	res, err := http.DefaultClient.Do(req)
	w.isRefusal(w.done(res, err), http.StatusUnsupportedMediaType)
	if !b.alive("alice") {
		t.Error("the session has ended")
	}
}
