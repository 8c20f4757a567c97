package target

import (
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
)

// A jar holds the cookies of one browser. It treats loopback as a browser
// does: Secure cookies work there over plain http.
type jar struct {
	mu    sync.Mutex
	inner *cookiejar.Jar
	log   []setCookies
}

type setCookies struct {
	url     *url.URL
	cookies []*http.Cookie
}

func newJar() *jar {
	inner, _ := cookiejar.New(nil) //nolint:errcheck // never fails without options
	return &jar{inner: inner}
}

// SetCookies implements [http.CookieJar].
func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.mu.Lock()
	j.log = append(j.log, setCookies{u, cookies})
	j.mu.Unlock()
	j.inner.SetCookies(trusted(u), cookies)
}

// Cookies implements [http.CookieJar].
func (j *jar) Cookies(u *url.URL) []*http.Cookie { return j.inner.Cookies(trusted(u)) }

// copy gives a jar with the same cookies that goes its own way.
func (j *jar) copy() *jar {
	j.mu.Lock()
	defer j.mu.Unlock()
	copied := newJar()
	for _, set := range j.log {
		copied.SetCookies(set.url, set.cookies)
	}
	return copied
}

// trusted is the URL under which the jar sees a loopback origin.
func trusted(u *url.URL) *url.URL {
	host := u.Hostname()
	ip := net.ParseIP(host)
	if u.Scheme != "http" || (host != "localhost" && (ip == nil || !ip.IsLoopback())) {
		return u
	}
	secure := *u
	secure.Scheme = "https"
	return &secure
}
