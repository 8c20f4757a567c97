package target

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http tells it what it did not expect of a connection
	os.Exit(m.Run())
}

// patience is how long anything here may take that is not meant to take time.
const patience = 30 * time.Second

const clientSecret = "s3cret/of+the client&app"

var alice = User{Sub: "alice"}

// aimed is a target at a base URL: /login, /me, /logout, and an issuer at
// /default.
func aimed(t *testing.T, base string, changes ...func(*config.Config)) *Target {
	t.Helper()
	c := config.Default()
	c.Client.Secret = clientSecret
	c.Issuer.URL = base + "/default"
	c.Target.LogoutURL = base + "/logout"
	c.Target.Login.URL = base + "/login"
	c.Target.Probe.URL = base + "/me"
	c.Run.Timeout = run.Duration(patience)
	for _, change := range changes {
		change(&c)
	}
	target, err := New(c, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	return target
}

// hasty lets deadlines pass.
func hasty(c *config.Config) { c.Run.Timeout = run.Duration(200 * time.Millisecond) }

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// served is an HTTP server that keeps its complaints to itself.
func served(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// A wire is a server that answers with bytes of its own.
type wire struct {
	base        string
	written     atomic.Int64 // bytes, with those that the buffers of the system hold
	connections atomic.Int64
	pending     sync.WaitGroup
	stop        func()
}

// expectClosed waits until nobody is connected any more.
func (w *wire) expectClosed(t *testing.T) {
	t.Helper()
	w.stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.pending.Wait()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("a connection was left open")
	}
}

// serveWire reads one request of every connection, answers it, and waits until
// the other side closes.
func serveWire(t *testing.T, answer func(net.Conn, *http.Request)) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{base: "http://" + listener.Addr().String()}
	var mu sync.Mutex
	var open []net.Conn
	w.pending.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			w.connections.Add(1)
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			w.pending.Go(func() {
				defer func() { _ = conn.Close() }()
				if request, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					answer(counted{conn, &w.written}, request)
					_, _ = io.Copy(io.Discard, conn)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, conn := range open {
			_ = conn.Close()
		}
	})
	w.stop = func() { _ = listener.Close() }
	return w
}

// counted counts what got out.
type counted struct {
	net.Conn
	written *atomic.Int64
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written.Add(int64(n))
	return n, err
}

// reset closes a connection the hard way.
func reset(conn net.Conn) {
	if c, ok := conn.(counted); ok {
		if tcp, ok := c.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
	_ = conn.Close()
}

// endlessly writes until the other side has enough.
func endlessly(conn net.Conn, chunk string) {
	text := []byte(strings.Repeat(chunk, max(1, 32<<10/len(chunk))))
	for {
		if _, err := conn.Write(text); err != nil {
			return
		}
	}
}

// trickle writes slowly until the other side has enough.
func trickle(conn net.Conn, chunk string) {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for range ticker.C {
		if _, err := io.WriteString(conn, chunk); err != nil {
			return
		}
	}
}

// expectKept holds what goes into a document against what may be in there.
func expectKept(t *testing.T, kept any) {
	t.Helper()
	walk(reflect.ValueOf(kept), func(text string) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unprintable) {
			t.Errorf("kept %q", text)
		}
		if len(text) > 4<<10 {
			t.Errorf("kept %d bytes: %.100q…", len(text), text)
		}
		for _, secret := range spellings(clientSecret) {
			if strings.Contains(text, secret) {
				t.Errorf("the secret was kept: %q", text)
			}
		}
	})
}

func unprintable(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp))
}

func walk(value reflect.Value, see func(string)) {
	switch value.Kind() {
	case reflect.String:
		see(value.String())
	case reflect.Slice:
		for i := range value.Len() {
			walk(value.Index(i), see)
		}
	case reflect.Map:
		for each := range value.Seq2() {
			walk(each, see)
			walk(value.MapIndex(each), see)
		}
	case reflect.Struct:
		for _, field := range value.Fields() {
			walk(field, see)
		}
	default: // numbers and switches
	}
}

func contains(t *testing.T, what, text, want string) {
	t.Helper()
	if !strings.Contains(text, want) || text == "" {
		t.Errorf("%s: %q, want it to say %q", what, text, want)
	}
}

// post is the logout request of the specification.
func post(t *testing.T, token string) fixtures.Prepared {
	t.Helper()
	prepared, err := fixtures.Prepare(fixtures.Post(), token, nil)
	if err != nil {
		t.Fatal(err)
	}
	return prepared
}

// walkFor holds what goes into a document against texts that may not be there.
func walkFor(t *testing.T, kept any, secrets ...string) {
	t.Helper()
	walk(reflect.ValueOf(kept), func(text string) {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q was kept: %q", secret, text)
			}
		}
	})
}
