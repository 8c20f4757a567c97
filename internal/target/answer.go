package target

import (
	"net/http"
	"regexp"
	"slices"
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
// is cut or redacted. More than the token may have to be hidden.
func (t *Target) capture(response *http.Response, token string, more ...string) run.Answer {
	raw, truncated, err := read(response)
	body, hidden := string(raw), hiddenOf(token, more)
	answer := run.Answer{
		Status:    response.StatusCode,
		Header:    map[string]string{},
		Body:      t.keep(body, maxExcerpt, hidden...),
		BodyBytes: int64(len(body)),
		Truncated: truncated,
		Traits:    t.traits(body, append([]string{token}, more...)...),
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
	traceCues  = []string{"Traceback ", "goroutine ", "at ", "#0 ", "#1 "}
	traceLines = regexp.MustCompile(`(?m)Traceback (?:<\w+>)?\(most recent call last\)` + // Python
		`|^\s*goroutine \d+ \[` + // Go
		`|^\s*at [\w$.<>/@-]+\([\w$. ]+:\d+\)` + // Java
		`|^\s*at .+\.(?:[cm]?[jt]s):\d+:\d+\)?$|^\s*at .+\(?node:[\w/]+:\d+:\d+\)?$` + // Node
		`|^\s*#\d+ (?:/|[A-Z]:\\).+\(\d+\)`) // PHP
	csrfWords = []string{
		"csrf", "xsrf", "cross-site request forgery", "cross site request forgery", "antiforgery", "anti-forgery",
		"authenticity token", "authenticity_token", "authenticitytoken",
	}
)

func hasStackTrace(body string) bool {
	text := unfolded.Replace(body)
	return containsAny(text, traceCues) && traceLines.MatchString(text)
}

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

func (t *Target) traits(body string, sent ...string) []run.Trait {
	var traits []run.Trait
	for _, each := range []struct {
		trait run.Trait
		found bool
	}{
		{run.LoginPage, hasPasswordField(body)},
		{run.LeaksToken, slices.ContainsFunc(sent, func(token string) bool {
			return len(token) > 20 && strings.Contains(body, token)
		})},
		{run.LeaksSecret, containsAny(body, t.secrets)},
		{run.StackTrace, hasStackTrace(body)},
		{run.MentionsCSRF, containsAny(strings.ToLower(body), csrfWords)},
	} {
		if each.found {
			traits = append(traits, each.trait)
		}
	}
	return traits
}
