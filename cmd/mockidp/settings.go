package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// settings are what the flags say.
type settings struct {
	listen        string
	controlListen string
	file          string
	clients       []string
	issuerURL     string
	controlToken  string
	controlHosts  []string
	strict        bool
	quiet         bool
}

// Where it listens unless it is told otherwise.
const (
	defaultListen        = "127.0.0.1:8080"
	defaultControlListen = "127.0.0.1:8081"
)

func (s *settings) flags(f *pflag.FlagSet) {
	f.SortFlags = false
	f.StringVar(&s.listen, "listen", defaultListen, "where browsers and clients reach it; port 0 is any free port")
	f.StringVar(&s.controlListen, "control-listen", defaultControlListen, "where tests and people drive it")
	f.StringVarP(&s.file, "config", "c", "", "a YAML file with issuers, clients and users")
	f.StringArrayVar(&s.clients, "client", nil, "ID=LOGOUT_URI: a client of the issuer default, and where its logout tokens go; may be repeated")
	f.StringVar(&s.issuerURL, "issuer-url", "", "the base of all issuer URLs, when others reach it under another address than it listens on:\nhttp://idp:8080 makes http://idp:8080/default")
	f.StringVar(&s.controlToken, "control-token", "", "a bearer token that every control call has to bring")
	f.StringArrayVar(&s.controlHosts, "control-host", nil, "a host name that control calls may be addressed to, beside loopback; may be repeated")
	f.BoolVar(&s.strict, "strict", false, "serve only the issuers, clients, redirect URIs and users that are configured")
	f.BoolVar(&s.quiet, "quiet", false, "log only what looks wrong")
}

// variable is the environment variable of a flag.
func variable(flag string) string {
	return "MOCKIDP_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// environment sets every flag that was not given and whose variable is there.
// Lists are separated by commas. PORT and SERVER_PORT are the port to listen on,
// for hosts that hand one out.
func environment(f *pflag.FlagSet, getenv func(string) string) error {
	var failed error
	f.VisitAll(func(flag *pflag.Flag) {
		name := variable(flag.Name)
		text := getenv(name)
		if text == "" || flag.Changed || flag.Name == "help" || failed != nil {
			return
		}
		values := []string{text}
		if flag.Value.Type() == "stringArray" {
			values = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
		}
		for _, value := range values {
			if err := f.Set(flag.Name, value); err != nil {
				failed = fmt.Errorf("%s: %w", name, err)
			}
		}
	})
	listen := f.Lookup("listen")
	if failed != nil || listen == nil || listen.Changed {
		return failed
	}
	for _, name := range []string{"PORT", "SERVER_PORT"} {
		text := getenv(name)
		if text == "" {
			continue
		}
		if _, err := strconv.ParseUint(text, 10, 16); err != nil {
			return fmt.Errorf("%s is %q: want a port number", name, text)
		}
		host, _, err := net.SplitHostPort(defaultListen)
		if err != nil {
			return err
		}
		return f.Set("listen", net.JoinHostPort(host, text))
	}
	return nil
}
