// Package target drives any receiver: starts it, logs users in like a browser,
// asks whether a session lives, and sends logout requests. It asserts nothing.
//
// Everything that comes in is bounded in size and time, and text from the
// target is made printable before it is kept.
package target

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"text/template"
	"time"

	"github.com/loggedout/loggedout/internal/config"
)

const (
	// maxBody bounds how much of an answer is read, in bytes.
	maxBody = 1 << 20
	// maxExcerpt bounds how much of a body is kept, in bytes.
	maxExcerpt = 2 << 10
	// maxHeader bounds the header of an answer, in bytes.
	maxHeader = 256 << 10
	// maxHops bounds the redirects and forms of one login.
	maxHops = 20
)

// Target is one receiver. It is safe for concurrent use.
type Target struct {
	config config.Config
	clock  func() time.Time
	// transport is the browsers', sender that of logout requests.
	transport, sender *http.Transport
	// http2 is a sender that speaks nothing but HTTP/2.
	http2    *http.Transport
	probe    *prober
	surfaces map[string]*prober
	login    *loginRequest
	secrets  []string
	// rotated are the spellings of secrets that the target was given in a run.
	rotated atomic.Pointer[[]string]
	// grace is how long a receiver may take to stop when it is asked to.
	grace time.Duration
}

// A User is somebody to log in.
type User struct{ Sub string }

// New prepares to drive the receiver that the configuration describes, and
// measures with the clock. An error names the key whose template cannot be read.
func New(c config.Config, clock func() time.Time) (*Target, error) {
	t := &Target{config: c, clock: clock, secrets: secretsOf(c), grace: 5 * time.Second, transport: &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: time.Duration(c.Run.Timeout)}).DialContext,
		TLSHandshakeTimeout:    time.Duration(c.Run.Timeout),
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    4 * c.Run.Workers,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}}
	// A logout request has a connection of its own: one that the target closes
	// just then, because it was idle for too long, would look like a target
	// that drops requests, and a POST is not to be sent twice.
	t.sender = t.transport.Clone()
	t.sender.MaxIdleConnsPerHost = -1
	t.sender.DisableCompression = true // no header field that nobody asked for
	t.http2 = t.sender.Clone()
	t.http2.DisableKeepAlives = true
	t.http2.Protocols = new(http.Protocols)
	t.http2.Protocols.SetHTTP2(true)
	t.http2.Protocols.SetUnencryptedHTTP2(true)
	var err error
	if t.probe, err = newProber("target.probe", c.Target.Probe); err != nil {
		return nil, err
	}
	t.surfaces = make(map[string]*prober, len(c.Target.Surfaces))
	for name := range c.Target.Surfaces {
		if t.surfaces[name], err = newProber("target.surfaces."+name, c.Target.Surface(name)); err != nil {
			return nil, err
		}
	}
	if c.Target.Login.Request != nil {
		if t.login, err = parseLogin(*c.Target.Login.Request); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Close drops idle connections.
func (t *Target) Close() {
	t.transport.CloseIdleConnections()
	t.sender.CloseIdleConnections()
	t.http2.CloseIdleConnections()
}

func parse(key, text string) (*template.Template, error) {
	parsed, err := template.New(key).Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	if _, err := expand(parsed, User{Sub: "alice"}); err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return parsed, nil
}

func expand(t *template.Template, user User) (string, error) {
	var out bytes.Buffer
	if err := t.Execute(&out, user); err != nil {
		return "", err
	}
	return out.String(), nil
}
