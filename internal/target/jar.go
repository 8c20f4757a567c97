package target

import (
	"cmp"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// What a browser keeps, in the manner of RFC 6265, section 6.1: a target that
// sets a new cookie with every answer cannot fill our memory.
const (
	maxCookies = 300
	maxCookie  = 8 << 10 // bytes of name and value
)

// A jar holds the cookies of one browser. It treats loopback as a browser
// does: Secure cookies work there over plain http.
type jar struct {
	clock func() time.Time
	inner *cookiejar.Jar

	mu  sync.Mutex
	log []setCookie // the newest of every cookie, in the order in which they were set
}

type setCookie struct {
	at     time.Time
	url    *url.URL
	cookie *http.Cookie
}

// key tells cookies apart: by name, host and path, and never by port
// (RFC 6265, sections 5.1.4, 5.3 and 8.5).
func (s setCookie) key() [3]string {
	host := strings.TrimPrefix(s.cookie.Domain, ".")
	if host == "" {
		host = s.url.Hostname()
	}
	path := s.cookie.Path
	if !strings.HasPrefix(path, "/") {
		path = s.url.Path[:max(strings.LastIndexByte(s.url.Path, '/'), 0)]
	}
	return [3]string{s.cookie.Name, strings.ToLower(host), cmp.Or(path, "/")}
}

// over reports whether nothing is left of the cookie, so that setting it means
// to delete it.
func (s setCookie) over() bool {
	return s.cookie.MaxAge < 0 || (s.cookie.MaxAge == 0 && !s.cookie.Expires.IsZero() && s.cookie.Expires.Before(s.at))
}

func newJar(clock func() time.Time) *jar {
	inner, _ := cookiejar.New(nil) // which fails only over options
	return &jar{clock: clock, inner: inner}
}

// SetCookies implements [http.CookieJar].
func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, cookie := range cookies {
		if len(cookie.Name)+len(cookie.Value) > maxCookie {
			continue
		}
		set := setCookie{j.clock(), u, cookie}
		j.log = slices.DeleteFunc(j.log, func(old setCookie) bool { return old.key() == set.key() })
		switch {
		case set.over():
		case len(j.log) < maxCookies:
			j.log = append(j.log, set)
		default:
			continue
		}
		j.inner.SetCookies(trusted(u), []*http.Cookie{cookie})
	}
}

// Cookies implements [http.CookieJar].
func (j *jar) Cookies(u *url.URL) []*http.Cookie { return j.inner.Cookies(trusted(u)) }

// copy gives a jar with the same cookies that goes its own way. A cookie lives
// as long in the copy as in the original.
func (j *jar) copy() *jar {
	j.mu.Lock()
	defer j.mu.Unlock()
	copied := newJar(j.clock)
	for _, set := range j.log {
		cookie := *set.cookie
		if cookie.MaxAge > 0 {
			if cookie.MaxAge -= int(j.clock().Sub(set.at) / time.Second); cookie.MaxAge <= 0 {
				cookie.MaxAge = -1
			}
		}
		copied.SetCookies(set.url, []*http.Cookie{&cookie})
	}
	return copied
}

// trusted is the URL under which the jar sees a loopback origin.
func trusted(u *url.URL) *url.URL {
	host := strings.ToLower(u.Hostname())
	ip := net.ParseIP(host)
	local := host == "localhost" || strings.HasSuffix(host, ".localhost") || (ip != nil && ip.IsLoopback())
	if u.Scheme != "http" || !local {
		return u
	}
	secure := *u
	secure.Scheme = "https"
	return &secure
}
