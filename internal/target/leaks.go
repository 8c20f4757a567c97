package target

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

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

var (
	sqlErrors = regexp.MustCompile(`(?i)SQLSTATE\[|error in your SQL syntax|syntax error at or near|\bORA-\d{5}\b` +
		`|unclosed quotation mark after|near "[^"]*": syntax error|\b(?:pq|pgx): |sqlite3?\.OperationalError` +
		`|(?:PDO|SQL|Sql)Exception\b|psycopg2?\.|sqlalchemy\.exc|ActiveRecord::Statement|SequelizeDatabaseError` +
		`|Mongo(?:Server)?Error\b|(?:relation|table|column) "[^"]+" does not exist|\bWRONGTYPE Operation`)

	// A path counts when it cannot be that of a URL: under a folder of the
	// system, or of a source file with a line.
	filePaths = regexp.MustCompile(`(?:^|[\s"'(=:>])(?:/(?:home|usr|var|opt|srv|etc|root|tmp|proc|private|Users)/[\w.@-]+(?:/[\w.@-]+)*\.\w+` +
		`|/[\w.@-]+(?:/[\w.@-]+)*\.(?:go|py|rb|php|java|kt|cs|pl|rs|[cm]?[jt]s)(?::\d+|\(\d+\)| on line \d+|", line \d+)` +
		`|[A-Z]:\\(?:[\w .@-]+\\)+[\w.@-]+)`)
	// attributes of a page hold URLs.
	attributes = regexp.MustCompile(`(?i)\b(?:href|src|action|content|data-[\w-]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)`)

	versions = regexp.MustCompile(`(?i)\b(?:nginx|Apache(?:[- ]Tomcat)?|openresty|Microsoft-IIS|lighttpd|Jetty|Werkzeug|gunicorn|uvicorn|` +
		`Python|PHP|OpenSSL|Express|Node\.js|Kestrel|Puma|Phusion Passenger|WildFly|mod_\w+|Spring(?: Boot)?|Django|Laravel|Rails)` +
		`(?:[/ (]+v?)\d+(?:\.\d+)+`)

	keyText = regexp.MustCompile(`-----BEGIN [A-Z ]*(?:KEY|CERTIFICATE)-----|"kty"\s*:\s*"(?:RSA|EC|OKP|oct)"`)

	// expects finds the value that an answer says it wanted.
	expects = regexp.MustCompile(`(?i)\b(?:expect\w*|should be|must be|wanted|want)\b[^.;\n]{0,120}`)
)

func holdsKey(body string) bool {
	return keyText.MatchString(strings.ReplaceAll(body, `\"`, `"`))
}

// holdsExpected reports whether an answer says what would have been right: the
// MAC of the token, or the issuer or client that it did not name.
func (t *Target) holdsExpected(body string, in inputs) bool {
	if containsAny(body, t.rightMACs(in.token)) {
		return true
	}
	for _, told := range expects.FindAllString(body, -1) {
		for _, value := range []string{t.config.Issuer.URL, t.config.Client.ID} {
			if value != "" && !slices.Contains(in.claims, value) && in.readable && holdsWord(told, value) {
				return true
			}
		}
	}
	return false
}

// holdsWord reports whether a value stands in a text, and not as a part of a
// longer word.
func holdsWord(text, value string) bool {
	return regexp.MustCompile(`(?:^|[^\w-])` + regexp.QuoteMeta(value) + `(?:$|[^\w-])`).MatchString(text)
}

// rightMACs are the MACs that a token should have carried under the secrets of
// the configuration, unless it did, in the spellings in which a program writes
// bytes.
func (t *Target) rightMACs(token string) []string {
	input, sent, ok := cutLast(token, ".")
	if !ok {
		return nil
	}
	var out []string
	keys := [][]byte{[]byte(t.config.Client.Secret)}
	if raw, err := t.config.Secret.Bytes(); err == nil {
		keys = append(keys, raw)
	}
	for _, key := range keys {
		if len(key) == 0 {
			continue
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(input))
		sum := mac.Sum(nil)
		if base64.RawURLEncoding.EncodeToString(sum) == sent {
			continue
		}
		out = append(out, base64.RawURLEncoding.EncodeToString(sum), base64.RawStdEncoding.EncodeToString(sum), hex.EncodeToString(sum))
	}
	return out
}

func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return "", "", false
	}
	return text[:i], text[i+len(separator):], true
}
