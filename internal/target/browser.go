package target

import (
	"context"
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
}

// NewBrowser opens a browser without cookies.
func (t *Target) NewBrowser() *Browser { return &Browser{target: t, jar: newJar()} }

// Copy gives a browser with the same cookies that goes its own way.
func (b *Browser) Copy() *Browser { return &Browser{target: b.target, jar: b.jar.copy()} }

// A page is an answer to a browser.
type page struct {
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

func (b *Browser) do(request *http.Request) (*page, error) {
	if request.Header.Get("Accept") == "" {
		request.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	}
	request.Header.Set("User-Agent", "Mozilla/5.0 (compatible; loggedout)")
	ctx, cancel := context.WithTimeout(request.Context(), time.Duration(b.target.config.Run.Timeout))
	defer cancel()
	client := &http.Client{
		Transport:     b.target.transport,
		Jar:           b.jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err != nil {
		return nil, err
	}
	p := &page{url: request.URL, status: response.StatusCode, header: response.Header, body: body}
	if len(body) > maxBody {
		p.body, p.truncated = body[:maxBody], true
	}
	return p, nil
}

// next is the request a browser would make of a page by itself: a redirect, or
// a form that submits itself. Nil when the page stays.
func (p *page) next(ctx context.Context) (*http.Request, error) {
	if location := p.header.Get("Location"); location != "" && p.status/100 == 3 {
		u, err := p.url.Parse(location)
		if err != nil {
			return nil, fmt.Errorf("the Location %q is no URL", line(location, 200))
		}
		if u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("the Location %q leads to no web page", line(location, 200))
		}
		return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	}
	if p.status == http.StatusOK && strings.Contains(p.header.Get("Content-Type"), "html") {
		return selfSubmitting(ctx, p)
	}
	return nil, nil
}
