package verdict

import "github.com/loggedout/loggedout/internal/run"

// Spared judges a token that names nobody, though it comes near: whatever the
// answer (a logout of somebody unknown may be called done, Back-Channel Logout
// 1.0, section 2.7), the named session stays alive, and the twin ends it.
func Spared(seen run.Seen) []run.Finding {
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
	if hasty := tooSoon(seen); hasty != nil {
		return hasty
	}
	return control(seen)
}
