package verdict

import (
	"github.com/loggedout/loggedout/internal/run"
)

// Baseline reads off how a baseline went. The first variant of the case counts.
func Baseline(e run.Evidence) run.Baseline {
	sent, after := e.Sent(run.CaseSend), e.LastProbe(run.Named, run.After)
	switch {
	case e.Fault != nil:
		return run.Baseline{Why: e.Fault.Text}
	case sent == nil || after == nil:
		return run.Baseline{Why: "it was not carried through"}
	case !sent.Answer.Accepted() || after.State != run.Dead:
		return run.Baseline{Why: status(sent.Answer) + ", and the session is " + string(after.State)}
	}
	return run.Baseline{OK: true, Death: after.After}
}
