package demo

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/loggedout/loggedout/internal/receiver"
)

// serving are the listeners and servers of a demo.
type serving struct {
	home, replica, operator net.Listener

	servers []*http.Server
	ended   sync.WaitGroup
}

// listen takes a port for each.
func (s *serving) listen(ctx context.Context) error {
	var err error
	for _, l := range []*net.Listener{&s.home, &s.replica, &s.operator} {
		if *l, err = freePort(ctx); err != nil {
			return err
		}
	}
	return nil
}

func freePort(ctx context.Context) (net.Listener, error) {
	var listening net.ListenConfig
	return listening.Listen(ctx, "tcp", "127.0.0.1:0")
}

func (s *serving) serve(listener net.Listener, h http.Handler) {
	server := receiver.NewServer(h)
	s.servers = append(s.servers, server)
	s.ended.Go(func() { _ = server.Serve(listener) }) // ends when it is closed
}

// close stops what was started.
func (s *serving) close() {
	for _, server := range s.servers {
		_ = server.Close() // nothing is left to be lost
	}
	for _, l := range []net.Listener{s.home, s.replica, s.operator} {
		if l != nil {
			_ = l.Close() // most are closed already
		}
	}
	s.ended.Wait()
}
