package target

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

const code = "c0de-of-the-login"

// A hop is what a page of a test answers, and what it got.
type hop struct {
	status   int
	location string
	page     string
	cookies  []string
}

// A site answers by path, and remembers what it was asked.
type site struct {
	base string
	mu   sync.Mutex
	got  []string // method, path, query and body
}

func serveSite(t *testing.T, hops map[string]hop) *site {
	t.Helper()
	s := &site{}
	s.base = served(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.got = append(s.got, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+string(body)))
		s.mu.Unlock()
		h, ok := hops[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		for _, cookie := range h.cookies {
			w.Header().Add("Set-Cookie", cookie)
		}
		if h.location != "" {
			w.Header().Set("Location", strings.ReplaceAll(h.location, "BASE", s.base))
		}
		if h.page != "" {
			w.Header().Set("Content-Type", "text/html")
		}
		if h.status != 0 {
			w.WriteHeader(h.status)
		}
		_, _ = io.WriteString(w, strings.ReplaceAll(h.page, "BASE", s.base))
	})
	return s
}

func (s *site) expect(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := strings.Join(s.got, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func selfPosting(action, fields string) string {
	return `<body><form method="post" action="` + action + `">` + fields + `</form><script>document.forms[0].submit()</script>`
}

// Only the authorization endpoint is told who logs in, in the place of whatever
// else was said there; everything else stays as it was written.
func TestLoginHint(t *testing.T) {
	s := serveSite(t, map[string]hop{
		"/login":              {status: 302, location: "sso/start?client_id=app"},
		"/sso/start":          {status: 301, location: "../defaults/authorize?client_id=app"},
		"/defaults/authorize": {status: 302, location: "/default/authorize/?client_id=app"},
		"/default/authorize/": {status: 302, location: "/default/authorized?client_id=app"},
		"/default/authorized": {status: 302, location: "/default/endsession?client_id=app"},
		"/default/endsession": {status: 302, location: "BASE/default/authorize?client_id=app&state=a;b&login%5Fhint=eve&x=%zz&nonce=%20+&login_hint=mallory"},
		"/default/authorize":  {status: 303, location: "BASE/callback?code=" + code + "&state=a;b&client_id=app"},
		"/callback":           {},
	})
	_, login := aimed(t, s.base).Login(within(t), User{Sub: "al&ice=+ é"})
	if login.Error != "" || login.Sub != "al&ice=+ é" || login.Requests != 8 || login.Took <= 0 {
		t.Errorf("login %+v", login)
	}
	s.expect(t,
		"GET /login",
		"GET /sso/start?client_id=app",
		"GET /defaults/authorize?client_id=app",
		"GET /default/authorize/?client_id=app",
		"GET /default/authorized?client_id=app",
		"GET /default/endsession?client_id=app",
		"GET /default/authorize?client_id=app&state=a;b&x=%zz&nonce=%20+&login_hint=al%26ice%3D%2B+%C3%A9",
		"GET /callback?code="+code+"&state=a;b&client_id=app",
	)
}

func TestLoginByFormPost(t *testing.T) {
	s := serveSite(t, map[string]hop{
		"/login":             {status: 302, location: "/default/authorize?client_id=app&response_mode=form_post"},
		"/default/authorize": {page: selfPosting("../callback?x=1", `<input type="hidden" name="code" value="`+code+`"><input type="hidden" name="state" value="&lt;&quot;&amp;">`)},
		"/callback":          {status: 303, location: "/home", cookies: []string{"session=1; Secure"}},
		"/home":              {page: "Welcome"},
	})
	_, login := aimed(t, s.base).Login(within(t), alice)
	if login.Error != "" || login.Requests != 4 {
		t.Errorf("login %+v", login)
	}
	s.expect(t,
		"GET /login",
		"GET /default/authorize?client_id=app&response_mode=form_post&login_hint=alice",
		"POST /callback?x=1 code="+code+"&state=%3C%22%26",
		"GET /home",
	)
}

// An authorization request may be a form as well (OpenID Connect Core 1.0,
// section 3.1.2.1).
func TestAuthorizationRequestByPost(t *testing.T) {
	s := serveSite(t, map[string]hop{
		"/login":             {page: selfPosting("/default/authorize", `<input type="hidden" name="client_id" value="app"><input type="hidden" name="login_hint" value="eve">`)},
		"/default/authorize": {status: 302, location: "/callback?code=" + code},
		"/callback":          {},
	})
	_, login := aimed(t, s.base).Login(within(t), alice)
	if login.Error != "" {
		t.Errorf("login %+v", login)
	}
	s.expect(t, "GET /login", "POST /default/authorize client_id=app&login_hint=alice", "GET /callback?code="+code)
}

// 307 and 308 repeat method and body; the others lead to a GET (RFC 9110,
// section 15.4, and what browsers do).
func TestRedirectsOfAPost(t *testing.T) {
	for status, want := range map[int]string{
		301: "GET /second?x=1", 302: "GET /second?x=1", 303: "GET /second?x=1",
		307: "POST /second?x=1 code=c", 308: "POST /second?x=1 code=c",
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			s := serveSite(t, map[string]hop{
				"/login":             {status: status, location: "/default/authorize?client_id=app"},
				"/default/authorize": {page: selfPosting("/first", `<input type="hidden" name="code" value="c">`)},
				"/first":             {status: status, location: "second?x=1"},
				"/second":            {status: status, location: "/third"},
				"/third":             {},
			})
			if _, login := aimed(t, s.base).Login(within(t), alice); login.Error != "" {
				t.Errorf("login %+v", login)
			}
			s.expect(t, "GET /login", "GET /default/authorize?client_id=app&login_hint=alice", "POST /first code=c",
				want, strings.Replace(want, "second?x=1", "third", 1))
		})
	}
}

