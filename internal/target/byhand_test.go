package target

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// heard is a server that takes a whole request down, byte by byte, until it
// ends in what it is told, and then answers.
func heard(t *testing.T, end, answer string) (base string, bytes func() string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	var talks sync.WaitGroup
	talks.Go(func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		var text strings.Builder
		reader := bufio.NewReader(conn)
		for !strings.HasSuffix(text.String(), end) {
			b, err := reader.ReadByte()
			if err != nil {
				break
			}
			text.WriteByte(b)
		}
		got <- text.String()
		_, _ = io.WriteString(conn, answer)
		_, _ = io.Copy(io.Discard, reader)
	})
	t.Cleanup(func() {
		_ = listener.Close()
		talks.Wait()
	})
	return "http://" + listener.Addr().String(), func() string { return <-got }
}

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: no-store\r\n\r\nok"

// What is written by hand goes out as it was told, byte for byte.
func TestByHand(t *testing.T) {
	post := fixtures.Post
	short := func(q fixtures.Request) fixtures.Request { return q.Without("User-Agent").Without("Content-Type") }
	for name, tt := range map[string]struct {
		request fixtures.Request
		end     string
		want    string // with HOST for where the server is
	}{
		"as usual": {
			post().OnWire(fixtures.Wire{}), "TOKEN",
			"POST /logout HTTP/1.1\r\nHost: HOST\r\nUser-Agent: loggedout\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 18\r\n\r\nlogout_token=TOKEN",
		},
		"HTTP/1.0 and lower case": {
			short(post()).OnWire(fixtures.Wire{Proto: "HTTP/1.0", LowerCase: true}), "TOKEN",
			"POST /logout HTTP/1.0\r\nhost: HOST\r\ncontent-length: 18\r\n\r\nlogout_token=TOKEN",
		},
		"in chunks": {
			fixtures.PostForm("a", "bcdefghij").Without("User-Agent").Without("Content-Type").OnWire(fixtures.Wire{Chunk: 4}), "0\r\n\r\n",
			"POST /logout HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na=bc\r\n4\r\ndefg\r\n3\r\nhij\r\n0\r\n\r\n",
		},
		"a path that would be cleaned": {
			short(fixtures.PostForm()).To("/${path}/../%6C?"), "\r\n\r\n",
			"POST //logout/../%6C? HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
		},
		"a header that is none": {
			short(fixtures.PostForm()).WithHeader("X Y", "a\x01").WithHeader("hOST", "other").WithHeader("Content-Length", "-1").OnWire(fixtures.Wire{}), "\r\n\r\n",
			"POST /logout HTTP/1.1\r\nX Y: a\x01\r\nhOST: other\r\nContent-Length: -1\r\n\r\n",
		},
		"a method that is none": {
			fixtures.Request{Method: "GE T"}.Without("User-Agent").Without("Content-Type").InQuery("a", "b c").OnWire(fixtures.Wire{}), "\r\n\r\n",
			"GE T /logout?a=b+c HTTP/1.1\r\nHost: HOST\r\n\r\n",
		},
		"in pieces": {
			fixtures.PostForm("a", "b").Without("User-Agent").Without("Content-Type").OnWire(fixtures.Wire{Pause: time.Nanosecond}), "a=b",
			"POST /logout HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\na=b",
		},
	} {
		t.Run(name, func(t *testing.T) {
			base, bytes := heard(t, tt.end, fine)
			sent, err := aimed(t, base).Send(within(t), "TOKEN", prepared(t, tt.request, "TOKEN"))
			if err != nil || sent.Answer.Status != 200 || sent.Answer.Body != "ok" || sent.Answer.Error != "" {
				t.Errorf("%v %+v", err, sent.Answer)
			}
			want := strings.ReplaceAll(tt.want, "HOST", strings.TrimPrefix(base, "http://"))
			if got := bytes(); got != want {
				t.Errorf("wrote\n%q, want\n%q", got, want)
			}
		})
	}
}

// A body that is announced is sent when the server says so.
func TestExpectWaitsForTheGoAhead(t *testing.T) {
	request := fixtures.Post().OnWire(fixtures.Wire{Expect: true})
	t.Run("100 Continue", func(t *testing.T) {
		base := served(t, func(w http.ResponseWriter, r *http.Request) { // which says it when the body is read
			if r.Header.Get("Expect") != "100-continue" || r.FormValue("logout_token") != token {
				t.Errorf("%v", r.Header)
			}
			_, _ = io.WriteString(w, "read")
		})
		sent, err := aimed(t, base).Send(within(t), token, prepared(t, request, token))
		if err != nil || sent.Answer.Status != 200 || sent.Answer.Body != "read" {
			t.Errorf("%v %+v", err, sent.Answer)
		}
	})
	t.Run("417", func(t *testing.T) {
		base, bytes := heard(t, "\r\n\r\n", "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")
		sent, err := aimed(t, base).Send(within(t), token, prepared(t, request, token))
		if err != nil || sent.Answer.Status != 417 || strings.Contains(bytes(), token) {
			t.Errorf("%v %+v", err, sent.Answer)
		}
	})
	t.Run("nothing for a while", func(t *testing.T) {
		base, bytes := heard(t, token, fine)
		sent, err := aimed(t, base).Send(within(t), token, prepared(t, request, token))
		if err != nil || sent.Answer.Status != 200 || !strings.HasSuffix(bytes(), token) {
			t.Errorf("%v %+v", err, sent.Answer)
		}
	})
}

func TestByHandOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %s %d", r.Proto, r.FormValue("logout_token"), len(r.TransferEncoding))
	}))
	t.Cleanup(server.Close)
	target := aimed(t, server.URL)
	request := fixtures.Post().OnWire(fixtures.Wire{Chunk: 3})
	sent, err := target.Send(within(t), "x", prepared(t, request, "x"))
	if err != nil || !strings.Contains(sent.Answer.Error, "certificate is not trusted") {
		t.Errorf("a certificate that nobody knows: %v %+v", err, sent.Answer)
	}
	target.sender.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig //nolint:errcheck // it is one
	sent, err = target.Send(within(t), "x", prepared(t, request, "x"))
	if err != nil || sent.Answer.Body != "HTTP/1.1 x 1" {
		t.Errorf("%v %+v", err, sent.Answer)
	}
}

func TestHTTP2(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Proto, " ", r.FormValue("logout_token"))
	})
	request := fixtures.Post().OnWire(fixtures.Wire{Proto: "HTTP/2"})
	send := func(t *testing.T, server *httptest.Server, change func(*Target)) run.Answer {
		t.Helper()
		t.Cleanup(server.Close)
		target := aimed(t, server.URL)
		change(target)
		sent, err := target.Send(within(t), "x", prepared(t, request, "x"))
		if err != nil {
			t.Fatal(err)
		}
		return sent.Answer
	}
	asIs := func(*Target) {}
	t.Run("with prior knowledge", func(t *testing.T) {
		server := httptest.NewUnstartedServer(handler)
		server.Config.Protocols = new(http.Protocols)
		server.Config.Protocols.SetHTTP1(true)
		server.Config.Protocols.SetUnencryptedHTTP2(true)
		server.Start()
		if got := send(t, server, asIs); got.Body != "HTTP/2.0 x" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("over TLS", func(t *testing.T) {
		server := httptest.NewUnstartedServer(handler)
		server.EnableHTTP2 = true
		server.StartTLS()
		got := send(t, server, func(target *Target) {
			trusted := server.Client().Transport.(*http.Transport).TLSClientConfig //nolint:errcheck // it is one
			target.http2.TLSClientConfig = trusted.Clone()
			target.http2.TLSClientConfig.NextProtos = nil
		})
		if got.Body != "HTTP/2.0 x" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a server that speaks HTTP/1.1 alone", func(t *testing.T) {
		if got := send(t, httptest.NewServer(handler), asIs); got.Status != 0 || got.Error == "" || got.Timeout {
			t.Errorf("%+v", got)
		}
	})
}

// Answers that are broken, endless or none are told as what they are, in
// bounded time and space, and the connection is closed.
func TestByHandOddAnswers(t *testing.T) {
	request := fixtures.Post().OnWire(fixtures.Wire{})
	for name, tt := range map[string]struct {
		answer func(net.Conn, *http.Request)
		change func(*config.Config)
		status int
		says   string
		slow   bool
	}{
		"closed at once":       {answer: func(c net.Conn, _ *http.Request) { _ = c.Close() }, says: "closed before the answer was whole"},
		"reset":                {answer: func(c net.Conn, _ *http.Request) { reset(c) }, says: "connection was"},
		"no HTTP":              {answer: says("hello\r\n\r\n"), says: "the answer is no HTTP"},
		"half a header":        {answer: saysAndCloses("HTTP/1.1 200 OK\r\nContent-"), says: "the answer is no HTTP"},
		"half a body":          {answer: saysAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), status: 200, says: "the body broke off"},
		"until it closes":      {answer: saysAndCloses("HTTP/1.0 400 Bad\r\n\r\nwhole"), status: 400},
		"an endless line":      {answer: func(c net.Conn, _ *http.Request) { endlessly(c, "x") }, says: "longer than 256 KiB"},
		"an endless header":    {answer: func(c net.Conn, _ *http.Request) { says("HTTP/1.1 200 OK\r\n")(c, nil); endlessly(c, "A: b\r\n") }, says: "longer than 256 KiB"},
		"endlessly to be sure": {answer: func(c net.Conn, _ *http.Request) { endlessly(c, "HTTP/1.1 103 Hints\r\n\r\n") }, says: "interim answers"},
		"an endless body":      {answer: func(c net.Conn, _ *http.Request) { says("HTTP/1.1 200 OK\r\n\r\n")(c, nil); endlessly(c, "x") }, status: 200, says: "goes on after 1 MiB"},
		"silence":              {answer: func(net.Conn, *http.Request) {}, change: hasty, says: "deadline", slow: true},
		"a body that trickles": {
			answer: func(c net.Conn, _ *http.Request) { says("HTTP/1.1 200 OK\r\n\r\n")(c, nil); trickle(c, "x") },
			change: hasty, status: 200, says: "no whole answer before the deadline", slow: true,
		},
		"another protocol": {answer: says("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), status: 101},
	} {
		t.Run(name, func(t *testing.T) {
			w := serveWire(t, tt.answer)
			change := tt.change
			if change == nil {
				change = func(*config.Config) {}
			}
			sent, err := aimed(t, w.base, change).Send(within(t), token, prepared(t, request, token))
			if err != nil {
				t.Fatal(err)
			}
			a := sent.Answer
			if a.Status != tt.status || a.Timeout != tt.slow || (tt.says == "") != (a.Error == "") {
				t.Errorf("%+v", a)
			}
			if tt.says != "" {
				contains(t, "error", a.Error, tt.says)
			}
			expectKept(t, sent)
			w.expectClosed(t)
		})
	}
}

func says(text string) func(net.Conn, *http.Request) {
	return func(conn net.Conn, _ *http.Request) { _, _ = io.WriteString(conn, text) }
}

func saysAndCloses(text string) func(net.Conn, *http.Request) {
	return func(conn net.Conn, _ *http.Request) {
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	}
}

// A server that has read enough may answer before it was told all, and close.
func TestAnswersToRequestsThatAreNotOver(t *testing.T) {
	early := "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	t.Run("slow", func(t *testing.T) {
		base, _ := heard(t, "\r\n\r\n", early)
		request := fixtures.Post().OnWire(fixtures.Wire{Pause: time.Hour, Within: patience})
		sent, err := aimed(t, base, hasty).Send(within(t), token, prepared(t, request, token))
		if err != nil || sent.Answer.Status != 413 {
			t.Errorf("%v %+v", err, sent.Answer)
		}
	})
	t.Run("slower than the sender waits", func(t *testing.T) {
		base, _ := heard(t, "\r\n\r\n", "")
		request := fixtures.Post().OnWire(fixtures.Wire{Pause: time.Hour, Within: 50 * time.Millisecond})
		sent, err := aimed(t, base).Send(within(t), token, prepared(t, request, token))
		if err != nil || !sent.Answer.Timeout || sent.Answer.Status != 0 {
			t.Errorf("%v %+v", err, sent.Answer)
		}
	})
	t.Run("large", func(t *testing.T) {
		base, _ := heard(t, "\r\n\r\n", early)
		request := fixtures.Post().Padded(fixtures.Padding{Value: 8 << 20}).OnWire(fixtures.Wire{})
		sent, err := aimed(t, base).Send(within(t), token, prepared(t, request, token))
		if err != nil || sent.Answer.Status != 413 {
			t.Errorf("%v %+v", err, sent.Answer)
		}
	})
}

func TestByHandIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := serveWire(t, func(net.Conn, *http.Request) { cancel() })
	request := fixtures.Post().OnWire(fixtures.Wire{})
	sent, err := aimed(t, w.base).Send(ctx, token, prepared(t, request, token))
	if err != nil || sent.Answer.Error != "interrupted" {
		t.Errorf("%v %+v", err, sent.Answer)
	}
	w.expectClosed(t)
}

// What a further token or a cookie proves is not kept, wherever it comes back.
func TestFurtherTokensAndCookiesAreNotKept(t *testing.T) {
	const further = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.YW5vdGhlci1zaWduYXR1cmUtb2YtdGhpcnR5LXR3by1ieXRlcw"
	const cookie = "s3ss10n-0f-b0b"
	base := served(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.URL.RawQuery, " ", r.Header.Get("Cookie"))
	})
	request := fixtures.Post().InQuery("logout_token", "${token.bad}").WithHeader("Cookie", "${bob.cookies}")
	what, err := fixtures.Prepare(request, token, map[string]string{"token.bad": further, "bob.cookies": "a=b; session=" + cookie})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []*fixtures.Wire{nil, {}} {
		what.Wire = q
		sent, err := aimed(t, base).Send(within(t), token, what)
		if err != nil || sent.Answer.Status != 200 || len(sent.Answer.Traits) != 1 || sent.Answer.Traits[0] != run.LeaksToken {
			t.Errorf("%v %+v", err, sent.Answer)
		}
		walkFor(t, sent, further[strings.LastIndexByte(further, '.')+1:], cookie)
	}
}

func TestCookiesOfABrowser(t *testing.T) {
	base := served(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s1", Path: "/"})
		http.SetCookie(w, &http.Cookie{Name: "elsewhere", Value: "s2", Path: "/other"})
	})
	browser := aimed(t, base).NewBrowser()
	if got, err := browser.Cookies(alice); err != nil || got != "" {
		t.Errorf("a browser that was nowhere: %q %v", got, err)
	}
	browser.Probe(within(t), alice)
	if got, err := browser.Cookies(alice); err != nil || got != "session=s1" {
		t.Errorf("%q %v", got, err)
	}
}
