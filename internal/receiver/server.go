package receiver

import (
	"net/http"
	"time"
)

// NewServer wraps a handler in a server that bounds the time and size of what comes in. It speaks HTTP/1.0, 1.1 and,
// to who knows beforehand, HTTP/2 without TLS.
func NewServer(h http.Handler) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler: h, Protocols: protocols, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 6 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}
}
