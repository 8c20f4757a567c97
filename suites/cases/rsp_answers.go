package cases

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// An answered request: what a response rule looks at.
type answered struct {
	run.Other
	label   string
	session string
	sent    *run.Send
	answer  run.Answer
	at      time.Time
	// ended: the session was alive before and dead afterwards; lived: it was
	// seen alive before and afterwards. Neither: nobody can tell.
	ended, lived bool
}

// name says where the answer came from.
func (a answered) name() string {
	name := a.Case.Name(a.Variant)
	switch a.label {
	case run.CaseSend:
		return name
	case run.TwinSend:
		return name + " (control)"
	}
	return name + " (" + a.label + ")"
}

// plain reports whether the request was the form post of the specification.
// Others may lawfully be answered by a framework before the endpoint sees them.
func (a answered) plain() bool {
	return a.posted() && a.sent.Carrier == nil && len(a.sent.Token.Wire) <= usualSize
}

// usualSize is how long a token is at most that every endpoint takes in, in
// bytes.
const usualSize = 8 << 10

// posted reports whether the request came to the endpoint as a POST, whatever
// was in it.
func (a answered) posted() bool {
	q, odd := a.sent.Carrier, a.Variant.Odd && a.label != run.TwinSend
	return a.sent.Method == http.MethodPost && !odd && (q == nil || q.Path == "" && q.Wire == nil)
}

// has reports whether the answer has a trait.
func (a answered) has(trait run.Trait) bool { return slices.Contains(a.answer.Traits, trait) }

// namesAnother reports whether the token names somebody else than the session
// that was looked at. A user whom nobody knows may be answered either way.
func (a answered) namesAnother() bool {
	var claims struct {
		Sub any `json:"sub"`
		Sid any `json:"sid"`
	}
	login := loginOf(a.Evidence, a.session)
	if login == nil || json.Unmarshal([]byte(a.sent.Token.Payload), &claims) != nil {
		return false
	}
	sub, named := claims.Sub.(string)
	sid, bound := claims.Sid.(string)
	return named && sub != login.Sub || bound && login.Sid != "" && sid != login.Sid
}

func loginOf(e run.Evidence, session string) *run.Login {
	for _, event := range slices.Backward(e.Events) {
		if event.Login != nil && event.Session == session {
			return event.Login
		}
	}
	return nil
}

// allAnswers are the answers to everything that was sent, each with what became
// of the session. While outside help disturbs the target, its answers prove
// nothing.
func allAnswers(seen run.Seen) []answered {
	var out []answered
	type moment struct {
		id, label string
		at        time.Time
	}
	known := map[moment]bool{} // variants that share an exchange share its control
	for _, other := range seen.Context.Others {
		if slices.ContainsFunc(other.Evidence.Events, func(e run.Event) bool { return e.Hook != nil }) {
			continue
		}
		for i, event := range other.Evidence.Events {
			if event.Send == nil {
				continue
			}
			a := answered{
				Other: other, label: event.Label, session: event.Session, sent: event.Send, answer: event.Send.Answer,
				at: other.Evidence.Started.Add(event.At.Duration()),
			}
			m := moment{other.Case.ID, a.label, a.at}
			if known[m] {
				continue
			}
			known[m] = true
			a.ended, a.lived = fate(other.Evidence.Events, i)
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b answered) int { return strings.Compare(a.name(), b.name()) })
	return out
}

// fate is what became of the session of the request at i. It is known when the
// session was seen alive just before, and seen again before anything else
// happened that may have ended it.
func fate(events []run.Event, i int) (ended, lived bool) {
	session := events[i].Session
	about := func(e run.Event) bool { return e.Session == session && (e.Probe != nil || e.Send != nil) }
	before := slices.Clone(events[:i])
	slices.Reverse(before)
	if at := slices.IndexFunc(before, about); at < 0 || before[at].Probe == nil || before[at].Probe.State != run.Alive {
		return false, false
	}
	var state run.State
	for _, e := range events[i+1:] {
		if e.Send != nil || e.Login != nil || e.Refresh != nil {
			break
		}
		if e.Probe != nil && e.Session == session {
			state = e.Probe.State
		}
	}
	return state == run.Dead, state == run.Alive
}

// judged are the answers whose status says something.
func judged(seen run.Seen, which func(answered) bool) []answered {
	return keep(allAnswers(seen), func(a answered) bool {
		return a.answer.Status != 0 && !a.answer.Throttled() && which(a)
	})
}

// hostile reports whether this is the request of a case that has to be refused.
func (a answered) hostile() bool { return a.label == run.CaseSend && a.Demand.Expect == refuse }

func keep(all []answered, which func(answered) bool) []answered {
	return slices.DeleteFunc(slices.Clone(all), func(a answered) bool { return !which(a) })
}

func nothingSeen(why string) []run.Finding {
	return []run.Finding{{Verdict: run.Inconclusive, Text: "nothing to judge: " + why}}
}

// tally names the first few answers with their statuses.
func tally(all []answered) string {
	const shown = 4
	var names []string
	for _, a := range all[:min(shown, len(all))] {
		names = append(names, fmt.Sprintf("%s: %s", a.name(), verdict.Status(a.answer)))
	}
	if more := len(all) - shown; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// median is the middle one of the times that answers took; 0 without any.
func median(all []answered) run.Millis {
	if len(all) == 0 {
		return 0
	}
	times := make([]run.Millis, len(all))
	for i, a := range all {
		times[i] = a.answer.Took
	}
	slices.SortFunc(times, cmp.Compare[run.Millis])
	return times[len(times)/2]
}
