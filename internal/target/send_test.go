package target

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4tMTIzNDU2Nzg5MA"

func prepared(t *testing.T, q fixtures.Request, token string) fixtures.Prepared {
	t.Helper()
	p, err := fixtures.Prepare(q, token, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sendTo gives the bytes of the request that a carrier makes.
func sendTo(t *testing.T, what fixtures.Prepared, token string, changes ...func(*config.Config)) (line string, header textproto.MIMEHeader, body string, sent run.Send) {
	t.Helper()
	got := make(chan func(), 1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		reader := bufio.NewReader(conn)
		first, _ := reader.ReadString('\n')
		fields, _ := textproto.NewReader(reader).ReadMIMEHeader()
		var length int
		_, _ = fmt.Sscan(fields.Get("Content-Length"), &length)
		text := make([]byte, length)
		_, _ = io.ReadFull(reader, text)
		got <- func() { line, header, body = strings.TrimSpace(first), fields, string(text) }
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\nConnection: close\r\n\r\n")
	}()
	target := aimed(t, "http://"+listener.Addr().String(), changes...)
	sent, err = target.Send(within(t), token, what)
	if err != nil {
		t.Fatal(err)
	}
	(<-got)()
	return line, header, body, sent
}

// The logout request of the specification and nothing else (Back-Channel
// Logout 1.0, section 2.5).
func TestSendPost(t *testing.T) {
	const odd = token + "+/= &%\x00é"
	line, header, body, sent := sendTo(t, post(t, odd), odd)
	if line != "POST /logout HTTP/1.1" {
		t.Errorf("got %q", line)
	}
	want := []string{"Content-Length", "Content-Type", "Host", "User-Agent"}
	if got := slices.Sorted(mapKeys(header)); !slices.Equal(got, want) {
		t.Errorf("header %q", header)
	}
	if header.Get("Content-Type") != "application/x-www-form-urlencoded" || header.Get("User-Agent") != "loggedout" {
		t.Errorf("header %q", header)
	}
	if body != "logout_token="+token+"%2B%2F%3D+%26%25%00%C3%A9" {
		t.Errorf("body %q", body)
	}
	if form, err := url.ParseQuery(body); err != nil || len(form) != 1 || form.Get("logout_token") != odd {
		t.Errorf("form %v %v", form, err)
	}
	if sent.Method != "POST" || !strings.HasSuffix(sent.URL, "/logout") || sent.Answer.Status != 200 || len(sent.Answer.Header) != 0 {
		t.Errorf("sent %+v", sent)
	}
}

func mapKeys(header textproto.MIMEHeader) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range header {
			if !yield(name) {
				return
			}
		}
	}
}

