package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// A damaged JWE: which part, and how.
type damaged struct{ name, write string }

// damages are what an attacker would compare: what spoils the content, and, of
// an algorithm that has one, the padding of the key.
var (
	ofContent = []damaged{
		{"tag", "${header}.${key}.${iv}.${ciphertext}.${tag.text|flip-bit|b64url}"},
		{"ciphertext", "${header}.${key}.${iv}.${ciphertext.text|flip-bit|b64url}.${tag}"},
		{"iv", "${header}.${key}.${iv.text|flip-bit|b64url}.${ciphertext}.${tag}"},
		{"short-ciphertext", "${header}.${key}.${iv}.${ciphertext.text|chop:16|b64url}.${tag}"},
		{"short-tag", "${header}.${key}.${iv}.${ciphertext}.${tag.text|chop:8|b64url}"},
	}
	ofKey = []damaged{{"key", "${header}.${key.text|flip-bit|b64url}.${iv}.${ciphertext}.${tag}"}}
)

func damages(v run.Variant) []damaged {
	if v.Recipe.Encrypt.Alg == "" { // whatever is registered, which may have no key of its own
		return ofContent
	}
	return slices.Concat(ofContent, ofKey)
}

// rounds is how often each is sent: one slow answer proves nothing.
const rounds = 5

// damage sends the damaged tokens in turn, round by round, and then the control.
func damage(s run.Steps, v run.Variant) {
	s.Enter(run.Named, run.Visitor{User: alice.User, At: v.At})
	for round := range rounds {
		for _, d := range damages(v) {
			s.Send(run.Sending{Label: fmt.Sprintf("%s-%d", d.name, round+1), Recipe: v.Recipe.Sealed(d.write)})
		}
	}
	s.Settle()
	if s.Probe(run.Named, run.After) != run.Alive {
		return
	}
	s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}

// tellsNothing compares status, body and time of the answers.
func tellsNothing(seen run.Seen) []run.Finding {
	e := seen.Evidence
	after, twin := e.LastProbe(run.Named, run.After), e.LastProbe(run.Named, run.AfterTwin)
	switch {
	case after != nil && after.State == run.Dead:
		return []run.Finding{{
			Verdict: run.Fail, Severity: run.Security, Breach: true,
			Text: "a damaged token ended the session", Expected: "refused, the session lives", Actual: after.Why,
		}}
	case after == nil || after.State != run.Alive:
		return unclear("nobody can tell whether the session lives")
	case twin == nil || twin.State != run.Dead:
		return unclear("the control failed: nobody knows whether the target decrypts at all")
	}
	var all []response
	for _, d := range damages(seen.Variant) {
		r, ok := responseTo(e.Sends(d.name + "-"))
		if !ok {
			return unclear("the target gave no answer that can be compared")
		}
		r.name = d.name
		all = append(all, r)
	}
	return differences(seen, all)
}

// A response is what the answers to one damage have in common.
type response struct {
	name   string
	status string
	// body is empty when it differs from answer to answer anyway.
	body   string
	steady bool
	// took is the median of the times, between the least and the most.
	least, took, most time.Duration
}

func responseTo(sent []*run.Send) (response, bool) {
	out := response{steady: true}
	var statuses []string
	var times []run.Millis
	for i, s := range sent {
		if s.Answer.Status == 0 || s.Answer.Throttled() {
			return out, false
		}
		statuses = append(statuses, verdict.Status(s.Answer))
		times = append(times, s.Answer.Took)
		out.steady = out.steady && (i == 0 || s.Answer.Body == sent[0].Answer.Body)
		out.body = s.Answer.Body
	}
	if len(sent) == 0 {
		return out, false
	}
	slices.Sort(statuses)
	slices.Sort(times)
	out.status = strings.Join(slices.Compact(statuses), " or ")
	out.least, out.took, out.most = times[0].Duration(), times[len(times)/2].Duration(), times[len(times)-1].Duration()
	return out, true
}

// apart reports whether the times of two responses are of two classes, which no
// noise explains: all of one are longer than all of the other, and far longer.
func apart(a, b response) bool {
	const factor, least = 4, 20 * time.Millisecond
	if a.took > b.took {
		a, b = b, a
	}
	return b.least > a.most && b.took > factor*a.took && b.took-a.took > least
}

// differences between responses, by status, by body, and by time.
func differences(seen run.Seen, all []response) []run.Finding {
	first := all[0]
	var told []string
	for _, r := range all[1:] {
		switch {
		case r.status != first.status:
			told = append(told, fmt.Sprintf("%s: %s, %s: %s", first.name, first.status, r.name, r.status))
		case r.steady && first.steady && r.body != first.body:
			told = append(told, fmt.Sprintf("%s: %q, %s: %q", first.name, first.body, r.name, r.body))
		case apart(first, r):
			told = append(told, fmt.Sprintf("%s: %v, %s: %v", first.name, first.took, r.name, r.took))
		}
	}
	if len(told) == 0 {
		return nil
	}
	return []run.Finding{{
		Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security,
		Text:     "the answers tell why a token could not be decrypted",
		Expected: "the same status, body and time for every damage", Actual: strings.Join(told, "; "),
	}}
}
