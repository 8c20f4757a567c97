package target

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

func answered(t *testing.T, handler http.HandlerFunc, changes ...func(*config.Config)) run.Answer {
	t.Helper()
	sent, err := aimed(t, served(t, handler), changes...).Send(within(t), token, post(t, token))
	if err != nil {
		t.Fatal(err)
	}
	expectKept(t, sent)
	return sent.Answer
}

func TestAnswersAreCaptured(t *testing.T) {
	a := answered(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Date", "Mon, 02 Jan 2006 15:04:05 GMT")
		h.Add("Cache-Control", "private")
		h.Add("Cache-Control", "no-store")
		h.Add("Www-Authenticate", "Basic")
		h.Add("Www-Authenticate", "Bearer")
		h.Set("Server", "made\tby "+clientSecret)
		h.Set("Retry-After", "120")
		h.Set("Location", "/x?logout_token="+token)
		h.Set("Content-Type", "application/json")
		h.Set("Set-Cookie", "a=b")
		h.Set("X-Else", "c")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_request"}`)
	})
	want := map[string]string{
		"Date": "Mon, 02 Jan 2006 15:04:05 GMT", "Cache-Control": "private, no-store", "Www-Authenticate": "Basic, Bearer",
		"Server": "made by [redacted]", "Retry-After": "120", "Content-Type": "application/json",
		"Location": "/x?logout_token=" + token[:strings.LastIndexByte(token, '.')+1] + "[redacted]",
	}
	if !maps.Equal(a.Header, want) {
		t.Errorf("header %q", a.Header)
	}
	if a.Status != 400 || a.Body != `{"error":"invalid_request"}` || a.BodyBytes != 27 || a.Truncated || a.Error != "" || a.Timeout || a.Took <= 0 || len(a.Traits) > 0 {
		t.Errorf("answer %+v", a)
	}
}

