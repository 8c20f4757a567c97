package target

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

const (
	toLogin = iota
	toProbe
	toSend
)

// A sentence is what is said of bad input: at the login, the probe, and in the
// answer to a logout request.
type sentence [3]string

func all(text string) sentence { return sentence{text, text, text} }

// drive goes in by every entrance and holds what is kept and said against what
// has to be.
func drive(t *testing.T, w func(t *testing.T) *wire, want sentence, changes ...func(*config.Config)) {
	t.Helper()
	enter := func(name string, do func(*testing.T, *Target) (kept any, said string), want string) {
		t.Run(name, func(t *testing.T) {
			server := w(t)
			target := aimed(t, server.base, changes...)
			kept, said := do(t, target)
			expectKept(t, kept)
			contains(t, "said", said, want)
			target.Close()
			server.expectClosed(t)
			if n, most := server.written.Load(), 32<<20*server.connections.Load(); n > most {
				t.Errorf("%d bytes were read or waited for on their way", n)
			}
		})
	}
	enter("login", func(t *testing.T, target *Target) (any, string) {
		_, login := target.Login(within(t), alice)
		return login, login.Error
	}, want[toLogin])
	enter("probe", func(t *testing.T, target *Target) (any, string) {
		probe := target.NewBrowser().Probe(within(t), alice)
		if probe.State == run.Alive {
			t.Errorf("alive: %+v", probe)
		}
		return probe, string(probe.State) + ": " + probe.Why
	}, want[toProbe])
	enter("send", func(t *testing.T, target *Target) (any, string) {
		sent, err := target.Send(within(t), "h.p.s", post(t, "h.p.s"))
		if err != nil {
			t.Fatal(err)
		}
		return sent, fmt.Sprintf("%d %s", sent.Answer.Status, sent.Answer.Error)
	}, want[toSend])
}

