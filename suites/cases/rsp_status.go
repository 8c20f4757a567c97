package cases

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// successStatus: a session that ended by a token that was to be refused is a
// breach, which its own case tells.
func successStatus(seen run.Seen) []run.Finding {
	done := judged(seen, func(a answered) bool { return a.ended && a.posted() && !a.hostile() })
	if seen.Context.Wildcard { // it may have ended the session of a request that was lawfully refused
		done = keep(done, func(a answered) bool { return a.Demand.Expect == revoke || a.answer.Accepted() })
	}
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

// refusalStatus: a request that is no plain form post may be answered by
// whatever stands before the endpoint, with a status of its own.
func refusalStatus(seen run.Seen) []run.Finding {
	refused := judged(seen, func(a answered) bool {
		return a.hostile() && a.lived && a.posted()
	})
	if len(refused) == 0 {
		return nothingSeen("no token was refused")
	}
	declared := seen.Context.Terms.Declares.RefusalStatus
	var out []run.Finding
	say := func(v run.Verdict, text, expected string, which func(answered) bool) {
		if found := keep(refused, which); len(found) > 0 {
			out = append(out, run.Finding{Verdict: v, Severity: run.Conformance, Text: text, Expected: expected, Actual: tally(found)})
		}
	}
	// Where no standard demands a refusal, or nobody is named whom the target
	// knows, doing nothing may have been a success.
	binding := func(a answered) bool {
		return (a.Demand.Level == must || a.Demand.Level == should) && !a.namesAnother()
	}
	say(run.Fail, "tokens that were not acted on were answered as successes", "400",
		func(a answered) bool { return a.answer.Accepted() && binding(a) })
	say(run.Warn, "refusals were answered with a server error", "400",
		func(a answered) bool { return a.answer.Status >= 500 })
	say(run.Note, "refusals were answered with another status than 400", fmt.Sprint(declared),
		func(a answered) bool {
			return a.plain() && a.answer.Status >= 400 && a.answer.Status < 500 && !slices.Contains(declared, a.answer.Status)
		})
	return out
}

// noLoginWall looks at plain form posts: others may lawfully be redirected, such
// as to the path with or without a slash at its end.
func noLoginWall(seen run.Seen) []run.Finding {
	all := judged(seen, answered.plain)
	if len(all) == 0 {
		return nothingSeen("nothing was answered")
	}
	finding := run.Finding{
		Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Conformance,
		Expected: "200 or 400, from the endpoint itself",
		Cause:    "the endpoint stands behind the login wall: it has to answer without a session",
	}
	var walled []answered
	if seen.Variant.Slug == "redirect" {
		walled = keep(all, func(a answered) bool { return a.answer.Status/100 == 3 })
		finding.Text = fmt.Sprintf("%d of %d logout requests were redirected", len(walled), len(all))
	} else {
		walled = keep(all, func(a answered) bool { return a.answer.Status == http.StatusOK && a.has(run.LoginPage) })
		finding.Text = fmt.Sprintf("%d of %d logout requests were answered with a login page", len(walled), len(all))
	}
	if len(walled) == 0 {
		return nil
	}
	finding.Actual = tally(walled)
	if where := walled[0].answer.Header["Location"]; where != "" {
		finding.Actual += ", the first one to " + where
	}
	return []run.Finding{finding}
}
