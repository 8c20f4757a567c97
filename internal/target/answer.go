package target

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// keptHeaders are the fields of an answer that judges and readers need. A
// Set-Cookie is never kept.
var keptHeaders = []string{
	"Allow", "Cache-Control", "Content-Type", "Date", "Location", "Retry-After", "Server", "Www-Authenticate",
}

// lists are those whose values are one list, on however many lines they come
// (RFC 9110, section 5.3).
var lists = map[string]bool{"Allow": true, "Cache-Control": true, "Www-Authenticate": true}

// capture reads an answer, bounded, and works out its traits before anything
// is cut or redacted.
func (t *Target) capture(response *http.Response, token string) run.Answer {
	body, truncated, err := read(response)
	hidden := signaturesOf(token)
	answer := run.Answer{
		Status:    response.StatusCode,
		Header:    map[string]string{},
		Body:      t.keep(string(body), maxExcerpt, hidden...),
		BodyBytes: int64(len(body)),
		Truncated: truncated,
		Traits:    t.traits(body, token),
	}
	switch {
	case err != nil:
		answer.Error = "the body broke off: " + t.reason(err, hidden...)
		answer.Timeout = timedOut(err)
	case truncated:
		answer.Error = "the body goes on after 1 MiB and was cut"
	}
	for _, name := range keptHeaders {
		value := response.Header.Get(name)
		if lists[name] {
			value = strings.Join(response.Header.Values(name), ", ")
		}
		if value != "" {
			answer.Header[name] = t.keepLine(value, 300, hidden...)
		}
	}
	return answer
}

// A stack trace may come as text, in a page, or within JSON: unfolded makes
// lines of all of them.
var (
	unfolded = strings.NewReplacer("\r", "", `\r`, "", `\n`, "\n", `\t`, "\t", `\/`, "/", `"`, "\n",
		"<br>", "\n", "<br/>", "\n", "<br />", "\n", "<pre>", "\n", "</pre>", "\n",
		"&nbsp;", " ", "\u00a0", " ", "&lt;", "<", "&gt;", ">")
	stackTrace = regexp.MustCompile(`(?m)Traceback (?:<\w+>)?\(most recent call last\)` + // Python
		`|^\s*goroutine \d+ \[` + // Go
		`|^\s*at [\w$.<>/@-]+\([\w$. ]+:\d+\)` + // Java
		`|^\s*at .+\.(?:[cm]?[jt]s):\d+:\d+\)?$|^\s*at .+\(?node:[\w/]+:\d+:\d+\)?$` + // Node
		`|^\s*#\d+ (?:/|[A-Z]:\\).+\(\d+\)`) // PHP
	csrf = regexp.MustCompile(`(?i)csrf|xsrf|cross.site.request.forgery|anti.?forgery|authenticity.?token`)
)

func (t *Target) traits(body []byte, token string) []run.Trait {
	var traits []run.Trait
	if hasPasswordField(body) {
		traits = append(traits, run.LoginPage)
	}
	if len(token) > 20 && bytes.Contains(body, []byte(token)) {
		traits = append(traits, run.LeaksToken)
	}
	for _, secret := range t.secrets {
		if bytes.Contains(body, []byte(secret)) {
			traits = append(traits, run.LeaksSecret)
			break
		}
	}
	if stackTrace.MatchString(unfolded.Replace(string(body))) {
		traits = append(traits, run.StackTrace)
	}
	if csrf.Match(body) {
		traits = append(traits, run.MentionsCSRF)
	}
	return traits
}
