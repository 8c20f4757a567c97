package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// Check says what keeps a run from starting, naming the key and what to do.
func (c Config) Check() error {
	checks := []func() error{c.checkProfile, c.checkTarget, c.checkDeclares, c.checkRun}
	if c.Profile == run.SharedSecret {
		checks = append(checks, c.checkSecret)
	} else {
		checks = append(checks, c.checkIssuer)
	}
	checks = append(checks, c.checkPlaces, c.checkHooks)
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c Config) checkProfile() error {
	if !slices.Contains(run.Profiles(), c.Profile) {
		return fmt.Errorf("profile: %q is none: want oidc, asvs or shared-secret", c.Profile)
	}
	return nil
}

func (c Config) checkTarget() error {
	if err := checkLogoutURL("target.logout_url", c.Target.LogoutURL); err != nil {
		return err
	}
	if err := checkProbe("target.probe", c.Target.Probe); err != nil {
		return err
	}
	if c.Target.Ready != "" {
		if err := checkURL("target.ready", c.Target.Ready); err != nil {
			return err
		}
	}
	if c.Target.Login.Request != nil {
		return checkURL("target.login.request.url", c.Target.Login.Request.URL)
	}
	if c.Profile == run.SharedSecret {
		return nil // which asks for a request
	}
	return checkURL("target.login.url", c.Target.Login.URL)
}

func (c Config) checkIssuer() error {
	if err := checkURL("issuer.url", c.Issuer.URL); err != nil {
		return err
	}
	if u, err := url.Parse(c.Issuer.URL); err == nil && (u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(c.Issuer.URL, "/")) {
		return fmt.Errorf("issuer.url: the mock issuer has a URL without query, fragment and / at the end: give it as %s", bare(*u))
	}
	if c.Issuer.Listen == "" {
		return fmt.Errorf("issuer.listen: say where the mock issuer listens, such as 127.0.0.1:8080")
	}
	if _, _, err := net.SplitHostPort(c.Issuer.Listen); err != nil {
		return fmt.Errorf("issuer.listen: %q is no address with a port: give one such as 127.0.0.1:8080", c.Issuer.Listen)
	}
	if c.Client.ID == "" {
		return fmt.Errorf("client.id: must be the client id that the target uses at the issuer")
	}
	if err := c.Client.check("client"); err != nil {
		return err
	}
	if c.Issuer.WithoutSid && c.Declares.Sid {
		return fmt.Errorf("issuer.without_sid: a target that is told no sid knows none: set declares.sid to false as well")
	}
	if c.Target.Login.Request != nil {
		return fmt.Errorf("target.login.request: is for the shared-secret profile; under %s the login leads to the issuer: give target.login.url", c.Profile)
	}
	return nil
}

func (c Config) checkSecret() error {
	if c.Target.Login.Request == nil {
		return fmt.Errorf("target.login.request: the shared-secret profile has no issuer to log in at: describe the request that makes a session")
	}
	if c.Secret.Text == "" {
		return fmt.Errorf("secret.text: the shared-secret profile needs the secret (CONFORMANCE_SECRET_TEXT keeps it out of the file)")
	}
	if c.Secret.Encoding != UTF8 && c.Secret.Encoding != Base64 {
		return fmt.Errorf("secret.encoding: %q is none: want utf8 or base64", c.Secret.Encoding)
	}
	if _, err := c.Secret.Bytes(); err != nil {
		return err
	}
	known := []string{"iss", "sub", "aud", "iat", "exp", "jti", "events", "nonce", "typ"}
	for _, claim := range slices.Concat(c.Secret.Requires, c.Secret.Checks) {
		if !slices.Contains(known, claim) {
			return fmt.Errorf("secret: no value is known for the claim %q: want some of %s", claim, strings.Join(known, ", "))
		}
	}
	return nil
}

func (c Config) checkDeclares() error {
	if c.Declares.Edition != run.Errata1 && c.Declares.Edition != run.Final2022 {
		return fmt.Errorf("declares.edition: %q is none: want %s or %s", c.Declares.Edition, run.Errata1, run.Final2022)
	}
	if len(c.Declares.RefusalStatus) == 0 {
		return fmt.Errorf("declares.refusal_status: give at least one status, such as [400]")
	}
	return checkStatuses("declares.refusal_status", c.Declares.RefusalStatus)
}

func (c Config) checkRun() error {
	if c.Run.Workers < 1 || c.Run.Workers > 256 {
		return fmt.Errorf("run.workers: %d is out of range: want 1 to 256", c.Run.Workers)
	}
	if c.Run.Timeout == 0 {
		return fmt.Errorf("run.timeout: must be over 0, such as 10s")
	}
	if c.Run.Budget == 0 {
		return fmt.Errorf("run.budget: must be over 0, such as 15m")
	}
	return nil
}

// namesSub finds the user's name in a template.
var namesSub = regexp.MustCompile(`\{\{[^}]*\.Sub\b`)

// bare is an issuer URL as it may be.
func bare(u url.URL) string {
	u.RawQuery, u.ForceQuery, u.Fragment = "", false, ""
	return strings.TrimRight(u.String(), "/")
}

func checkLogoutURL(key, address string) error {
	if err := checkURL(key, address); err != nil {
		return err
	}
	if u, err := url.Parse(address); err == nil && u.Fragment != "" {
		return fmt.Errorf("%s: a logout URI has no fragment (BCL 2.2), and this one has #%s", key, u.Fragment)
	}
	return nil
}

func checkProbe(key string, p Probe) error {
	if err := checkURL(key+".url", p.URL); err != nil {
		return err
	}
	if !namesSub.MatchString(p.Alive.Contains) {
		return fmt.Errorf("%s.alive.contains: must hold {{.Sub}}: a session counts as alive only when the answer names its user", key)
	}
	if len(p.Alive.Status) == 0 {
		return fmt.Errorf("%s.alive.status: give at least one status, such as [200]", key)
	}
	return checkStatuses(key+".alive.status", p.Alive.Status)
}

func checkStatuses(key string, statuses []int) error {
	for _, status := range statuses {
		if status < 100 || status > 599 {
			return fmt.Errorf("%s: %d is no HTTP status: want some of 100 to 599", key, status)
		}
	}
	return nil
}

func checkURL(key, text string) error {
	if text == "" {
		return fmt.Errorf("%s: is missing: give an absolute URL, such as http://127.0.0.1:3000/", key)
	}
	u, err := url.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %q is no URL", key, text)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return fmt.Errorf("%s: %q is no absolute http or https URL", key, text)
	}
	return nil
}
