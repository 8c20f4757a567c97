package receiver

import (
	"errors"
	"net/http"
)

// refusal is why a logout request was turned away. The reason goes to the log; it holds no text of the request.
type refusal struct {
	status int
	why    string
}

func (r refusal) Error() string { return r.why }

// refused is the ordinary refusal: 400 (BCL 2.6, 2.8).
func refused(why string) error { return refusal{http.StatusBadRequest, why} }

var (
	errMethod     = refusal{http.StatusMethodNotAllowed, "the method is not POST"}
	errUnknownApp = refused("the application is not known")
)

// statusOf is the status a refusal asks for; anything else that went wrong is a failed logout: 400 (BCL 2.8).
func statusOf(err error) int {
	if r, ok := errors.AsType[refusal](err); ok {
		return r.status
	}
	return http.StatusBadRequest
}