func TestAnswersThatLeadNowhere(t *testing.T) {
	for name, status := range map[string]int{"choices": 300, "not modified": 304, "created": 201} {
		t.Run(name, func(t *testing.T) {
			s := serveSite(t, map[string]hop{"/login": {status: status, location: "/elsewhere"}})
			_, login := aimed(t, s.base).Login(within(t), alice)
			contains(t, "login", login.Error, "never led to the issuer")
			s.expect(t, "GET /login")
		})
	}
}

func TestLoginsThatFail(t *testing.T) {
	atIssuer := hop{status: 302, location: "/default/authorize?client_id=app"}
	long := strings.Repeat("x", 1000)
	for name, c := range map[string]struct {
		hops map[string]hop
		want string
	}{
		"never at the issuer": {map[string]hop{"/login": {page: "Welcome"}}, "the login never led to the issuer: is target.login.url the page that starts a login, and does the target trust http://127.0.0.1:"},
		"not there":           {nil, "/login with status 404: 404 page not found"},
		"an error":            {map[string]hop{"/login": {status: 500, page: "<h1>no\x1b[31m\r\nway " + clientSecret}}, "/login with status 500: <h1>no·[31m way [redacted]"},
		"a long error":        {map[string]hop{"/login": {status: 500, page: strings.Repeat("x", 290) + clientSecret}}, "status 500: xxx"},
		"an error after all":  {map[string]hop{"/login": atIssuer, "/default/authorize": {status: 302, location: "/callback?code=" + code}, "/callback": {status: 403, page: "no"}}, "/callback with status 403: no"},
		"at the issuer":       {map[string]hop{"/login": atIssuer, "/default/authorize": {page: "<form>Who are you?"}}, "the login ended at the issuer, which did not send the browser back: status 200: <form>Who are you?"},
		"at itself":           {map[string]hop{"/login": {status: 302, location: "/login?code=" + code}}, "the login goes on after 20 requests, lastly to http://127.0.0.1:"},
		"in a growing URL":    {map[string]hop{"/login": {status: 302, location: "/login?code=" + code + strings.Repeat(long, 100)}}, "is it a redirect loop?"},
		"in growing paths":    {map[string]hop{"/login": {status: 302, location: "/" + strings.Repeat(long, 5)}}, "status 404"},
		"too long a URL":      {map[string]hop{"/login": {status: 302, location: "/" + strings.Repeat(long, 300)}}, "the header of the answer is longer than 256 KiB"},
		"no URL":              {map[string]hop{"/login": {status: 302, location: "http://[bad?code=" + code}}, `the Location "http://[bad" at http://127.0.0.1:`},
		"a bad escape":        {map[string]hop{"/login": {status: 302, location: "/%zz?code=" + code}}, `the Location "/%zz" at`},
		"a script":            {map[string]hop{"/login": {status: 302, location: "javascript:alert(document.cookie)"}}, "leads to no web page"},
		"a file":              {map[string]hop{"/login": {status: 302, location: "file:///etc/passwd"}}, `the Location "file:///etc/passwd" at http://127.0.0.1:`},
		"an app":              {map[string]hop{"/login": {status: 302, location: "myapp://callback?code=" + code}}, "leads to no web page"},
		"no host":             {map[string]hop{"/login": {status: 302, location: "http:///callback?code=" + code}}, "leads to no web page"},
		"a form to a script":  {map[string]hop{"/login": {page: selfPosting("javascript:f()", `<input type=hidden name=code value=`+code+`>`)}}, "the form action"},
		"a dead host":         {map[string]hop{"/login": {status: 302, location: "http://127.0.0.1:1/callback?code=" + code}}, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveSite(t, c.hops)
			_, login := aimed(t, s.base).Login(within(t), alice)
			contains(t, "login", login.Error, c.want)
			expectKept(t, login)
			if strings.Contains(login.Error, code[:4]) || strings.Contains(login.Error, "s3cr") || len(login.Error) > 600 {
				t.Errorf("error %q", login.Error)
			}
		})
	}
}

