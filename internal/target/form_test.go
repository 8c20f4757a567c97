package target

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// pageOf is a page as a browser got it.
func pageOf(t *testing.T, body string) *page {
	t.Helper()
	return &page{
		url: address(t, "http://app.example/a/b?old=1#top"), status: http.StatusOK,
		header: http.Header{"Content-Type": {"Text/HTML; charset=utf-8"}}, body: []byte(body),
	}
}

// shown is a request in a line.
func shown(t *testing.T, request *http.Request) string {
	t.Helper()
	if request == nil {
		return "stays"
	}
	text := request.Method + " " + request.URL.String()
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Fatal(err)
		}
		if kind := request.Header.Get("Content-Type"); (kind == "application/x-www-form-urlencoded") != (request.Method == http.MethodPost) {
			t.Errorf("Content-Type %q", kind)
		}
		text = strings.TrimSpace(text + " " + string(body))
	}
	return text
}

func TestFormsThatSubmitThemselves(t *testing.T) {
	const script = `<script>document.forms[0].submit()</script>`
	const hidden = `<input type="hidden" name="code" value="c">`
	for name, c := range map[string]struct{ body, want string }{
		"form_post":             {`<form method="post" action="http://app.example/cb">` + hidden + `</form>` + script, "POST http://app.example/cb code=c"},
		"on load":               {`<body onload="document.forms[0].submit()"><form method=POST action=/cb>` + hidden + `</form>`, "POST http://app.example/cb code=c"},
		"on load, in a script":  {`<script>window.onload = function () { document.f.submit ( ) }</script><form name=f method=post action=cb>` + hidden + `</form>`, "POST http://app.example/a/cb code=c"},
		"by the prototype":      {`<form method=post action=cb>` + hidden + `<input type=hidden name=submit></form><script>HTMLFormElement.prototype.submit.call(document.forms[0])</script>`, "POST http://app.example/a/cb code=c&submit="},
		"requestSubmit":         {`<form method=post action=cb>` + hidden + `</form><script>document.forms[0].requestSubmit()</script>`, "POST http://app.example/a/cb code=c"},
		"GET":                   {`<form action="/cb?gone=1">` + hidden + `</form>` + script, "GET http://app.example/cb?code=c"},
		"no action":             {`<form method=post>` + hidden + `</form>` + script, "POST http://app.example/a/b?old=1 code=c"},
		"a relative action":     {`<form method=post action="../cb?x=1">` + hidden + `</form>` + script, "POST http://app.example/cb?x=1 code=c"},
		"without a scheme":      {`<form method=post action="//b.example/">` + hidden + `</form>` + script, "POST http://b.example/ code=c"},
		"entities":              {`<form method=post action="/cb?a=1&amp;b=2"><input name="state" type=hidden value="&quot;a&amp;b&#43;c &eacute;&quot;"></form>` + script, "POST http://app.example/cb?a=1&b=2 state=%22a%26b%2Bc+%C3%A9%22"},
		"all kinds of fields":   {`<form method=post action=/cb>` + hidden + `<input type=hidden name=x disabled><input type=hidden value=no-name><input type=submit name=go value=Go></form>` + script, "POST http://app.example/cb code=c"},
		"the same name twice":   {`<form method=post action=/cb>` + hidden + `<input type=hidden name=code value=d></form>` + script, "POST http://app.example/cb code=c&code=d"},
		"a button without":      {`<form method=post action=/cb>` + hidden + `<noscript><button>Continue</button></noscript></form>` + script, "POST http://app.example/cb code=c"},
		"not the first":         {`<form action=/search><input name=q></form><form method=post action=/cb>` + hidden + `</form>` + script, "POST http://app.example/cb code=c"},
		"a request":             {`<form method=post action=/authorize><input type=hidden name=client_id value=app></form>` + script, "POST http://app.example/authorize client_id=app"},
		"the only form":         {`<body onload="go.submit()"><form id=go method=post action=/next><input type=hidden name=ticket value=t></form>`, "POST http://app.example/next ticket=t"},
		"upper case":            {`<FORM METHOD=POST ACTION=/cb><INPUT TYPE=HIDDEN NAME=code VALUE=c></FORM><SCRIPT>f.submit()</SCRIPT>`, "POST http://app.example/cb code=c"},
		"no script":             {`<form method=post action=/cb>` + hidden + `</form>`, "stays"},
		"no form":               {`<p>` + script, "stays"},
		"text of it":            {`<form method=post action=/cb>` + hidden + `</form><p>call submit() to go on</p>`, "stays"},
		"a click":               {`<form method=post action=/logout><input type=hidden name=csrf value=x></form><a onclick="document.forms[0].submit()">Log out</a>`, "stays"},
		"a choice":              {`<form method=post action=/language><select name=l onchange="this.form.submit()"><option>en</select></form>` + script, "stays"},
		"a login page":          {`<form method=post action=/login><input name=user><input type=password name=p></form>` + script, "stays"},
		"a code to type in":     {`<form method=post action=/totp><input type=text name=code></form>` + script, "stays"},
		"two, and none of them": {`<form method=post action=/logout></form><form method=post action=/other></form>` + script, "stays"},
		"no HTML":               {"submit()\x00\xff\xfe", "stays"},
		"too deep":              {strings.Repeat("<div>", 10_000) + `<form method=post action=/cb>` + hidden + `</form>` + script, "stays"},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := pageOf(t, c.body).next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := shown(t, request); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFormsOfOtherAnswersStay(t *testing.T) {
	for name, change := range map[string]func(*page){
		"JSON":     func(p *page) { p.header.Set("Content-Type", "application/json") },
		"no type":  func(p *page) { p.header.Del("Content-Type") },
		"an error": func(p *page) { p.status = http.StatusBadRequest },
	} {
		t.Run(name, func(t *testing.T) {
			p := pageOf(t, `<form method=post action=/cb><input type=hidden name=code value=c></form><script>f.submit()</script>`)
			change(p)
			if request, err := p.next(t.Context()); request != nil || err != nil {
				t.Errorf("%v %v", request, err)
			}
		})
	}
}

func TestFormsThatLeadNowhere(t *testing.T) {
	for action, want := range map[string]string{
		"javascript:alert(1)":      "leads to no web page",
		"file:///etc/passwd":       "leads to no web page",
		"http:///nowhere":          "leads to no web page",
		"mailto:a@b?code=c0de":     "leads to no web page",
		"http://[bad?code=c0de":    "is no URL",
		"http://x/%zz?code=c0de":   "is no URL",
		"http://x/\x1b[31m?c=c0de": "is no URL",
	} {
		t.Run(action, func(t *testing.T) {
			body := `<form method=post action="` + action + `"><input type=hidden name=code value=c0de></form><script>f.submit()</script>`
			request, err := pageOf(t, body).next(t.Context())
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "c0de") {
				t.Errorf("got %v %v", request, err)
			}
		})
	}
}

func TestPasswordFields(t *testing.T) {
	for body, want := range map[string]bool{
		`<input type="password" name=p>`:       true,
		`<form><INPUT TYPE=PassWord></form>`:   true,
		`<input type="text" name="password">`:  false,
		`<p>Give your &lt;input type=password`: false,
		`{"type":"password"}`:                  false,
		``:                                     false,
	} {
		if got := hasPasswordField(body); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
}

func FuzzSelfSubmitting(f *testing.F) {
	for _, body := range []string{
		`<form method="post" action="/cb"><input type="hidden" name="code" value="c&amp;d"></form><script>document.forms[0].submit()</script>`,
		`<body onload="f.submit()"><form action="?x#y"><input type=checkbox name=a checked>`,
		`<form action="javascript:1"><input type=hidden name=state></form><script>submit(`,
		`<svg><form><script>submit()</script><table><form method=post action="http://[::1">`,
		"<form action='\x00\xff'><script>submit()",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p := pageOf(t, "")
		p.body = body
		start := time.Now()
		request, err := selfSubmitting(t.Context(), p)
		if took := time.Since(start); took > patience {
			t.Errorf("took %v", took)
		}
		_ = hasPasswordField(string(body))
		switch {
		case err != nil:
			if request != nil || strings.ContainsFunc(err.Error(), unprintable) {
				t.Errorf("%v with the error %q", request, err)
			}
		case request != nil:
			if u := request.URL; (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
				t.Errorf("leads to %s", u)
			}
			if request.Method != http.MethodGet && request.Method != http.MethodPost {
				t.Errorf("method %q", request.Method)
			}
			if request.ContentLength > 4*int64(len(body)) { // a byte takes three in a form, and a new line six
				t.Errorf("%d bytes of %d", request.ContentLength, len(body))
			}
		}
	})
}
