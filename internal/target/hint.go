package target

import (
	"io"
	"net/http"
	"net/url"
	"strings"
)

// atIssuer reports whether a URL is the issuer's authorization endpoint.
func (t *Target) atIssuer(u *url.URL) bool {
	issuer, err := url.Parse(t.config.Issuer.URL)
	return err == nil && strings.EqualFold(u.Scheme, issuer.Scheme) && strings.EqualFold(u.Host, issuer.Host) &&
		u.Path == strings.TrimRight(issuer.Path, "/")+"/authorize"
}

// hint names the user in an authorization request (OpenID Connect Core 1.0,
// section 3.1.2.1), which comes in the query or in a form.
func hint(request *http.Request, user User) error {
	if request.Method != http.MethodPost {
		request.URL.RawQuery = withHint(request.URL.RawQuery, user)
		return nil
	}
	form, err := bodyOf(request)
	if err != nil {
		return err
	}
	text := withHint(string(form), user)
	request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	request.ContentLength = int64(len(text))
	request.Body, err = request.GetBody()
	return err
}

// withHint leaves everything else as it was written.
func withHint(query string, user User) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); pair != "" && (err != nil || name != "login_hint") {
			kept = append(kept, pair)
		}
	}
	return strings.Join(append(kept, "login_hint="+url.QueryEscape(user.Sub)), "&")
}
