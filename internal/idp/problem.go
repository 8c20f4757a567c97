package idp

import (
	"errors"
	"fmt"
	"net/http"
)

// A problem is an error as OAuth 2.0 (RFC 6749, sections 4.1.2.1 and 5.2) and
// OpenID Connect Core 1.0, section 3.1.2.6, name it.
type problem struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func (p *problem) Error() string { return p.Code + ": " + p.Description }

func wrong(code, format string, values ...any) *problem {
	return &problem{Code: code, Description: fmt.Sprintf(format, values...)}
}

// params reads the parameters of a request: the query, and the form of a POST.
// Parameters that are sent twice are refused (RFC 6749, section 3.1).
func params(r *http.Request) error {
	err := r.ParseForm()
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return fmt.Errorf("the request has more than %d bytes", tooBig.Limit)
	case err != nil:
		return fmt.Errorf("the parameters cannot be read: %w", err)
	}
	for name, values := range r.Form {
		if len(values) > 1 && name != loginField {
			return fmt.Errorf("the parameter %s is sent more than once", truncated(name, 64))
		}
	}
	return nil
}
