package verdict

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// invariants hold in every exchange, whatever is expected of it.
func invariants(seen run.Seen) []run.Finding {
	return slices.Concat(bystander(seen), companions(seen), answers(seen), canaries(seen), leaks(seen))
}

// bystander: no session of another user ends.
func bystander(seen run.Seen) []run.Finding {
	return survives(seen, run.Bystander, "the session of another user", "the bystander's session")
}

// companions: nor does one that the case has beside the named one, unless the
// case says that it may.
func companions(seen run.Seen) []run.Finding {
	var out []run.Finding
	for _, c := range seen.Case.Company {
		if !c.MayEnd {
			which := fmt.Sprintf("the session %q", c.Session)
			out = append(out, survives(seen, c.Session, which+" beside the named one", which)...)
		}
	}
	return out
}

// survives: a session that was seen alive before is not dead afterwards. Text
// and name say whose session it is.
func survives(seen run.Seen, session, text, name string) []run.Finding {
	before := seen.Evidence.LastProbe(session, run.Before)
	after := seen.Evidence.LastProbe(session, run.After)
	switch {
	case before == nil || after == nil || before.State != run.Alive || after.State == run.Alive:
		return nil
	case after.State == run.Unknown:
		return inconclusive("nobody can tell whether "+name+" lives", after.Why)
	case after.State == run.Dead:
	}
	return []run.Finding{{
		Verdict: run.Fail, Severity: run.Security, Breach: true,
		Text:     sends(seen) + " ended " + text,
		Expected: name + " lives",
		Actual:   name + " is dead: " + after.Why,
	}}
}

// canaries: nobody comes to an address that a token points at.
func canaries(seen run.Seen) []run.Finding {
	for _, event := range seen.Evidence.Events {
		if event.Canary == nil || len(event.Canary.Hits) == 0 {
			continue
		}
		hit := event.Canary.Hits[0]
		actual := fmt.Sprintf("%d requests to %s, the first %s %s", len(event.Canary.Hits), event.Canary.URL, hit.Method, hit.Path)
		if hit.From != "" {
			actual += " from " + hit.From
		}
		return []run.Finding{{
			Verdict: Broken(seen.Demand.Level), Severity: run.Security,
			Text:     sends(seen) + " had the target fetch from an address of the attacker's choice",
			Expected: "no request to that address", Actual: actual,
		}}
	}
	return nil
}

// answers: no 5xx, no hang, no connection dropped without an answer. The twin is
// left to the judge of the control.
func answers(seen run.Seen) []run.Finding {
	var help excuses
	for _, event := range seen.Evidence.Events {
		help.note(event)
		if event.Send == nil || event.Label == run.TwinSend || event.Send.Answer.Throttled() || help.cover(event.Send.Answer) {
			continue
		}
		if seen.Variant.Odd && turnedAway(event.Send.Answer) {
			continue
		}
		if problem := broken(seen, event.Send.Answer); problem != nil {
			return []run.Finding{*problem}
		}
	}
	return nil
}

// turnedAway: the connection was closed, which is not to hang, or a server has
// no such method or version (RFC 9110, sections 15.6.2 and 15.6.6).
func turnedAway(a run.Answer) bool {
	switch a.Status {
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return true
	}
	return a.Error != "" && !a.Timeout && !a.Truncated && a.Status < 500
}

// excuses are what we did to the surroundings of the target at a point of an
// exchange, for which its answers are no finding.
type excuses struct {
	storeDown bool // a 5xx is right then: it makes the sender retry
	held      bool // who waits for the issuer with the session locked cannot answer
}

func (x *excuses) note(event run.Event) {
	switch {
	case event.Hook != nil && event.Hook.Name == run.StoreDown:
		x.storeDown = true
	case event.Hook != nil && event.Hook.Name == run.StoreUp:
		x.storeDown = false
	case event.Issuer != nil && event.Issuer.Do == run.Hold:
		x.held = true
	case event.Issuer != nil && event.Issuer.Do == run.Release:
		x.held = false
	}
}

func (x *excuses) cover(a run.Answer) bool {
	return x.storeDown && a.Status >= 500 && a.Error == "" || x.held && a.Timeout
}

func broken(seen run.Seen, a run.Answer) *run.Finding {
	finding := run.Finding{Verdict: run.Warn, Severity: run.Conformance, Actual: a.Error}
	switch {
	case a.Status == 0:
		finding.Text, finding.Expected = sends(seen)+" got no answer: "+a.Error, "an answer"
	case a.Error != "":
		finding.Text, finding.Expected = sends(seen)+" got a broken answer: "+a.Error, "a whole answer"
	case a.Status >= 500:
		finding.Text, finding.Expected = sends(seen)+" was answered with a server error", "2xx or 4xx"
		finding.Actual = fmt.Sprint(a.Status)
	default:
		return nil
	}
	return &finding
}

// leaks: nothing secret, no token and no stack trace in the answer.
func leaks(seen run.Seen) []run.Finding {
	said := map[run.Trait]string{
		run.LeaksSecret: "the secret", run.LeaksToken: "the whole token", run.StackTrace: "a stack trace",
	}
	var out []run.Finding
	for _, event := range seen.Evidence.Events {
		if event.Send == nil {
			continue
		}
		for _, trait := range event.Send.Answer.Traits {
			if what := said[trait]; what != "" {
				out = append(out, run.Finding{
					Verdict: run.Warn, Severity: run.Security,
					Text:     "the answer holds " + what,
					Expected: "an answer without secrets and inner workings", Actual: what + " in the answer to the " + event.Label + " request",
				})
				delete(said, trait)
			}
		}
	}
	return out
}

// sends is what was sent, as the subject of a sentence.
func sends(seen run.Seen) string {
	if seen.Case.Sends == "" {
		return "the request"
	}
	return seen.Case.Sends
}
