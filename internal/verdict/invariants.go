package verdict

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// invariants hold in every exchange, whatever is expected of it.
func invariants(seen run.Seen) []run.Finding {
	return slices.Concat(bystander(seen), answers(seen), leaks(seen))
}

// bystander: no session other than the named one ends.
func bystander(seen run.Seen) []run.Finding {
	before := seen.Evidence.LastProbe(run.Bystander, run.Before)
	after := seen.Evidence.LastProbe(run.Bystander, run.After)
	switch {
	case before == nil || after == nil || before.State != run.Alive || after.State == run.Alive:
		return nil
	case after.State == run.Unknown:
		return inconclusive("nobody can tell whether the bystander's session lives", after.Why)
	case after.State == run.Dead:
	}
	return []run.Finding{{
		Verdict: run.Fail, Severity: run.Security, Breach: true,
		Text:     sends(seen) + " ended the session of another user",
		Expected: "the bystander's session lives",
		Actual:   "the bystander's session is dead: " + after.Why,
	}}
}

// answers: no 5xx, no hang, no connection dropped without an answer. The twin is
// left to the judge of the control.
func answers(seen run.Seen) []run.Finding {
	for _, event := range seen.Evidence.Events {
		if event.Send == nil || event.Label == run.TwinSend || event.Send.Answer.Throttled() {
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
