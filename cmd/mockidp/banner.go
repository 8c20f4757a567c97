package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/loggedout/loggedout/internal/idp"
)

// A banner says at the start what runs where, and what to do with it.
type banner struct {
	settings settings
	options  idp.Options
	server   *idp.Server
	control  string // the URL of the control face
	exposed  bool   // others than this machine reach the protocol face
}

func (b banner) write(w io.Writer) error {
	var text strings.Builder
	line := func(format string, values ...any) { _, _ = fmt.Fprintf(&text, format+"\n", values...) } // a builder never fails
	line("mockidp %s: a mock identity provider, for tests only. It asks for no password.\n", version)
	for _, name := range b.issuers() {
		line("  issuer   %s", b.server.IssuerURL(name))
	}
	line("  control  %s\n", b.control)
	switch {
	case b.settings.strict:
		line("Only what is configured is served (--strict).")
	case b.options.OnlyListed:
		line("Only the configured issuers are served. They take any client id and any user, unless they are strict.")
	default:
		line("It is permissive: any client id, redirect URI, user and issuer name is taken, except what is configured.")
	}
	b.receivers(line)
	if b.exposed {
		line("\nWARNING: it listens beyond loopback, and whoever reaches it can log in as anybody.")
		if b.settings.issuerURL == "" {
			line("WARNING: issuer URLs name this machine alone; give --issuer-url when others have to reach it.")
		}
	}
	token := ""
	if b.settings.controlToken != "" {
		token = ` -H "Authorization: Bearer $TOKEN"`
	}
	line("\nLog alice out at every application:")
	line(`  curl -X POST %s/logout%s -H 'Content-Type: application/json' -d '{"sub":"alice"}'`, b.control, token)
	line("Send an expired logout token to one of them, and see what it answers:")
	line(`  curl -X POST %s/deliveries%s -H 'Content-Type: application/json' -d '{"case":"clm-exp-past/hour","client_id":"app","sub":"alice"}'`+"\n",
		b.control, token)
	_, err := io.WriteString(w, text.String())
	return err
}

// issuers are those that are there from the start, and default.
func (b banner) issuers() []string {
	if names := b.server.Issuers(); len(names) > 0 {
		return names
	}
	return []string{defaultIssuer}
}

// receivers lists where logout tokens go.
func (b banner) receivers(line func(string, ...any)) {
	found := false
	for _, i := range b.options.Issuers {
		for _, c := range i.Clients {
			if c.BackchannelLogoutURI == "" {
				continue
			}
			if !found {
				line("\nTold when a session of theirs ends:")
			}
			found = true
			line("  %s of %s: %s", c.ID, b.server.IssuerURL(i.Name), c.BackchannelLogoutURI)
		}
	}
	if !found {
		line("\nNo client has a logout URI, so nobody is told when a session ends: name one with --client ID=LOGOUT_URI.")
	}
}
