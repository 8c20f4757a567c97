package verdict

import (
	"fmt"
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
	if before == nil || after == nil || before.State != run.Alive || after.State != run.Dead {
		return nil
	}
	return []run.Finding{{
		Verdict: run.Fail, Severity: run.Security, Breach: true,
		Text:     sends(seen) + " ended the session of another user",
		Expected: "the bystander's session lives",
		Actual:   "the bystander's session is dead: " + after.Why,
	}}
}

// answers: no 5xx, no hang, no connection dropped without an answer.
func answers(seen run.Seen) []run.Finding {
	sent := seen.Evidence.Sent(run.CaseSend)
	if sent == nil || sent.Answer.Throttled() {
		return nil
	}
	a := sent.Answer
	switch {
	case a.Status == 0:
		return []run.Finding{{
			Verdict: run.Warn, Severity: run.Conformance,
			Text: sends(seen) + " got no answer: " + a.Error, Expected: "an answer", Actual: a.Error,
		}}
	case a.Error != "":
		return []run.Finding{{
			Verdict: run.Warn, Severity: run.Conformance,
			Text: sends(seen) + " got a broken answer: " + a.Error, Expected: "a whole answer", Actual: a.Error,
		}}
	case a.Status >= 500:
		return []run.Finding{{
			Verdict: run.Warn, Severity: run.Conformance,
			Text:     fmt.Sprintf("%s was answered with a server error", sends(seen)),
			Expected: "2xx or 4xx", Actual: fmt.Sprint(a.Status),
		}}
	}
	return nil
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
