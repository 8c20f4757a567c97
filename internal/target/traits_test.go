package target

import (
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// made is a token of these texts with no right signature.
func made(header, payload string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4"
}

// A trait has to be found in what leaks, and not in what every correct receiver
// may say.
func TestWhatAnAnswerGivesAway(t *testing.T) {
	const plain = `{"alg":"RS256","kid":"key-id-of-the-token"}`
	sent := made(plain, `{"iss":"https://other.example","sub":"alice-tag-00001","aud":"somebody-else"}`)
	mac := func(token string) string {
		input, _, _ := cutLast(token, ".")
		sums := (&Target{config: aimed(t, "http://127.0.0.1:1").config}).rightMACs(input + ".x")
		return sums[0]
	}
	const page, text, json = "text/html; charset=utf-8", "text/plain", "application/json"
	for name, c := range map[string]struct {
		status     int
		kind, body string
		server     string
		want       []run.Trait
	}{
		"an empty 400":              {status: 400},
		"an error object":           {status: 400, kind: json, body: `{"error":"invalid_request","error_description":"exp has passed"}`},
		"an error of its own":       {status: 400, kind: json, body: `{"error":"expired"}`},
		"plain words":               {status: 400, kind: text, body: "bad token", want: []run.Trait{run.NotJSON}},
		"a list":                    {status: 400, kind: json, body: `["error"]`, want: []run.Trait{run.NotJSON}},
		"null":                      {status: 400, kind: json, body: `null`, want: []run.Trait{run.NotJSON}},
		"no error member":           {status: 400, kind: json, body: `{"message":"no"}`, want: []run.Trait{run.NoErrorMember}},
		"an error that is a number": {status: 400, kind: json, body: `{"error":400}`, want: []run.Trait{run.NoErrorMember}},
		"success may say anything":  {status: 200, kind: text, body: "bye"},

		"MySQL":      {status: 200, kind: text, body: "You have an error in your SQL syntax near ''", want: []run.Trait{run.SQLError}},
		"PostgreSQL": {status: 200, kind: text, body: `ERROR: syntax error at or near "UNION"`, want: []run.Trait{run.SQLError}},
		"SQLite":     {status: 200, kind: text, body: `near "UNION": syntax error`, want: []run.Trait{run.SQLError}},
		"a claim":    {status: 200, kind: text, body: `the claim "sub" does not exist; the table is laid`},

		"a path":            {status: 200, kind: text, body: "cannot read /etc/app/keys.pem", want: []run.Trait{run.FilePath}},
		"a Windows path":    {status: 200, kind: text, body: `in C:\inetpub\wwwroot\logout.cs`, want: []run.Trait{run.FilePath}},
		"a source line":     {status: 200, kind: text, body: "panic in /app/logout.go:12", want: []run.Trait{run.FilePath}},
		"a route":           {status: 200, kind: json, body: `{"path":"/auth/logout/app","timestamp":"2026"}`},
		"the URL of a page": {status: 200, kind: page, body: `<link href="/home/style.css"><script src="/usr/static/a.js"></script>`},

		"a version":         {status: 200, kind: page, body: "<hr><center>nginx/1.25.3</center>", want: []run.Trait{run.VersionText}},
		"Apache's footer":   {status: 200, kind: page, body: "<address>Apache/2.4.57 (Debian) Server at x Port 80</address>", want: []run.Trait{run.VersionText}},
		"a bare product":    {status: 200, kind: page, body: "<center>nginx</center>"},
		"HTTP's version":    {status: 200, kind: text, body: "HTTP/1.1 is spoken here, OAuth 2.0 too"},
		"a version up high": {status: 200, server: "Apache/2.4.57 (Debian)", want: []run.Trait{run.VersionHeader}},
		"a product up high": {status: 200, server: "Apache"},

		"a PEM key": {status: 200, kind: text, body: "-----BEGIN PUBLIC KEY-----\nMIIB", want: []run.Trait{run.LeaksKey}},
		"a JWK":     {status: 200, kind: json, body: `{"keys":[{"kty":"RSA","n":"0vx7"}]}`, want: []run.Trait{run.LeaksKey}},

		"the right MAC":        {status: 200, kind: text, body: "signature mismatch: " + mac(sent), want: []run.Trait{run.LeaksExpected}},
		"the audience wanted":  {status: 200, kind: text, body: "wrong aud: expected app", want: []run.Trait{run.LeaksExpected}},
		"the application":      {status: 200, kind: text, body: "wrong aud: expected this application"},
		"the client by chance": {status: 200, kind: text, body: "this app wants no such token"},

		"a claim in a page":   {status: 200, kind: page, body: "<p>no user alice-tag-00001</p>", want: []run.Trait{run.ReflectsClaim}},
		"a claim in JSON":     {status: 200, kind: json, body: `{"error":"no user alice-tag-00001"}`},
		"a claim, undeclared": {status: 200, body: "<!doctype html><p>alice-tag-00001", want: []run.Trait{run.ReflectsClaim}},
		"a kid in a page":     {status: 200, kind: page, body: "<p>key-id-of-the-token", want: []run.Trait{run.ReflectsKid}},
		"a field in a page":   {status: 200, kind: page, body: "<p>state is <b>\"a state\"</b>", want: []run.Trait{run.ReflectsParameter}},
		"an escaped field":    {status: 200, kind: page, body: "<p>state is &lt;b&gt;&#34;a state&#34;&lt;/b&gt;", want: []run.Trait{run.EscapesInput}},
		"escaped otherwise":   {status: 200, kind: page, body: "<p>state is &lt;b&gt;&quot;a state&quot;&lt;/b&gt;", want: []run.Trait{run.EscapesInput}},
		"an innocent page":    {status: 200, kind: page, body: "<p>Welcome to app, at https://idp.example"},
		"an echo is no leak":  {status: 200, kind: json, body: `{"error":"no /etc/app/keys.pem"}`, want: nil},
	} {
		t.Run(name, func(t *testing.T) {
			base := served(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				if c.kind == "" {
					w.Header()["Content-Type"] = nil
				}
				w.Header().Set("Server", c.server)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			request := fixtures.Post().And("state", `<b>"a state"</b>`)
			token := sent
			if name == "an echo is no leak" {
				token = made(`{"kid":"/etc/app/keys.pem"}`, `{}`)
			}
			got, err := aimed(t, base).Send(within(t), token, prepared(t, request, token))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Answer.Traits, c.want) {
				t.Errorf("%v, want %v", got.Answer.Traits, c.want)
			}
		})
	}
}

// A trait is found wherever it stands in an answer, however little is kept.
func TestTraitsOutliveTheCut(t *testing.T) {
	a := answered(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, strings.Repeat("x ", 5*maxExcerpt)+"ORA-00933: no")
	})
	if !slices.Equal(a.Traits, []run.Trait{run.SQLError, run.NotJSON}) || strings.Contains(a.Body, "ORA") {
		t.Errorf("%v in %d bytes", a.Traits, len(a.Body))
	}
}
