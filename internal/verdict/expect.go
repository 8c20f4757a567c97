package verdict

import (
	"fmt"

	"github.com/loggedout/loggedout/internal/run"
)

// Refused judges a refusal: the named session stays alive, its twin ends it, and
// the answer is no success. Judges of cases with steps of their own call it for
// evidence that has the labels of the standard script.
func Refused(seen run.Seen) []run.Finding {
	if problem := survived(seen); problem != nil {
		return problem
	}
	return append(silent(seen, seen.Evidence.Sent(run.CaseSend).Answer), control(seen)...)
}

// Spared judges a token that names nobody, though it comes near: whatever the
// answer (a logout of somebody unknown may be called done, Back-Channel Logout
// 1.0, section 2.7), the named session stays alive, and the twin ends it.
func Spared(seen run.Seen) []run.Finding {
	if problem := survived(seen); problem != nil {
		return problem
	}
	return control(seen)
}

// survived says what keeps the named session from being a survivor; nil when it
// is one.
func survived(seen run.Seen) []run.Finding {
	e := seen.Evidence
	sent, after := e.Sent(run.CaseSend), e.LastProbe(run.Named, run.After)
	if sent == nil || after == nil {
		return inconclusive("the exchange was not carried through", "")
	}
	switch after.State {
	case run.Dead:
		return []run.Finding{breach(seen, *sent, *after)}
	case run.Unknown:
		return inconclusive("nobody can tell whether the session lives", after.Why)
	case run.Alive:
	}
	if sent.Answer.Throttled() {
		return inconclusive("the target throttled the request: it may never have been looked at", status(sent.Answer))
	}
	return tooSoon(seen)
}

// tooSoon: the session was looked at before this target could have ended it.
func tooSoon(seen run.Seen) []run.Finding {
	late := seen.Context.LongestDeath
	if seen.Evidence.Settled() >= late {
		return nil
	}
	return inconclusive(fmt.Sprintf("the session was looked at sooner than this target was seen to end one (%v after the answer)", late.Duration()), "")
}

// breach: a token that had to be refused ended the session.
func breach(seen run.Seen, sent run.Send, after run.Probe) run.Finding {
	severity := seen.Case.Harm
	switch {
	case severity != "":
	case seen.Demand.Level == run.Must:
		severity = run.Security
	default:
		severity = run.Conformance
	}
	return run.Finding{
		Verdict: Broken(seen.Demand.Level), Severity: severity, Breach: true,
		Text:     sends(seen) + " ended the session",
		Expected: "refused, the session lives",
		Actual:   status(sent.Answer) + ", the session is dead: " + after.Why,
	}
}

// silent: a refusal that claims success. The status itself is judged by
// rsp-refusal-status.
func silent(seen run.Seen, a run.Answer) []run.Finding {
	if !a.Accepted() {
		return nil
	}
	return []run.Finding{{
		Verdict: run.Note, Severity: run.Conformance,
		Text:     sends(seen) + " was answered as a success, though the session lives",
		Expected: "400", Actual: status(a),
	}}
}

// control: without a twin that works, a refusal proves nothing.
func control(seen run.Seen) []run.Finding {
	twin, dead := seen.Evidence.Sent(run.TwinSend), seen.Evidence.LastProbe(run.Named, run.AfterTwin)
	if twin == nil || dead == nil {
		return inconclusive("the control was never sent", "")
	}
	if dead.State == run.Dead {
		return nil
	}
	actual := "the twin was answered with " + status(twin.Answer) + ", and the session is " + string(dead.State)
	base := seen.Context.Baselines[string(seen.Variant.Base())]
	switch {
	case !base.OK:
		return inconclusive(fmt.Sprintf("the control failed as the baseline %s does: %s", seen.Variant.Base(), base.Why), actual)
	case seen.Context.Observed.LockedOut:
		return inconclusive("the target locked the sender out after many bad tokens", actual)
	case twin.Answer.Throttled() || dead.State == run.Unknown:
		return inconclusive("the control could not be completed", actual)
	}
	return []run.Finding{{
		Verdict: run.Fail, Severity: run.Security, Breach: true,
		Text:     "after " + sends(seen) + " a valid token no longer ends the session, though it does elsewhere",
		Expected: "the valid twin ends the session", Actual: actual,
	}}
}