func TestTraits(t *testing.T) {
	const (
		java = "java.lang.IllegalStateException: no\n\tat com.example.Logout.handle(Logout.java:42)\n\tat java.base/java.lang.Thread.run(Thread.java:833)\n"
		node = "Error: no\n    at Object.<anonymous> (/app/index.js:12:9)\n    at Module._compile (node:internal/modules/cjs/loader:1105:14)\n"
		php  = "Fatal error: Uncaught Exception in /var/www/x.php:3\nStack trace:\n#0 /var/www/x.php(12): logout()\n#1 {main}\n"
		gos  = "panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:5 +0x1d\n"
		py   = "Traceback (most recent call last):\n  File \"/app/x.py\", line 3, in logout\nKeyError: 'sid'\n"
	)
	inJSON := func(text string) string {
		return `{"status":500,"trace":"` + strings.NewReplacer("\n", `\n`, "\t", `\t`, `"`, `\"`).Replace(text) + `"}`
	}
	crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	for name, c := range map[string]struct {
		body string
		want []run.Trait
	}{
		"nothing":           {"{}", nil},
		"Python":            {py, []run.Trait{run.StackTrace}},
		"Python in a page":  {`<h2>Traceback <em>(most recent call last)</em></h2>`, []run.Trait{run.StackTrace}},
		"Java":              {java, []run.Trait{run.StackTrace}},
		"Java by CRLF":      {crlf(java), []run.Trait{run.StackTrace}},
		"Java in JSON":      {inJSON(java), []run.Trait{run.StackTrace}},
		"Go":                {gos, []run.Trait{run.StackTrace}},
		"Go in JSON":        {inJSON(gos), []run.Trait{run.StackTrace}},
		"Node":              {node, []run.Trait{run.StackTrace}},
		"Node by CRLF":      {crlf(node), []run.Trait{run.StackTrace}},
		"Node in JSON":      {inJSON(node), []run.Trait{run.StackTrace}},
		"Express":           {"<pre>Error: no<br> &nbsp; &nbsp;at /app/index.js:12:9<br> &nbsp; &nbsp;at next (/app/node_modules/x.js:1:2)</pre>", []run.Trait{run.StackTrace}},
		"TypeScript":        {"Error\n    at f (/app/src/logout.ts:3:7)\n", []run.Trait{run.StackTrace}},
		"PHP":               {php, []run.Trait{run.StackTrace}},
		"PHP in a page":     {"<b>Stack trace:</b><br />#0 /var/www/x.php(12): logout()<br />", []run.Trait{run.StackTrace}},
		"PHP in JSON":       {`{"trace":"#0 \/var\/www\/x.php(12): logout()\n#1 {main}"}`, []run.Trait{run.StackTrace}},
		"prose":             {"Meet us at noon (room:12) at the index.js workshop, #1 of goroutine 1 (twelve) most recent call", nil},
		"Django":            {"Forbidden (403) CSRF verification failed.", []run.Trait{run.MentionsCSRF}},
		"a field":           {`{"error":"invalid_csrf_token"}`, []run.Trait{run.MentionsCSRF}},
		"Rails":             {"ActionController::InvalidAuthenticityToken", []run.Trait{run.MentionsCSRF}},
		"ASP.NET":           {"The required anti-forgery cookie is missing", []run.Trait{run.MentionsCSRF}},
		"in words":          {"Cross-Site Request Forgery", []run.Trait{run.MentionsCSRF}},
		"a login page":      {`<form action=/login><input name=u><input type="password" name=p></form>`, []run.Trait{run.LoginPage}},
		"the token":         {"bad token: " + token, []run.Trait{run.LeaksToken}},
		"part of the token": {"bad token: " + token[:len(token)-9], nil},
		"the secret":        {"key is " + clientSecret, []run.Trait{run.LeaksSecret}},
		"the secret, coded": {"?secret=s3cret%2Fof%2Bthe+client%26app", []run.Trait{run.LeaksSecret}},
		"all of it": {
			"CSRF " + token + clientSecret + java + `<input type=password>`,
			[]run.Trait{run.LoginPage, run.LeaksToken, run.LeaksSecret, run.StackTrace, run.MentionsCSRF},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for where, before := range map[string]string{"at the start": "", "after the excerpt": strings.Repeat("x", 10*maxExcerpt) + "\n"} {
				a := answered(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, before+c.body) })
				if !slices.Equal(a.Traits, c.want) {
					t.Errorf("%s: %v, want %v", where, a.Traits, c.want)
				}
				if len(a.Body) > maxExcerpt || a.BodyBytes != int64(len(before+c.body)) || a.Truncated {
					t.Errorf("%s: kept %d of %d", where, len(a.Body), a.BodyBytes)
				}
				if strings.Contains(a.Body, token[strings.LastIndexByte(token, '.')+1:]) {
					t.Errorf("%s: the signature was kept: %q", where, a.Body)
				}
			}
		})
	}
}

// Traits are worked out on what was read, however little of it is kept, and a
// secret that stands across the cut is kept by no half.
func TestTheCutKeepsNoHalfOfASecret(t *testing.T) {
	for before := maxExcerpt - 60; before < maxExcerpt; before += 7 {
		a := answered(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("x", before)+clientSecret+"!")
		})
		if strings.Contains(a.Body, clientSecret[:4]) || !slices.Contains(a.Traits, run.LeaksSecret) {
			t.Errorf("after %d: %q %v", before, a.Body[before-2:], a.Traits)
		}
	}
}

// The signature of a live secret is nowhere but on the wire.
func TestNoSignatureIsKept(t *testing.T) {
	signature := token[strings.LastIndexByte(token, '.')+1:]
	a := answered(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Www-Authenticate", `Bearer error_description="`+token+`"`)
		w.Header().Set("Server", signature)
		_, _ = io.WriteString(w, "got "+token)
	})
	for _, text := range append(slices.Collect(maps.Values(a.Header)), a.Body, a.Error) {
		if strings.Contains(text, signature) {
			t.Errorf("kept %q", text)
		}
	}
	conn := served(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(c, "what is "+signature+"?\r\n\r\n")
		_ = c.Close()
	})
	sent, err := aimed(t, conn).Send(within(t), token, post(t, token))
	if err != nil || strings.Contains(sent.Answer.Error, signature) || !strings.Contains(sent.Answer.Error, "no HTTP") {
		t.Errorf("%v %+v", err, sent.Answer)
	}
}
