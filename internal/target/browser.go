package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Browser is one user's browser: a cookie jar of its own, redirects followed
// by hand.
type Browser struct {
	target *Target
	jar    *jar
	// home is the target that the cookies are of, when they are shown to another
	// node of it; nil otherwise.
	home *Target
}

// NewBrowser opens a browser without cookies.
func (t *Target) NewBrowser() *Browser { return &Browser{target: t, jar: newJar(t.clock)} }

// Copy gives a browser with the same cookies that goes its own way.
func (b *Browser) Copy() *Browser { return &Browser{target: b.target, jar: b.jar.copy(), home: b.home} }

// At is the same browser, with the same cookies, at another part of the
// receiver.
func (b *Browser) At(t *Target) *Browser { return &Browser{target: t, jar: b.jar} }

// AtNode is the same browser at another node of the same receiver, which gets
// the cookies as if it stood at the address of this one.
func (b *Browser) AtNode(t *Target) *Browser { return &Browser{target: t, jar: b.jar, home: b.target} }

// seenAs is the URL under which the jar sees a request.
func (b *Browser) seenAs(u *url.URL) *url.URL {
	if b.home == nil {
		return u
	}
	home, err := url.Parse(b.home.config.Target.Probe.URL)
	if err != nil {
		return u
	}
	seen := *u
	seen.Scheme, seen.Host = home.Scheme, home.Host
	return &seen
}

// Cookies is the Cookie header that proves the browser's session of a user: what
// it sends where liveness is asked.
func (b *Browser) Cookies(user User) (string, error) {
	address, err := expandURL(b.target.probe.url, user)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	var pairs []string
	for _, cookie := range b.jar.Cookies(b.seenAs(u)) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; "), nil
}

// A page is an answer to a browser.
type page struct {
	request   *http.Request
	url       *url.URL
	status    int
	header    http.Header
	body      []byte
	truncated bool
}

// get fetches one page and follows nothing.
func (b *Browser) get(ctx context.Context, address string) (*page, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	return b.do(request)
}

// do makes one request. An [http.Client] would look into the Location of an
// answer even where nothing is followed, so cookies are set and kept here.
func (b *Browser) do(request *http.Request) (*page, error) {
	ctx, cancel := context.WithTimeout(request.Context(), time.Duration(b.target.config.Run.Timeout))
	defer cancel()
	request = request.Clone(ctx)
	for name, value := range map[string]string{
		"Accept":     "text/html,application/xhtml+xml,*/*;q=0.8",
		"User-Agent": "Mozilla/5.0 (compatible; loggedout)",
	} {
		if request.Header.Get(name) == "" {
			request.Header.Set(name, value)
		}
	}
	if user := request.URL.User; user != nil && request.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	for _, cookie := range b.jar.Cookies(b.seenAs(request.URL)) {
		request.AddCookie(cookie)
	}
	response, err := b.target.transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if cookies := response.Cookies(); len(cookies) > 0 {
		b.jar.SetCookies(b.seenAs(request.URL), cookies)
	}
	p := &page{request: request, url: request.URL, status: response.StatusCode, header: response.Header}
	p.body, p.truncated, err = read(response)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// read takes at most maxBody bytes of a body and closes it. After a switch of
// protocols there is none: the connection is the caller's own then, and no
// deadline ends it any more.
func read(response *http.Response) (body []byte, truncated bool, err error) {
	defer response.Body.Close()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return nil, false, nil
	}
	body, err = io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if len(body) > maxBody {
		return body[:maxBody], true, nil
	}
	return body, false, err
}

// next is the request a browser would make of a page by itself: a redirect, or
// a form that submits itself. Nil when the page stays.
func (p *page) next(ctx context.Context) (*http.Request, error) {
	location := p.header.Get("Location")
	switch p.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther:
		if location != "" {
			return p.follow(ctx, location, http.MethodGet, nil)
		}
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if location != "" {
			body, err := bodyOf(p.request)
			if err != nil {
				return nil, err
			}
			return p.follow(ctx, location, p.request.Method, body)
		}
	case http.StatusOK:
		if strings.Contains(strings.ToLower(p.header.Get("Content-Type")), "html") {
			return selfSubmitting(ctx, p)
		}
	}
	return nil, nil
}

// follow goes where a Location leads. What 307 and 308 repeat keeps its body
// (RFC 9110, section 15.4).
func (p *page) follow(ctx context.Context, location, method string, body []byte) (*http.Request, error) {
	u, err := p.link("Location", location)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if kind := p.request.Header.Get("Content-Type"); kind != "" && len(body) > 0 {
		request.Header.Set("Content-Type", kind)
	}
	return request, nil
}

// link reads what a page links to. Errors show it without its query, which may
// hold a code.
func (p *page) link(what, text string) (*url.URL, error) {
	shown, _, _ := strings.Cut(text, "?")
	shown, _, _ = strings.Cut(shown, "#")
	shown = line(shown, 200)
	u, err := p.url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the %s %q at %s is no URL", what, shown, where(p.url))
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, fmt.Errorf("the %s %q at %s leads to no web page", what, shown, where(p.url))
	}
	u.Fragment = "" // which stays in the browser
	return u, nil
}

// bodyOf reads the body of a request once more.
func bodyOf(request *http.Request) ([]byte, error) {
	if request.GetBody == nil {
		if request.ContentLength == 0 {
			return nil, nil
		}
		return nil, errors.New("the body of a request cannot be sent once more")
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}
