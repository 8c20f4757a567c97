package idp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
)

// A fault is an answer of the control face that says what is wrong and what to
// do.
type fault struct {
	status  int
	Code    string `json:"error"`
	Message string `json:"message"`
}

func (f *fault) Error() string { return f.Message }

func writeFault(w http.ResponseWriter, err error) {
	var f *fault
	switch {
	case errors.As(err, &f):
	case errors.Is(err, ErrUnknown):
		f = &fault{http.StatusNotFound, "not_found", err.Error()}
	default:
		f = &fault{http.StatusBadRequest, "invalid_request", err.Error()}
	}
	writeJSON(w, f.status, f)
}

// readJSON reads a body into a struct. A field that the call does not know is
// an error, for a setting that is silently ignored costs somebody an afternoon.
// No body at all is an empty object.
func readJSON(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the JSON value")
		}
	}
	if err == nil {
		return nil
	}
	if tooBig, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &fault{http.StatusRequestEntityTooLarge, "too_large", fmt.Sprintf("the body has more than %d bytes", tooBig.Limit)}
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalid("the field %s is a JSON %s: want %s", kind.Field, kind.Value, kind.Type)
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return &fault{
			http.StatusBadRequest, "unknown_field",
			fmt.Sprintf("unknown field %s: this call takes %s", field, strings.Join(fields(reflect.TypeOf(into).Elem()), ", ")),
		}
	}
	return invalid("the body is not the JSON that this call takes: %v", err)
}

func invalid(format string, values ...any) *fault {
	return &fault{http.StatusBadRequest, "invalid_request", fmt.Sprintf(format, values...)}
}

// fields names the JSON fields of a struct.
func fields(t reflect.Type) []string {
	if t.Kind() != reflect.Struct {
		return []string{"any field"}
	}
	var out []string
	for f := range t.Fields() {
		if f.Anonymous {
			out = append(out, fields(f.Type)...)
			continue
		}
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out = append(out, name)
		}
	}
	return out
}