func TestCarriers(t *testing.T) {
	withQuery := func(c *config.Config) { c.Target.LogoutURL += "?tenant=1&x=a%2Fb;c" }
	for name, c := range map[string]struct {
		request    fixtures.Request
		change     func(*config.Config)
		line, body string
		header     map[string]string // an empty value: not there
	}{
		"further fields": {
			request: fixtures.Post().And("state", "a b", "logout_token", "again"),
			line:    "POST /logout HTTP/1.1", body: "logout_token=TOKEN&state=a+b&logout_token=again",
		},
		"a query of its own": {
			request: fixtures.Post(), change: withQuery,
			line: "POST /logout?tenant=1&x=a%2Fb;c HTTP/1.1", body: "logout_token=TOKEN",
		},
		"GET": {
			request: fixtures.Get(),
			line:    "GET /logout?logout_token=TOKEN HTTP/1.1", header: map[string]string{"Content-Type": "", "Content-Length": ""},
		},
		"GET with a query of its own": {
			request: fixtures.Get(), change: withQuery,
			line: "GET /logout?tenant=1&x=a%2Fb;c&logout_token=TOKEN HTTP/1.1",
		},
		"without a name": {
			request: fixtures.Post().Without("User-Agent"),
			line:    "POST /logout HTTP/1.1", body: "logout_token=TOKEN", header: map[string]string{"User-Agent": ""},
		},
		"without a type": {
			request: fixtures.Post().Without("content-type"),
			line:    "POST /logout HTTP/1.1", body: "logout_token=TOKEN", header: map[string]string{"Content-Type": ""},
		},
		"of another type": {
			request: fixtures.Request{
				Method: "PUT", Body: `{"logout_token":"${token}"}`,
				Header: []fixtures.Field{{Name: "Content-Type", Value: "application/json"}, {Name: "Authorization", Value: "Bearer ${token}"}},
			},
			line: "PUT /logout HTTP/1.1", body: `{"logout_token":"TOKEN"}`,
			header: map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + token},
		},
		"as from a browser": {
			request: fixtures.Request{Method: "POST", Header: []fixtures.Field{{Name: "Cookie", Value: "session=1"}, {Name: "Origin", Value: "null"}, {Name: "Accept-Encoding", Value: "br"}}},
			line:    "POST /logout HTTP/1.1", header: map[string]string{"Cookie": "session=1", "Origin": "null", "Accept-Encoding": "br"},
		},
		"for another host": {
			request: fixtures.Request{Method: "POST", Header: []fixtures.Field{{Name: "host", Value: "evil.example"}}},
			line:    "POST /logout HTTP/1.1", header: map[string]string{"Host": "evil.example"},
		},
		"an odd method": {request: fixtures.Request{Method: "PROPFIND"}, line: "PROPFIND /logout HTTP/1.1"},
	} {
		t.Run(name, func(t *testing.T) {
			change := c.change
			if change == nil {
				change = func(*config.Config) {}
			}
			line, header, body, sent := sendTo(t, prepared(t, c.request, token), token, change)
			if want := strings.ReplaceAll(c.line, "TOKEN", token); line != want {
				t.Errorf("got %q, want %q", line, want)
			}
			if want := strings.ReplaceAll(c.body, "TOKEN", token); body != want {
				t.Errorf("body %q, want %q", body, want)
			}
			for name, want := range c.header {
				if got, there := header[http.CanonicalHeaderKey(name)]; (want == "") == there || strings.Join(got, ",") != want {
					t.Errorf("%s: %q", name, got)
				}
			}
			if strings.Contains(sent.URL, token) || sent.Method != c.request.Method {
				t.Errorf("sent %s %s", sent.Method, sent.URL)
			}
		})
	}
}

func TestTwoHeaderFieldsOfOneName(t *testing.T) {
	request := fixtures.Post()
	request.Header = []fixtures.Field{{Name: "X-Two", Value: "1"}, {Name: "X-Two", Value: "2"}}
	if _, header, _, _ := sendTo(t, prepared(t, request, token), token); !slices.Equal(header["X-Two"], []string{"1", "2"}) {
		t.Errorf("header %q", header)
	}
}

func TestRequestsThatCannotBeBuilt(t *testing.T) {
	for name, request := range map[string]fixtures.Request{
		"a method with a blank":    {Method: "GE T"},
		"a line end in a header":   {Method: "POST", Header: []fixtures.Field{{Name: "X", Value: "a\r\nY: b"}}},
		"a blank in a header name": {Method: "POST", Header: []fixtures.Field{{Name: "X Y", Value: "a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if sent, err := aimed(t, "http://127.0.0.1:1").Send(within(t), token, prepared(t, request, token)); err == nil {
				t.Errorf("sent %+v", sent)
			}
		})
	}
}

// A connection that the target closes while it is idle is no answer: a logout
// request has one of its own.
func TestSendUsesAFreshConnection(t *testing.T) {
	w := serveWire(t, func(conn net.Conn, _ *http.Request) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nalice")
		_, _ = conn.Read(make([]byte, 1)) // the next request
		_ = conn.Close()
	})
	target := aimed(t, w.base)
	for range 3 {
		sent, err := target.Send(within(t), token, post(t, token))
		if err != nil || sent.Answer.Status != 200 || sent.Answer.Error != "" {
			t.Errorf("%v %+v", err, sent.Answer)
		}
	}
	// What a browser asks may be asked again.
	browser := target.NewBrowser()
	for range 3 {
		if probe := browser.Probe(within(t), alice); probe.State != run.Alive {
			t.Errorf("got %+v", probe)
		}
	}
	target.Close()
	w.expectClosed(t)
}

func TestSendCarriesNoCookieAndFollowsNothing(t *testing.T) {
	base := served(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/logout" || len(r.Cookies()) > 0 {
			t.Errorf("%s %s with %v", r.Method, r.URL, r.Cookies())
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s3cret-session"})
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	target := aimed(t, base)
	for range 2 {
		sent, err := target.Send(within(t), token, post(t, token))
		if err != nil || sent.Answer.Status != 307 || sent.Answer.Header["Location"] != "/elsewhere" || sent.Answer.Header["Set-Cookie"] != "" {
			t.Errorf("%v %+v", err, sent)
		}
	}
}
