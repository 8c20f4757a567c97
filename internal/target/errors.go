package target

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// reason says in a sentence why an HTTP request got no answer.
func reason(err error) string {
	var (
		record  tls.RecordHeaderError
		cert    *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
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
	case errors.As(err, &record):
		return "broken TLS: the answer is no TLS record"
	case errors.As(err, &unknown), errors.As(err, &cert):
		return "the TLS certificate is not trusted: " + line(errors.Unwrap(err).Error(), 200)
	case errors.As(err, &name):
		return "the host name " + line(name.Name, 100) + " cannot be resolved"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed before the answer was whole"
	}
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	text := line(err.Error(), 300)
	if strings.Contains(text, "malformed HTTP") {
		return "the answer is no HTTP: " + text
	}
	return text
}

// timedOut reports whether a deadline passed.
func timedOut(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &network) && network.Timeout())
}