func TestBadInput(t *testing.T) {
	const (
		ok   = "HTTP/1.1 200 OK\r\n"
		html = ok + "Content-Type: text/html\r\n"
	)
	say := func(parts ...string) func(net.Conn, *http.Request) {
		return func(conn net.Conn, _ *http.Request) { _, _ = io.WriteString(conn, strings.Join(parts, "")) }
	}
	then := func(head string, do func(net.Conn)) func(net.Conn, *http.Request) {
		return func(conn net.Conn, _ *http.Request) {
			_, _ = io.WriteString(conn, head)
			do(conn)
		}
	}
	flood := func(head, chunk string) func(net.Conn, *http.Request) {
		return then(head, func(conn net.Conn) { endlessly(conn, chunk) })
	}
	hangUp := func(conn net.Conn) { _ = conn.Close() }
	noWholeBody := sentence{"closed before the answer was whole", "unknown: the connection was closed", "200 the body broke off: the connection was closed"}
	tooLong := sentence{"never led to the issuer", "unknown: status 200, and the first 1048576 bytes do not name alice", "200 the body goes on after 1 MiB"}
	late := sentence{"no whole answer before the deadline", "unknown: no whole answer before the deadline", "no whole answer before the deadline"}

	for name, c := range map[string]struct {
		answer func(net.Conn, *http.Request)
		want   sentence
		slow   bool
	}{
		"10 GB declared":         {answer: flood(html+"Content-Length: 10000000000\r\n\r\n", "<p>"), want: tooLong},
		"a body without end":     {answer: flood(html+"\r\n", "<form>submit()"), want: tooLong},
		"chunks without end":     {answer: flood(ok+"Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n"), want: tooLong},
		"a redirect with a body": {answer: flood("HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n", "x"), want: sentence{"after 20 requests, lastly to http://127.0.0.1", "dead: status 302, redirects elsewhere", "302 the body goes on"}},

		"10 MB of one header field": {answer: flood(ok+"X: ", "x"), want: all("the header of the answer is longer than 256 KiB")},
		"header fields without end": {answer: flood(ok, "X-Y: z\r\n"), want: all("the header of the answer is longer than 256 KiB")},
		"a status line without end": {answer: flood("HTTP/1.1 200 ", "x"), want: all("the header of the answer is longer than 256 KiB")},
		"early hints without end":   {answer: flood("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), want: all("the header of the answer is longer than 256 KiB")},
		"continue without end":      {answer: flood("", "HTTP/1.1 100 Continue\r\n\r\n"), want: all("the header of the answer is longer than 256 KiB")},
		"trailers without end":      {answer: flood(ok+"Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n", "X: y\r\n"), want: sentence{"long trailer", "unknown: ", "200 the body broke off: "}},
		"a chunk extension":         {answer: flood(ok+"Transfer-Encoding: chunked\r\n\r\n5;", "x"), want: sentence{"line too long", "unknown: ", "200 the body broke off: "}},

		"closed before the header":    {answer: then("", hangUp), want: all("the connection was closed before the answer was whole")},
		"closed within the header":    {answer: then(ok+"X-Y: z\r\n", hangUp), want: all("the connection was closed before the answer was whole")},
		"closed within a field":       {answer: then(ok+"Content-Ty", hangUp), want: all("the answer is no HTTP")},
		"closed within the body":      {answer: then(ok+"Content-Length: 100\r\n\r\nhello", hangUp), want: noWholeBody},
		"closed within a chunk":       {answer: then(ok+"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", hangUp), want: noWholeBody},
		"reset before the header":     {answer: then("", reset), want: all("the connection was reset")},
		"garbage":                     {answer: say("\x00\x01\x1b[31mhello\r\n\r\n"), want: all("the answer is no HTTP")},
		"garbage in a line":           {answer: say("220 smtp.example ESMTP \x1b]0;title\x07\r\n"), want: all("the answer is no HTTP")},
		"a TLS alert":                 {answer: say("\x15\x03\x01\x00\x02\x02\x46\r\n"), want: all("the answer is no HTTP")},
		"another protocol":            {answer: say("ICY 200 OK\r\n\r\n"), want: all("the answer is no HTTP")},
		"an odd status":               {answer: say("HTTP/1.1 2OO OK\r\n\r\n"), want: all("the answer is no HTTP")},
		"a header that is none":       {answer: say(ok + "no colon\x1b[31m here\r\n\r\n"), want: all("the answer is no HTTP")},
		"escape bytes in a header":    {answer: say(ok + "Server: \x1b[31mred\u202e\xff\r\n\r\n"), want: all("the answer is no HTTP")},
		"NUL in a header":             {answer: say(ok + "Server: a\x00b\r\n\r\n"), want: all("the answer is no HTTP")},
		"two lengths":                 {answer: say(ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), want: all("Content-Length")},
		"a negative length":           {answer: say(ok + "Content-Length: -5\r\n\r\n"), want: all("Content-Length")},
		"chunks of garbage":           {answer: say(ok + "Transfer-Encoding: chunked\r\n\r\n\x1b[31mZZZ\r\nhello"), want: sentence{"chunk", "unknown: ", "200 the body broke off: "}},
		"a chunk of 16 EB":            {answer: say(ok + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"), want: sentence{"chunk", "unknown: ", "200 the body broke off: "}},
		"an unknown transfer coding":  {answer: say(ok + "Transfer-Encoding: rot13\r\n\r\n"), want: all("unsupported transfer encoding")},
		"a switch of protocols":       {answer: say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"), want: sentence{"never led to the issuer", "dead: status 101", "101 "}},
		"cookies without end":         {answer: flood(ok, "Set-Cookie: a=b; Path=/\r\n"), want: all("the header of the answer is longer than 256 KiB")},
		"an answer that is too early": {answer: say(ok+"Content-Length: 5\r\n\r\nhello", ok+"\x1b[31m\r\n\r\n"), want: sentence{"never led to the issuer", "dead: status 200", "200 "}},

		"never answers":        {answer: say(), want: late, slow: true},
		"never ends":           {answer: say(ok + "Content-Length: 10\r\n\r\nhello"), want: late, slow: true},
		"a slow header":        {answer: then(ok, func(c net.Conn) { trickle(c, "X-Y: z\r\n") }), want: late, slow: true},
		"a slow body":          {answer: then(ok+"\r\n", func(c net.Conn) { trickle(c, "x") }), want: late, slow: true},
		"a slow redirect":      {answer: then("HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n", func(c net.Conn) { trickle(c, "x") }), want: late, slow: true},
		"a slow switch":        {answer: then("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", func(c net.Conn) { trickle(c, "x") }), want: sentence{"never led to the issuer", "dead: status 101", "101 "}},
		"early hints, and yet": {answer: say("HTTP/1.1 103 Early Hints\r\n\r\n"), want: late, slow: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var changes []func(*config.Config)
			if c.slow {
				changes = append(changes, hasty)
			}
			drive(t, func(t *testing.T) *wire { return serveWire(t, c.answer) }, c.want, changes...)
		})
	}
}

// A browser unpacks bodies; what comes out is bounded as well.
func TestCompressionBomb(t *testing.T) {
	base := served(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		for zeros := make([]byte, 64<<10); ; {
			if _, err := packed.Write(zeros); err != nil {
				return
			}
		}
	})
	target := aimed(t, base)
	if probe := target.NewBrowser().Probe(within(t), alice); probe.State != run.Unknown {
		t.Errorf("probe %+v", probe)
	}
}

func TestHostileText(t *testing.T) {
	const text = "\x1b[31mred\x1b[0m \x00\x07\x7f\u0085 \u202eevil\u2066 \u200b\ufeff\u2028\u2029\U000e0041\ue000 \xff\xfe\xc3( \r\nnext "
	for _, status := range []int{200, 302, 400, 500} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			base := served(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; x=\u202e")
				w.Header().Set("Server", "a\tb\xff\u202e"+clientSecret)
				w.Header().Set("Location", "/\u202e\xff?"+clientSecret+strings.Repeat("x", 1000))
				w.Header().Set("Www-Authenticate", strings.Repeat("é", 1000))
				w.WriteHeader(status)
				_, _ = io.WriteString(w, text+clientSecret+strings.Repeat(text, 1000))
			})
			target := aimed(t, base)
			_, login := target.Login(within(t), alice)
			probe := target.NewBrowser().Probe(within(t), alice)
			sent, err := target.Send(within(t), "h.p.s", post(t, "h.p.s"))
			if err != nil {
				t.Fatal(err)
			}
			if login.Error == "" || probe.State == run.Alive || sent.Answer.Status != status {
				t.Errorf("login %+v, probe %+v, sent %+v", login, probe, sent)
			}
			for _, kept := range []any{login, probe, sent} {
				expectKept(t, kept)
			}
			contains(t, "body", sent.Answer.Body, "·[31mred·[0m ····")
			contains(t, "body", sent.Answer.Body, "[redacted]")
			if n := len(sent.Answer.Body); n > maxExcerpt || n < maxExcerpt-4 {
				t.Errorf("%d bytes of the body", n)
			}
		})
	}
}

