package canary

import (
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Listen has the canaries stand at a listener of their own as well. There a
// connection counts even when it does not speak HTTP, such as one that begins
// with TLS.
func (c *Canary) Listen(l net.Listener) (stop func()) {
	server := &http.Server{
		Handler:           c,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // what speaks no HTTP is recorded
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener{l, c}) // ends when it is closed below
	}()
	return func() {
		_ = server.Close() // nothing is left to be lost
		<-ended
	}
}

// A listener looks at the first byte of every connection.
type listener struct {
	net.Listener
	canary *Canary
}

func (l listener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: connection, canary: l.canary}, nil
}

type conn struct {
	net.Conn
	canary *Canary
	begun  bool // only one reads at a time
}

// Read records a connection that cannot be HTTP, whose requests begin with the
// capital letters of a method, and ends it.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && !c.begun {
		c.begun = true
		if p[0] < 'A' || p[0] > 'Z' {
			c.canary.record("", Hit{From: host(c.RemoteAddr().String())})
			return 0, io.EOF
		}
	}
	return n, err
}
