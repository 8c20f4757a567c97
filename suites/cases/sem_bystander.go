package cases

import (
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// bystandersLive judges every probe of every bystander. A death that went away
// when the exchange was repeated alone was somebody else's doing, and is
// reported there. One that nobody was seen to cause may be a late effect of any
// token, a session that was over, or the work of a hook.
func bystandersLive(seen run.Seen) []run.Finding {
	probed, helped := 0, false
	var died, lost []string
	for _, other := range seen.Context.Others {
		name := other.Case.Name(other.Variant)
		if other.Evidence.LastProbe(run.Bystander, run.Lost) != nil {
			lost = append(lost, "before "+name)
		}
		for _, event := range other.Evidence.Events {
			helped = helped || event.Hook != nil
		}
		before, after := other.Evidence.LastProbe(run.Bystander, run.Before), other.Evidence.LastProbe(run.Bystander, run.After)
		if before == nil || after == nil || before.State != run.Alive {
			continue
		}
		probed++
		if after.State == run.Dead {
			died = append(died, name)
		}
	}
	for _, event := range seen.Context.Observed.Farewell {
		if event.Probe != nil && event.Probe.State != run.Alive {
			lost = append(lost, "at the end of the run")
		}
	}
	found := "found dead " + strings.Join(lost, ", ")
	switch {
	case probed == 0:
		return unclear("no bystander was seen through an exchange")
	case len(died) > 0:
		return []run.Finding{{
			Verdict: run.Fail, Severity: run.Security,
			Text:     "another user's session ended",
			Expected: "bystanders live through the whole run", Actual: "dead after " + strings.Join(died, ", "),
		}}
	case len(lost) > 0 && helped:
		return worthKnowing("a bystander's session ended between exchanges, in a run whose hooks restart the target or take its store away", found)
	case len(lost) > 0:
		return []run.Finding{{
			Verdict: run.Inconclusive, Text: "a bystander's session ended between exchanges: by the late effect of a token, or because it was over",
			Expected: "bystanders live through the whole run", Actual: found,
		}}
	}
	return nil
}
