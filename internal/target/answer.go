package target

import (
	"bytes"
	"io"
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

// capture reads an answer, bounded, and works out its traits before anything
// is cut or redacted.
func (t *Target) capture(response *http.Response, token string) run.Answer {
	defer response.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	answer := run.Answer{
		Status:    response.StatusCode,
		Header:    map[string]string{},
		BodyBytes: int64(len(body)),
		Truncated: len(body) > maxBody,
		Traits:    t.traits(body, token),
	}
	if err != nil {
		answer.Error = t.redact("the body broke off: " + reason(err))
		answer.Timeout = timedOut(err)
	}
	if answer.Truncated {
		answer.Error = "the body goes on after 1 MiB and was cut"
	}
	for _, name := range keptHeaders {
		if value := response.Header.Get(name); value != "" {
			answer.Header[name] = t.redact(line(value, 300))
		}
	}
	answer.Body = t.redact(Clean(string(body), maxExcerpt), signatureOf(token))
	return answer
}

var (
	stackTrace = regexp.MustCompile(`(?m)Traceback \(most recent call last\)|^goroutine \d+ \[|^\s+at [\w$.<>/]+\([\w$. ]+:\d+\)|^\s+at .+\.js:\d+:\d+\)?$|^#\d+ /.+\(\d+\)`)
	csrf       = regexp.MustCompile(`(?i)\b(csrf|xsrf|cross.site request forgery|anti.?forgery)`)
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
	if stackTrace.Match(body) {
		traits = append(traits, run.StackTrace)
	}
	if csrf.Match(body) {
		traits = append(traits, run.MentionsCSRF)
	}
	return traits
}

// signatureOf is the last segment of a compact token.
func signatureOf(token string) string {
	i := strings.LastIndexByte(token, '.')
	if i < 0 || len(token)-i < 20 {
		return ""
	}
	return token[i+1:]
}
