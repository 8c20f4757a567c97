package receiver

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
)

// requestDefects are wrong about what of a request counts.
func requestDefects() []Defect {
	return []Defect{
		{
			Name: "method-overridden", Profiles: both, apply: overrideMethods,
			Wrong:  "A GET that says it is a POST is taken for one.",
			Caught: []string{"http-other-methods"},
		},
		{
			Name: "query-first", Profiles: both, apply: queryFirst,
			Wrong:  "Query and body are merged, and the query wins.",
			Caught: []string{"http-query-vs-body"},
		},
		{
			Name: "any-content-type", Profiles: both, apply: readAnything,
			Wrong:  "Whatever the body is said to be, a token is found in it.",
			Caught: []string{"http-wrong-content-type"},
		},
		{
			Name: "two-tokens-mixed", Profiles: both, apply: mixTokens,
			Wrong:  "Of two tokens the first is verified and the last is acted on.",
			Seen:   "HTTP parameter pollution (CWE-235)",
			Caught: []string{"http-param-duplicate"},
		},
		{
			Name: "form-names-user", Profiles: both, apply: believeForm,
			Wrong:  "A field of the form says whose sessions end, beside the token.",
			Caught: []string{"http-conflicting-extra-params"},
		},
		{
			Name: "cookie-names-session", Profiles: both, apply: believeCookie,
			Wrong:  "The session of the cookie that comes along ends as well.",
			Caught: []string{"http-foreign-cookie"},
		},
		{
			Name: "cross-site-refused", Profiles: both, apply: refuseCrossSite,
			Wrong:  "A request that says it comes from another site is turned away.",
			Seen:   "spring-security#15227",
			Caught: []string{"http-irrelevant-headers"},
		},
		{
			Name: "length-required", Profiles: both, apply: requireLength,
			Wrong:  "A body in chunks is turned away.",
			Caught: []string{"http-wire-variants"},
		},
		{
			Name: "host-is-audience", Profiles: both, apply: believeHost,
			Wrong:  "A token for whatever host the request names is taken for one's own.",
			Seen:   "spring-security#13841, #16630 (class)",
			Caught: []string{"http-host-spoof"},
		},
	}
}

func overrideMethods(p *parts) {
	checkMethod, readToken := p.checkMethod, p.readToken
	overridden := func(r *http.Request) bool {
		return r.Method == http.MethodGet && (r.Header.Get("X-HTTP-Method-Override") == http.MethodPost || r.URL.Query().Get("_method") == http.MethodPost)
	}
	p.checkMethod = func(r *http.Request) error {
		if overridden(r) {
			return nil
		}
		return checkMethod(r)
	}
	p.readToken = func(r *http.Request) (string, error) {
		if overridden(r) {
			return r.URL.Query().Get("logout_token"), nil
		}
		return readToken(r)
	}
}

func queryFirst(p *parts) {
	readToken := p.readToken
	p.readToken = func(r *http.Request) (string, error) {
		if raw := r.URL.Query().Get("logout_token"); raw != "" {
			return raw, nil
		}
		return readToken(r)
	}
}

func readAnything(p *parts) {
	readToken := p.readToken
	p.readToken = func(r *http.Request) (string, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return "", refused("the body did not arrive whole")
		}
		var text struct {
			Token string `json:"logout_token"`
		}
		if json.Unmarshal(body, &text) == nil && text.Token != "" {
			return text.Token, nil
		}
		if strings.HasPrefix(string(body), "ey") {
			return string(body), nil
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return readToken(r)
	}
}

// withRequest lets later parts look at the request that brought a token, which the parts as they should be cannot.
func withRequest(p *parts) func(*logout) *http.Request {
	var requests sync.Map // by token
	readToken := p.readToken
	p.readToken = func(r *http.Request) (string, error) {
		raw, err := readToken(r)
		if err == nil {
			requests.Store(raw, r)
		}
		return raw, err
	}
	return func(l *logout) *http.Request {
		if r, ok := requests.Load(l.token.raw); ok {
			return r.(*http.Request) //nolint:errcheck // nothing else is stored
		}
		return &http.Request{}
	}
}

// keepForm has the form read once, so that parts that come later find it in PostForm.
func keepForm(p *parts) {
	readToken := p.readToken
	p.readToken = func(r *http.Request) (string, error) {
		form, err := readForm(r)
		if err != nil {
			return "", err
		}
		r.PostForm = form
		r.Body = io.NopCloser(strings.NewReader(form.Encode()))
		return readToken(r)
	}
}

func mixTokens(p *parts) {
	readToken := p.readToken
	p.readToken = func(r *http.Request) (string, error) {
		if all := r.PostForm["logout_token"]; len(all) > 1 {
			return all[len(all)-1], nil
		}
		return readToken(r)
	}
	request := withRequest(p)
	keepForm(p)
	verify := p.verify
	p.verify = func(ctx context.Context, l *logout) error {
		all := request(l).PostForm["logout_token"]
		if len(all) < 2 {
			return verify(ctx, l)
		}
		first, err := p.parse(all[0])
		if err != nil {
			return err
		}
		return verify(ctx, &logout{app: l.app, token: first, now: l.now})
	}
}

func believeForm(p *parts) {
	request := withRequest(p)
	keepForm(p)
	selectSessions := p.selectSessions
	p.selectSessions = func(l *logout) ([]session, error) {
		found, err := selectSessions(l)
		for _, field := range []string{"sub", "user_id"} {
			if sub := request(l).PostForm.Get(field); sub != "" {
				found = append(found, l.app.sessions.withSub(l.who(sub))...)
			}
		}
		return found, err
	}
}

func believeCookie(p *parts) {
	request := withRequest(p)
	selectSessions, findSession := p.selectSessions, p.findSession
	p.selectSessions = func(l *logout) ([]session, error) {
		found, err := selectSessions(l)
		if s, err := findSession(nil, request(l), l.app); err == nil {
			found = append(found, s)
		}
		return found, err
	}
}

func refuseCrossSite(p *parts) {
	p.checkCaller = func(r *http.Request) error {
		if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") == "cross-site" {
			return refusal{http.StatusForbidden, "the request comes from another site"}
		}
		return nil
	}
}

func requireLength(p *parts) {
	p.checkCaller = func(r *http.Request) error {
		if r.ContentLength < 0 {
			return refusal{http.StatusLengthRequired, "the length of the body is not known"}
		}
		return nil
	}
}

func believeHost(p *parts) {
	request := withRequest(p)
	checkAudience := p.checkAudience
	p.checkAudience = func(l *logout) error {
		host := request(l).Header.Get("X-Forwarded-Host")
		if host == "" {
			host = request(l).Host
		}
		if audienceHolds(l.token.claims["aud"], "http://"+host) == nil {
			return nil
		}
		return checkAudience(l)
	}
}