// Every browser is somebody else.
func TestBrowsersAreApart(t *testing.T) {
	base := served(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/login":
			w.Header().Set("Set-Cookie", "state=1; Path=/")
			http.Redirect(w, r, "/default/authorize?client_id=app", http.StatusFound)
		case "/default/authorize":
			http.Redirect(w, r, "/callback?user="+r.URL.Query().Get("login_hint"), http.StatusFound)
		case "/callback":
			if _, err := r.Cookie("state"); err != nil {
				http.Error(w, "no state", http.StatusBadRequest)
				return
			}
			http.SetCookie(w, &http.Cookie{Name: "user", Value: r.URL.Query().Get("user"), Secure: true, HttpOnly: true, Path: "/"})
		case "/me":
			if user, err := r.Cookie("user"); err == nil {
				_, _ = fmt.Fprintf(w, "<%s>", user.Value)
				return
			}
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	target := aimed(t, base, func(c *config.Config) { c.Target.Probe.Alive.Contains = "<{{.Sub}}>" })
	browsers := map[string]*Browser{}
	for _, name := range []string{"alice", "bob"} {
		browser, login := target.Login(within(t), User{Sub: name})
		if login.Error != "" || login.Requests != 3 {
			t.Fatalf("%s: %+v", name, login)
		}
		browsers[name] = browser
	}
	browsers["alice's copy"] = browsers["alice"].Copy()
	browsers["nobody"] = target.NewBrowser()
	for who, browser := range browsers {
		for _, user := range []string{"alice", "bob"} {
			want := run.Dead
			if strings.HasPrefix(who, user) {
				want = run.Alive
			}
			if got := browser.Probe(within(t), User{Sub: user}); got.State != want {
				t.Errorf("%s asked for %s: %+v", who, user, got)
			}
		}
	}
}

func TestLoginByRequest(t *testing.T) {
	strange := User{Sub: `a&b="c"+d é/%?` + "\n#"}
	for name, c := range map[string]struct {
		request config.Request
		want    func(*http.Request, string) string // what is wrong
	}{
		"form": {
			config.Request{URL: "BASE/login", Form: map[string]string{"uid": "{{.Sub}}", "fixed": "1&2", "both": "x-{{.Sub}}-y"}},
			func(r *http.Request, body string) string {
				form, err := url.ParseQuery(body)
				if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" ||
					form.Get("uid") != strange.Sub || form.Get("fixed") != "1&2" || form.Get("both") != "x-"+strange.Sub+"-y" || len(form) != 3 {
					return fmt.Sprint(err, form)
				}
				return ""
			},
		},
		"JSON": {
			config.Request{Method: "put", URL: "BASE/login", JSON: map[string]string{"uid": "{{.Sub}}"}},
			func(r *http.Request, body string) string {
				if r.Method != http.MethodPut || r.Header.Get("Content-Type") != "application/json" ||
					body != `{"uid":"a\u0026b=\"c\"+d é/%?\n#"}` {
					return body
				}
				return ""
			},
		},
		"query": {
			config.Request{Method: "GET", URL: "BASE/login/{{.Sub}}/x?uid={{.Sub}}&y=1"},
			func(r *http.Request, body string) string {
				if r.URL.Path != "/login/"+strange.Sub+"/x" || r.URL.Query().Get("uid") != strange.Sub || r.URL.Query().Get("y") != "1" || body != "" {
					return r.RequestURI
				}
				return ""
			},
		},
		"a header of its own": {
			config.Request{URL: "BASE/login", Form: map[string]string{"uid": "x"}, Header: map[string]string{
				"Content-Type": "text/plain", "User-Agent": "mine", "Host": "app.example", "X-Fixed": "{{len .Sub}}", "accept": "x/y",
			}},
			func(r *http.Request, _ string) string {
				if r.Host != "app.example" || r.UserAgent() != "mine" || r.Header.Get("Accept") != "x/y" || r.Header.Get("X-Fixed") == "" ||
					fmt.Sprint(r.Header["Content-Type"]) != "[text/plain]" {
					return fmt.Sprint(r.Host, r.Header)
				}
				return ""
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := make(chan string, 1)
			base := served(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				wrong <- c.want(r, string(body))
				http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Secure: true, Path: "/"})
				http.Redirect(w, r, "/not-followed", http.StatusSeeOther)
			})
			c.request.URL = strings.ReplaceAll(c.request.URL, "BASE", base)
			target := aimed(t, base, func(o *config.Config) { o.Target.Login.Request = &c.request })
			browser, login := target.Login(within(t), strange)
			text := "nothing"
			select {
			case text = <-wrong:
			default:
			}
			if text != "" || login.Error != "" || login.Requests != 1 {
				t.Errorf("got %s, login %+v", text, login)
			}
			if cookies := browser.jar.Cookies(address(t, base)); len(cookies) != 1 {
				t.Errorf("cookies %v", cookies)
			}
		})
	}
}

