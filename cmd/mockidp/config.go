package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/loggedout/loggedout/internal/idp"
)

// file is the configuration file. Clients and users at the top are those of the
// issuer default.
type file struct {
	Clients []idp.Client     `yaml:"clients"`
	Users   []map[string]any `yaml:"users"`
	// Issuers are all issuers there shall be.
	Issuers []issuer `yaml:"issuers"`
}

type issuer struct {
	Name        string           `yaml:"name"`
	Strict      bool             `yaml:"strict"`
	SigningAlgs []string         `yaml:"signing_algs"`
	Clients     []idp.Client     `yaml:"clients"`
	Users       []map[string]any `yaml:"users"`
}

// defaultIssuer is the issuer of --client.
const defaultIssuer = "default"

// maxFile bounds the configuration file, in bytes.
const maxFile = 1 << 20

// readConfig reads a file and gives its issuers. listed tells that it names
// issuers, so that there are no others.
func readConfig(path string) (issuers []idp.IssuerOptions, listed bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, fmt.Errorf("read the configuration: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, false, fmt.Errorf("read the configuration %s: %w", path, err)
	}
	if len(text) > maxFile {
		return nil, false, fmt.Errorf("the configuration %s is larger than %d bytes", path, maxFile)
	}
	return parseConfig(path, text)
}

// parseConfig reads YAML. Unknown and repeated keys are errors, which name line
// and column.
func parseConfig(path string, text []byte) ([]idp.IssuerOptions, bool, error) {
	var c file
	decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := decoder.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, false, located(path, err)
	}
	if err := decoder.Decode(&file{}); !errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("%s: want one YAML document, and there is another", path)
	}
	listed := len(c.Issuers) > 0
	if len(c.Clients)+len(c.Users) > 0 {
		c.Issuers = append(c.Issuers, issuer{Name: defaultIssuer, Clients: c.Clients, Users: c.Users})
	}
	var out []idp.IssuerOptions
	for _, i := range c.Issuers {
		users, err := usersOf(i.Users)
		if err != nil {
			return nil, false, fmt.Errorf("%s: issuer %q: %w", path, i.Name, err)
		}
		out = append(out, idp.IssuerOptions{
			Name: i.Name, Strict: i.Strict, SigningAlgs: i.SigningAlgs, Clients: i.Clients, Users: users,
		})
	}
	return out, listed, nil
}

// located says where in the file an error is.
func located(path string, err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		where := at.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s", path, where.Line, where.Column, at.GetMessage())
	}
	return fmt.Errorf("%s: %w", path, err)
}

func usersOf(all []map[string]any) ([]idp.User, error) {
	var out []idp.User
	for n, claims := range all {
		sub, ok := claims["sub"].(string)
		if !ok {
			return nil, fmt.Errorf("users[%d]: want a sub that is a text", n)
		}
		delete(claims, "sub")
		out = append(out, idp.User{Sub: sub, Claims: claims})
	}
	return out, nil
}

// addClients registers what --client names at the issuer default.
func addClients(all []idp.IssuerOptions, flags []string) ([]idp.IssuerOptions, error) {
	if len(flags) == 0 {
		return all, nil
	}
	n := slices.IndexFunc(all, func(i idp.IssuerOptions) bool { return i.Name == defaultIssuer })
	if n < 0 {
		all, n = append(all, idp.IssuerOptions{Name: defaultIssuer}), len(all)
	}
	for _, flag := range flags {
		id, uri, ok := strings.Cut(flag, "=")
		if !ok || id == "" || uri == "" {
			return nil, fmt.Errorf("--client %q: want ID=LOGOUT_URI, such as app=http://127.0.0.1:3000/backchannel-logout", flag)
		}
		clients := &all[n].Clients
		at := slices.IndexFunc(*clients, func(c idp.Client) bool { return c.ID == id })
		if at < 0 {
			*clients, at = append(*clients, idp.Client{ID: id}), len(*clients)
		}
		(*clients)[at].BackchannelLogoutURI = uri
	}
	return all, nil
}
