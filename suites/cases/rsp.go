package cases

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Rules for answers, judged on what all other cases saw: they send nothing.
var responses = []run.Case{
	{
		ID: "rsp-success-status", Level: must, Clauses: refs("BCL 2.8"),
		Requires: "a logout that was done is answered with 200",
		Variants: variants(run.Variant{Slug: "accepted"}),
		Expect:   observe,
		Judge:    successStatus,
	},
	{
		ID: "rsp-refusal-status", Level: must, Clauses: refs("BCL 2.6", "BCL 2.8"),
		Requires: "a logout that was refused is answered with 400",
		Variants: variants(run.Variant{Slug: "refused"}),
		Expect:   observe,
		Judge:    refusalStatus,
	},
	{
		ID: "rsp-cache-control", Level: should, Clauses: refs("BCL 2.8"),
		Requires: "answers carry Cache-Control: no-store",
		Wild:     wild("nextcloud/user_oidc#1432"),
		Variants: variants(run.Variant{Slug: "accepted"}, run.Variant{Slug: "refused"}),
		Expect:   observe,
		Judge:    noStore,
	},
}

// An answered request: what a response rule looks at.
type answered struct {
	run.Other
	label  string
	answer run.Answer
	// ended: the session was dead afterwards; lived: it was seen alive.
	ended, lived bool
}

// name says where the answer came from.
func (a answered) name() string {
	name := a.Case.Name(a.Variant)
	if a.label == run.TwinSend {
		name += " (control)"
	}
	return name
}

// allAnswers are the answers to form posts of a token, each with what became
// of the session. Other requests may lawfully be answered by a framework.
func allAnswers(seen run.Seen) []answered {
	var out []answered
	for _, other := range seen.Context.Others {
		for label, probe := range map[string]string{run.CaseSend: run.After, run.TwinSend: run.AfterTwin} {
			sent, after := other.Evidence.Sent(label), other.Evidence.LastProbe(run.Named, probe)
			odd := label == run.CaseSend && other.Variant.Odd
			if odd || sent == nil || after == nil || sent.Method != http.MethodPost || sent.Answer.Status == 0 || sent.Answer.Throttled() {
				continue
			}
			out = append(out, answered{
				Other: other, label: label, answer: sent.Answer,
				ended: after.State == run.Dead, lived: after.State == run.Alive,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b answered) int { return strings.Compare(a.name(), b.name()) })
	return out
}

func successStatus(seen run.Seen) []run.Finding {
	done := keep(allAnswers(seen), func(a answered) bool { return a.ended })
	if len(done) == 0 {
		return nothingSeen("no logout was done")
	}
	other := keep(done, func(a answered) bool { return a.answer.Status != 200 && a.answer.Status != 204 })
	if len(other) > 0 {
		return []run.Finding{{
			Verdict: run.Fail, Severity: run.Conformance,
			Text:     "logouts that were done were not answered with 200",
			Expected: "200 (or 204)", Actual: tally(other),
		}}
	}
	if empty := keep(done, func(a answered) bool { return a.answer.Status == 204 }); len(empty) > 0 {
		return []run.Finding{{Verdict: run.Note, Text: "logouts that were done were answered with 204", Expected: "200", Actual: tally(empty)}}
	}
	return nil
}

func refusalStatus(seen run.Seen) []run.Finding {
	refused := keep(allAnswers(seen), func(a answered) bool {
		return a.label == run.CaseSend && a.lived && a.Demand.Expect == refuse
	})
	if len(refused) == 0 {
		return nothingSeen("no token was refused")
	}
	declared := seen.Context.Terms.Declares.RefusalStatus
	var out []run.Finding
	if success := keep(refused, func(a answered) bool { return a.answer.Accepted() }); len(success) > 0 {
		out = append(out, run.Finding{
			Verdict: run.Fail, Severity: run.Conformance,
			Text:     "tokens that were not acted on were answered as successes",
			Expected: "400", Actual: tally(success),
		})
	}
	if broken := keep(refused, func(a answered) bool { return a.answer.Status >= 500 }); len(broken) > 0 {
		out = append(out, run.Finding{
			Verdict: run.Warn, Severity: run.Conformance,
			Text: "refusals were answered with a server error", Expected: "400", Actual: tally(broken),
		})
	}
	other := keep(refused, func(a answered) bool {
		return a.answer.Status >= 300 && a.answer.Status < 500 && !slices.Contains(declared, a.answer.Status)
	})
	if len(other) > 0 {
		out = append(out, run.Finding{
			Verdict: run.Note, Severity: run.Conformance,
			Text: "refusals were answered with another status than 400", Expected: fmt.Sprint(declared), Actual: tally(other),
		})
	}
	return out
}

// noStore looks at the answers of the endpoint itself, not at those that a
// framework gives before it (405, 413, 415).
func noStore(seen run.Seen) []run.Finding {
	accepted := seen.Variant.Slug == "accepted"
	own := keep(allAnswers(seen), func(a answered) bool {
		return !frameworks(a.answer.Status) && (accepted && a.ended || !accepted && a.lived)
	})
	if len(own) == 0 {
		return nothingSeen("there was no such answer")
	}
	missing := keep(own, func(a answered) bool {
		return !strings.Contains(strings.ToLower(a.answer.Header["Cache-Control"]), "no-store")
	})
	if len(missing) == 0 {
		return nil
	}
	return []run.Finding{{
		Verdict: run.Warn, Severity: run.Conformance,
		Text:     fmt.Sprintf("%d of %d answers lack Cache-Control: no-store", len(missing), len(own)),
		Expected: "Cache-Control: no-store", Actual: tally(missing),
	}}
}

// frameworks reports whether a status is one that answers before the endpoint
// itself is asked.
func frameworks(status int) bool {
	switch status {
	case 404, 405, 413, 415, 431:
		return true
	}
	return status >= 500
}

func keep(all []answered, which func(answered) bool) []answered {
	return slices.DeleteFunc(slices.Clone(all), func(a answered) bool { return !which(a) })
}

func nothingSeen(why string) []run.Finding {
	return []run.Finding{{Verdict: run.Inconclusive, Text: "nothing to judge: " + why}}
}

// tally counts statuses and names the first few answers.
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