func TestLoginsByRequestThatFail(t *testing.T) {
	base := served(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no \x1b[31m"+clientSecret, http.StatusForbidden)
	})
	target := aimed(t, base, func(c *config.Config) { c.Target.Login.Request = &config.Request{URL: base + "/login?token=t0ken"} })
	_, login := target.Login(within(t), alice)
	contains(t, "login", login.Error, "/login was answered with status 403: no ·[31m[redacted]")
	expectKept(t, login)
	if strings.Contains(login.Error, "t0ken") || login.Requests != 1 {
		t.Errorf("login %+v", login)
	}
	target = aimed(t, base, func(c *config.Config) {
		c.Target.Login.Request = &config.Request{URL: base, Header: map[string]string{"X-User": "{{.Sub}}"}}
	})
	_, login = target.Login(within(t), User{Sub: "a\r\nX-Admin: 1"})
	contains(t, "login", login.Error, `HTTP has no header field "X-User"`)
	if login.Requests != 0 {
		t.Errorf("login %+v", login)
	}
}

func TestTemplatesAreReadAtOnce(t *testing.T) {
	for key, change := range map[string]func(*config.Config){
		"target.probe.url":              func(c *config.Config) { c.Target.Probe.URL = "http://x/{{.Sub" },
		"target.probe.alive.contains":   func(c *config.Config) { c.Target.Probe.Alive.Contains = "{{.Name}}" },
		"target.login.request.url":      func(c *config.Config) { c.Target.Login.Request = &config.Request{URL: "{{nothing}}"} },
		"target.login.request.form.uid": func(c *config.Config) { c.Target.Login.Request = &config.Request{Form: map[string]string{"uid": "{{"}} },
		"target.login.request.json.uid": func(c *config.Config) {
			c.Target.Login.Request = &config.Request{JSON: map[string]string{"uid": "{{end}}"}}
		},
		"target.login.request.header.X": func(c *config.Config) {
			c.Target.Login.Request = &config.Request{Header: map[string]string{"X": "{{.}}{{.X}}"}}
		},
		"target.login.request.form.none": func(c *config.Config) {
			c.Target.Login.Request = &config.Request{Form: map[string]string{"none": "{{.Sub | no}}"}}
		},
	} {
		t.Run(key, func(t *testing.T) {
			c := config.Default()
			change(&c)
			if _, err := New(c, nil); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
				t.Errorf("error %v", err)
			}
		})
	}
}
