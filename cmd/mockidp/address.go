package main

import (
	"context"
	"net"
	"slices"
)

// listen opens a port.
func listen(ctx context.Context, flag, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, failed("--%s: %w (port 0 takes any free port)", flag, err)
	}
	return l, nil
}

// reachable is the host and port under which this machine reaches a listener:
// the host as it was asked for, and the port as it came to be.
func reachable(asked string, at net.Addr) string {
	host, _, err := net.SplitHostPort(asked)
	if err != nil {
		return at.String()
	}
	_, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return at.String()
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// loopback reports whether only this machine reaches an address.
func loopback(at net.Addr) bool {
	host, _, err := net.SplitHostPort(at.String())
	return err == nil && local(host)
}

// local reports whether a host is of the loopback interface.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// named are the hosts that a request can be addressed to, which that of an
// address to listen on everywhere is not.
func named(hosts []string) []string {
	return slices.DeleteFunc(slices.Clone(hosts), func(host string) bool {
		ip := net.ParseIP(host)
		return host == "" || ip != nil && ip.IsUnspecified()
	})
}
