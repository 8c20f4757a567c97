package cases

import (
	"fmt"
	"time"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// spare sends a token that names nobody, though it comes near the named user.
// No answer is wrong; the session must live, and the control must end it.
func spare(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	spareNamed(s, v)
}

func spareNamed(s run.Steps, v run.Variant) {
	s.Send(run.Sending{Recipe: v.Recipe})
	s.Settle()
	if s.Probe(run.Named, run.After) != run.Alive {
		return
	}
	s.Wait("a hostile token may take longer than a good one", run.Duration(reserve))
	if s.Probe(run.Named, run.After) != run.Alive {
		return
	}
	s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}

// realUserLives: the wrong session ending breaks a MUST, whatever the level of
// the case.
func realUserLives(seen run.Seen) []run.Finding {
	seen.Demand.Level = must
	return verdict.Spared(seen)
}

// mayEnd is a companion whose end a judge weighs.
func mayEnd(c run.Companion) run.Companion {
	c.MayEnd = true
	return c
}

// lastSubCounts notes that the second of two sub was followed, which is right
// as long as the first was not.
func lastSubCounts(seen run.Seen) []run.Finding {
	if !ended(seen, bob.Session) || ended(seen, run.Named) {
		return nil
	}
	return []run.Finding{{Verdict: run.Note, Text: "of two sub the last one counts", Actual: "the session of the second user ended"}}
}

// ended reports whether a session was seen dead after the request.
func ended(seen run.Seen, session string) bool {
	after := seen.Evidence.LastProbe(session, run.After)
	return after != nil && after.State == run.Dead
}

// quickly: the answer came about as fast as that to a plain token.
func quickly(seen run.Seen) []run.Finding {
	const slow, factor = run.Millis(2000), 20
	sent, twin := seen.Evidence.Sent(run.CaseSend), seen.Evidence.Sent(run.TwinSend)
	if sent == nil || sent.Answer.Status == 0 || sent.Answer.Took < slow {
		return nil
	}
	if twin != nil && sent.Answer.Took < factor*twin.Answer.Took {
		return nil
	}
	return []run.Finding{{
		Verdict: run.Warn, Severity: run.Conformance,
		Text:     "the answer took long",
		Expected: fmt.Sprintf("less than %v, or about as long as a plain token takes", slow.Duration()),
		Actual:   sent.Answer.Took.Duration().Round(time.Millisecond).String(),
	}}
}

// withinDeadline: the answer came before a sender would have tried again.
func withinDeadline(seen run.Seen) []run.Finding {
	sent := seen.Evidence.Sent(run.CaseSend)
	if sent == nil || sent.Answer.Took.Duration() <= deadline {
		return nil
	}
	return inForce(seen, run.Conformance, "the answer came after the deadline",
		"an answer within "+deadline.String(), sent.Answer.Took.Duration().Round(time.Millisecond).String())
}

// reserve is how much longer than a good token a hostile one may take.
const reserve = 250 * time.Millisecond
