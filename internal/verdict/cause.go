package verdict

import (
	"fmt"
	"slices"
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// cause is the likely reason why a valid token did not do its work, so that a
// user knows where to look.
func cause(seen run.Seen, a run.Answer) string {
	observed := seen.Context.Observed
	login := named(seen.Evidence)
	switch {
	case a.Status == 0:
		return "the logout endpoint does not answer: is target.logout_url right?"
	case a.Status == 404:
		return "nothing is found at the logout URL: is target.logout_url right?"
	case a.Status == 405:
		return "the logout URL takes no POST: is target.logout_url right?"
	case observed.OtherEncoding != "":
		return "the secret is read in another way: set secret.encoding to " + observed.OtherEncoding
	case slices.Contains(a.Traits, run.MentionsCSRF), a.Status == 403:
		return "a forgery check (CSRF) may stand before the endpoint: a logout request carries no cookie and no CSRF token"
	case slices.Contains(a.Traits, run.LoginPage), a.Status/100 == 3:
		return "the endpoint stands behind the login wall: it has to answer without a session"
	case a.Status == 401:
		return "the endpoint asks for a login: it has to answer without a session"
	case skewed(observed):
		return fmt.Sprintf("the target's clock is off by %v", observed.ClockSkew.Duration().Round(time.Second))
	case observed.JWKSFetches != nil && *observed.JWKSFetches == 0:
		return "the target never fetched the issuer's keys: does it trust this issuer, and can it reach it?"
	case login != nil && login.Sid == "" && seen.Context.Terms.Profile != run.SharedSecret:
		return "the ID token of the login had no sid"
	}
	return ""
}

// skewed reports whether the clocks differ by more than receivers allow.
func skewed(o run.Observed) bool {
	if o.ClockSkew == nil {
		return false
	}
	d := o.ClockSkew.Duration()
	return max(d, -d) > 30*time.Second
}

func named(e run.Evidence) *run.Login {
	for _, event := range e.Events {
		if event.Login != nil && event.Session == run.Named {
			return event.Login
		}
	}
	return nil
}
