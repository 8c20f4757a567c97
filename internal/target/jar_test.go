package target

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func address(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// sets is an answer's Set-Cookie fields, as cookies.
func sets(lines ...string) []*http.Cookie {
	return (&http.Response{Header: http.Header{"Set-Cookie": lines}}).Cookies()
}

func sentTo(j *jar, u *url.URL) string {
	var out []string
	for _, c := range j.Cookies(u) {
		out = append(out, c.String())
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func TestSecureCookiesOfLoopback(t *testing.T) {
	for base, want := range map[string]string{
		"http://127.0.0.1:3000/":     "s=1",
		"http://127.9.9.9/":          "s=1",
		"http://[::1]:3000/":         "s=1",
		"http://localhost:3000/":     "s=1",
		"http://LOCALHOST/":          "s=1",
		"http://app.localhost:3000/": "s=1",
		"https://app.example/":       "s=1",
		"http://app.example/":        "",
		"http://192.0.2.1/":          "",
		"http://notlocalhost/":       "",
	} {
		t.Run(base, func(t *testing.T) {
			j := newJar(time.Now)
			j.SetCookies(address(t, base), sets("s=1; Secure; HttpOnly; Path=/"))
			if got := sentTo(j, address(t, base)); got != want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestACopyGoesItsOwnWay(t *testing.T) {
	now := time.Now()
	j := newJar(func() time.Time { return now })
	app, deep, issuer := address(t, "http://127.0.0.1:3000/"), address(t, "http://127.0.0.1:3000/a/b/c"), address(t, "http://127.0.0.1:8080/default/authorize")
	j.SetCookies(app, sets("session=old; Secure", "gone=1", "short=1; Max-Age=60", "long=1; Max-Age=3600", "quoted=\"a b\""))
	j.SetCookies(app, sets("session=new; Secure", "gone=; Max-Age=0"))
	j.SetCookies(deep, sets("deep=1", "state=x", "state=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"))
	j.SetCookies(issuer, sets("session=of-any-port; Path=/"))
	now = now.Add(2 * time.Minute)
	copied := j.copy()
	if got, want := sentTo(copied, app), `long=1; quoted="a b"; session=of-any-port`; got != want {
		t.Errorf("copied %q, want %q", got, want)
	}
	if got := sentTo(copied, address(t, "http://127.0.0.1:3000/a/b/x")); !strings.Contains(got, "deep=1") || strings.Contains(got, "state") {
		t.Errorf("below: %q", got)
	}
	j.SetCookies(app, sets("session=later"))
	copied.SetCookies(app, sets("session=; Max-Age=0", "own=1"))
	if got := sentTo(j, app); !strings.Contains(got, "session=later") || strings.Contains(got, "own") {
		t.Errorf("the original %q", got)
	}
	if got := sentTo(copied, app); strings.Contains(got, "session") || !strings.Contains(got, "own=1") {
		t.Errorf("the copy %q", got)
	}
	if got := sentTo(copied.copy(), app); strings.Contains(got, "session") || !strings.Contains(got, "own=1") {
		t.Errorf("a copy of the copy %q", got)
	}
}

func TestADeletedCookieStaysDeletedInACopy(t *testing.T) {
	j := newJar(time.Now)
	a, b := address(t, "https://a.app.example/"), address(t, "https://b.app.example/")
	j.SetCookies(a, sets("s=1; Domain=app.example; Path=/"))
	j.SetCookies(b, sets("s=; Domain=.APP.example; Path=/; Max-Age=0"))
	if got := sentTo(j, a) + sentTo(j.copy(), a); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestAJarIsBounded(t *testing.T) {
	j := newJar(time.Now)
	u := address(t, "http://127.0.0.1/")
	j.SetCookies(u, sets("session=1"))
	for i := range 5 * maxCookies {
		n := strconv.Itoa(i)
		j.SetCookies(u, sets("new"+n+"=1", "state"+n+"=1", "state"+n+"=; Max-Age=0"))
	}
	j.SetCookies(u, sets("session=2", "huge="+strings.Repeat("x", maxCookie)))
	got := sentTo(j, u)
	if n := len(j.Cookies(u)); n != maxCookies || len(j.log) != maxCookies {
		t.Errorf("%d cookies, %d in the log", n, len(j.log))
	}
	if !strings.Contains(got, "session=2") || strings.Contains(got, "huge") {
		t.Errorf("got %.200q", got)
	}
}

func TestAJarIsSafe(t *testing.T) {
	j := newJar(time.Now)
	u := address(t, "http://127.0.0.1/")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			j.SetCookies(u, sets("c"+strconv.Itoa(i)+"=1"))
			_, _ = j.Cookies(u), j.copy()
		})
	}
	group.Wait()
	if n := len(j.Cookies(u)); n != 8 {
		t.Errorf("%d cookies", n)
	}
}
