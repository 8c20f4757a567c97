package target

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// reason says in a sentence why an HTTP request got no answer. Secrets, and
// more that is to be hidden, are taken out.
func (t *Target) reason(err error, hidden ...string) string {
	var (
		record  tls.RecordHeaderError
		cert    *tls.CertificateVerificationError
		name    *net.DNSError
		wrapped *url.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case timedOut(err):
		return "no whole answer before the deadline"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: nothing listens there"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset"
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return "broken TLS: the target speaks plain HTTP at an https URL"
	case errors.As(err, &record):
		return "broken TLS: the answer is no TLS record"
	case errors.As(err, &cert):
		return "the TLS certificate is not trusted: " + t.keepLine(cert.Err.Error(), 200)
	case errors.As(err, &name):
		return "the host name " + line(name.Name, 100) + " cannot be resolved"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed before the answer was whole"
	}
	if errors.As(err, &wrapped) {
		err = wrapped.Err // the rest of it is the URL with its query
	}
	text := strings.TrimPrefix(t.keepLine(err.Error(), 300, hidden...), "net/http: HTTP/1.x transport connection broken: ")
	switch {
	case strings.Contains(text, "looked like an HTTP/1"):
		return "the target speaks no HTTP/2 there"
	case strings.Contains(text, "headers exceeded"):
		return fmt.Sprintf("the header of the answer is longer than %d KiB", maxHeader>>10)
	case strings.Contains(text, "malformed"):
		return "the answer is no HTTP: " + text
	}
	return text
}

// timedOut reports whether a deadline passed.
func timedOut(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &network) && network.Timeout())
}