// revoke: 2xx, and the named session is dead.
func revoke(seen run.Seen) []run.Finding {
	return Revoked(seen, seen.Evidence.Sent(run.CaseSend), seen.Evidence.LastProbe(run.Named, run.After))
}

// Revoked judges an answer that had to be a success and the session that it
// had to end. Nil stands for what was never seen.
func Revoked(seen run.Seen, sent *run.Send, after *run.Probe) []run.Finding {
	if sent == nil || after == nil {
		return inconclusive("the exchange was not carried through", "")
	}
	a := sent.Answer
	actual := fmt.Sprintf("%s, the session is %s: %s", status(a), after.State, after.Why)
	if after.State == run.Unknown {
		return inconclusive("nobody can tell whether the session lives", actual)
	}
	if a.Accepted() && after.State == run.Dead {
		return nil
	}
	if a.Status == 0 || a.Throttled() {
		return []run.Finding{{
			Verdict: run.Inconclusive, Text: "a valid request got no answer that can be judged",
			Expected: "200, and the session ends", Actual: actual, Cause: cause(seen, a),
		}}
	}
	finding := run.Finding{
		Verdict: Broken(seen.Demand.Level), Expected: "200, and the session ends", Actual: actual, Cause: cause(seen, a),
	}
	switch {
	case a.Accepted():
		finding.Severity, finding.Text = run.Security, sends(seen)+" was accepted, yet the session lives"
	case after.State == run.Dead:
		finding.Severity, finding.Text = run.Conformance, sends(seen)+" ended the session, yet was answered as a failure"
	default:
		finding.Severity, finding.Text = run.Interop, sends(seen)+" was refused"
	}
	if why := Unfounded(seen); why != "" && after.State == run.Alive {
		return inconclusive(sends(seen)+" fails as "+why, actual)
	}
	return []run.Finding{finding}
}

// Unfounded says why a case has nothing to rest on: its baseline fails. It is
// empty when the baseline works, and for the baseline itself.
func Unfounded(seen run.Seen) string {
	base := string(seen.Variant.Base())
	at := seen.Context.Baselines[base]
	if at.OK || base == seen.Case.ID {
		return ""
	}
	return fmt.Sprintf("its baseline %s does: %s", base, at.Why)
}

// either: the invariants hold; what happened is worth knowing.
func either(seen run.Seen) []run.Finding {
	e := seen.Evidence
	sent, after := e.Sent(run.CaseSend), e.LastProbe(run.Named, run.After)
	switch {
	case sent == nil || after == nil:
		return inconclusive("the exchange was not carried through", "")
	case after.State == run.Unknown:
		return inconclusive("nobody can tell whether the session lives", after.Why)
	case sent.Answer.Throttled():
		return inconclusive("the target throttled the request: it may never have been looked at", status(sent.Answer))
	case after.State == run.Dead:
		return []run.Finding{{Verdict: run.Note, Text: sends(seen) + " ended the session, which is allowed", Actual: status(sent.Answer)}}
	}
	if problems := control(seen); len(problems) > 0 {
		return problems
	}
	return []run.Finding{{Verdict: run.Note, Text: sends(seen) + " was refused, which is allowed", Actual: status(sent.Answer)}}
}

func inconclusive(text, actual string) []run.Finding {
	return []run.Finding{{Verdict: run.Inconclusive, Text: text, Actual: actual}}
}

// status is an answer in a word or two.
func status(a run.Answer) string {
	if a.Status == 0 {
		return "no answer (" + a.Error + ")"
	}
	return fmt.Sprint(a.Status)
}

// Status is an answer in a word or two, for the judges of single cases.
func Status(a run.Answer) string { return status(a) }
