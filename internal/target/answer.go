package target

import (
	"net/http"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
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
// is cut or redacted. The token and the request are what it answers.
func (t *Target) capture(response *http.Response, token string, what fixtures.Prepared) run.Answer {
	raw, truncated, err := read(response)
	body, hidden := string(raw), hiddenOf(token, what.Hidden)
	answer := run.Answer{
		Status:    response.StatusCode,
		Header:    map[string]string{},
		Body:      t.keep(body, maxExcerpt, hidden...),
		BodyBytes: int64(len(body)),
		Truncated: truncated,
		Traits:    t.traits(response, body, inputsOf(token, what)),
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
