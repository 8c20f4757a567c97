package receiver

import (
	"io"
	"mime"
	"net/http"
	"net/url"
)

// postOnly: a logout is an HTTP POST (BCL 2.5).
func postOnly(r *http.Request) error {
	if r.Method != http.MethodPost {
		return errMethod
	}
	return nil
}

// anybody: who calls does not matter, only who signed (BCL 2.5, 4).
func anybody(*http.Request) error { return nil }

// tokenInForm takes the one logout_token of a form-encoded body and ignores other parameters (BCL 2.5). The query is
// never looked at: URLs end up in logs.
func tokenInForm(r *http.Request) (string, error) {
	form, err := readForm(r)
	if err != nil {
		return "", err
	}
	values := form["logout_token"]
	switch {
	case len(values) == 0 || (len(values) == 1 && values[0] == ""):
		return "", refused("the form has no logout_token")
	case len(values) > 1:
		// RFC 6749 3.2: parameters must not be sent more than once. Choosing one would let two readers disagree.
		return "", refused("the form has more than one logout_token")
	}
	return values[0], nil
}

// readForm reads a bounded form-encoded body. http.Request.ParseForm is not used: it merges the query.
func readForm(r *http.Request) (url.Values, error) {
	if !isForm(r) {
		return nil, refused("the content type is not application/x-www-form-urlencoded")
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		// Nobody agreed to it, and what is inflated has no bound (RFC 9110 8.4).
		return nil, refusal{http.StatusUnsupportedMediaType, "the body has a content coding"}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, refused("the body is too large or did not arrive whole")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, refused("the form is malformed")
	}
	return form, nil
}

// isForm reports whether the content type is that of a logout request (BCL 2.5).
func isForm(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/x-www-form-urlencoded"
}