func TestBrokenTLS(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := served(t, func(http.ResponseWriter, *http.Request) {})
	garbage := serveGarbage(t)
	for name, c := range map[string]struct{ base, want string }{
		"an untrusted certificate": {secure.URL, "the TLS certificate is not trusted: x509: certificate signed by unknown authority"},
		"plain HTTP behind https":  {"https" + strings.TrimPrefix(plain, "http"), "broken TLS: the target speaks plain HTTP at an https URL"},
		"garbage behind https":     {"https" + strings.TrimPrefix(garbage, "http"), "broken TLS: the answer is no TLS record"},
	} {
		t.Run(name, func(t *testing.T) {
			target := aimed(t, c.base)
			_, login := target.Login(within(t), alice)
			probe := target.NewBrowser().Probe(within(t), alice)
			sent, err := target.Send(within(t), "h.p.s", post(t, "h.p.s"))
			if err != nil {
				t.Fatal(err)
			}
			if probe.State != run.Unknown || sent.Answer.Status != 0 {
				t.Errorf("probe %+v, sent %+v", probe, sent)
			}
			for entrance, said := range map[string]string{"login": login.Error, "probe": probe.Why, "send": sent.Answer.Error} {
				contains(t, entrance, said, c.want)
			}
			for _, kept := range []any{login, probe, sent} {
				expectKept(t, kept)
			}
		})
	}
	t.Run("https behind http", func(t *testing.T) {
		target := aimed(t, "http"+strings.TrimPrefix(secure.URL, "https"))
		_, login := target.Login(within(t), alice)
		contains(t, "login", login.Error, "status 400: Client sent an HTTP request to an HTTPS server.")
		sent, err := target.Send(within(t), "h.p.s", post(t, "h.p.s"))
		if err != nil || sent.Answer.Status != 400 {
			t.Errorf("%v %+v", err, sent)
		}
	})
}

// serveGarbage answers every connection with what is neither TLS nor HTTP.
func serveGarbage(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "\x1b[31m220 smtp.example ESMTP\r\n")
			_, _ = io.CopyN(io.Discard, conn, 1) // so that closing is no reset
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-ended
	})
	return "http://" + listener.Addr().String()
}

func TestNothingListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	_ = listener.Close()
	target := aimed(t, base)
	_, login := target.Login(within(t), alice)
	contains(t, "login", login.Error, "connection refused")
	probe := target.NewBrowser().Probe(within(t), alice)
	contains(t, "probe", probe.Why, "connection refused")
	sent, err := target.Send(within(t), "h.p.s", post(t, "h.p.s"))
	if err != nil || sent.Answer.Status != 0 {
		t.Errorf("%v %+v", err, sent)
	}
	contains(t, "send", sent.Answer.Error, "connection refused")
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	base := served(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	target := aimed(t, base)
	_, login := target.Login(ctx, alice)
	contains(t, "login", login.Error, "interrupted")
	contains(t, "probe", target.NewBrowser().Probe(ctx, alice).Why, "interrupted")
	sent, err := target.Send(ctx, "h.p.s", post(t, "h.p.s"))
	if err != nil || sent.Answer.Timeout {
		t.Errorf("%v %+v", err, sent)
	}
	contains(t, "send", sent.Answer.Error, "interrupted")
}

// A deadline that passed is told apart from other ends.
func TestTimeoutIsMarked(t *testing.T) {
	for name, head := range map[string]string{"before the header": "", "within the body": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"} {
		t.Run(name, func(t *testing.T) {
			w := serveWire(t, func(conn net.Conn, _ *http.Request) { _, _ = io.WriteString(conn, head) })
			target := aimed(t, w.base, hasty)
			sent, err := target.Send(within(t), "h.p.s", post(t, "h.p.s"))
			if err != nil || !sent.Answer.Timeout || sent.Answer.Took < 200 {
				t.Errorf("%v %+v", err, sent.Answer)
			}
			w.expectClosed(t)
		})
	}
	w := serveWire(t, func(conn net.Conn, _ *http.Request) { _ = conn.Close() })
	if sent, err := aimed(t, w.base).Send(within(t), "h.p.s", post(t, "h.p.s")); err != nil || sent.Answer.Timeout {
		t.Errorf("%v %+v", err, sent.Answer)
	}
}
