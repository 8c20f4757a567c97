package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// deadline is how long a sender waits before it tries again.
const deadline = 10 * time.Second

func answeredInTime(seen run.Seen) []run.Finding {
	if seen.Variant.Slug == "no-growth" {
		return noGrowth(seen)
	}
	all := keep(allAnswers(seen), func(a answered) bool {
		return !deliberate(a) && (a.answer.Status != 0 || a.answer.Timeout) // else the run was over first, or the connection
	})
	if len(all) == 0 {
		return nothingSeen("nothing was answered")
	}
	late := keep(all, func(a answered) bool { return a.answer.Timeout || a.answer.Took.Duration() > deadline })
	if len(late) == 0 {
		return nil
	}
	return []run.Finding{{
		Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Conformance,
		Text:     fmt.Sprintf("%d of %d requests were not answered within the deadline", len(late), len(all)),
		Expected: "an answer within " + deadline.String(), Actual: tally(late),
	}}
}

// deliberate reports whether the request itself took its time.
func deliberate(a answered) bool {
	q := a.sent.Carrier
	return q != nil && q.Wire != nil && (q.Wire.Pause > 0 || q.Wire.After > 0 || q.Wire.Within > 0)
}

const (
	// leastQuarter is how many answers there are at least, such as in a quarter
	// of the run, before their median says something.
	leastQuarter = 10
	// leastGrowth is what growth is at least, whatever its ratio: a busy
	// machine alone can double short times.
	leastGrowth = 500 * time.Millisecond
)

// noGrowth compares the controls at the beginning of a run with those at its
// end: the same valid token each time, so that only the target can differ.
func noGrowth(seen run.Seen) []run.Finding {
	controls := judged(seen, func(a answered) bool { return a.label == run.TwinSend && a.ended })
	slices.SortFunc(controls, func(a, b answered) int { return a.at.Compare(b.at) })
	quarter := len(controls) / 4
	if quarter < leastQuarter {
		return nil
	}
	first, last := median(controls[:quarter]).Duration(), median(controls[len(controls)-quarter:]).Duration()
	if last < 3*first || last-first < leastGrowth {
		return nil
	}
	return []run.Finding{{
		Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Conformance,
		Text:     "answers to valid tokens took longer and longer over the run",
		Expected: "about " + first.String() + ", as at the beginning",
		Actual:   fmt.Sprintf("%s in the last quarter (the middle one of %d)", last, quarter),
	}}
}

// macTiming only records: a run sees little, and a network is noisy. With fewer
// answers than a median takes it says nothing. A public key has nothing to tell.
func macTiming(seen run.Seen) []run.Finding {
	refused := judged(seen, func(a answered) bool { return a.hostile() && a.lived && a.plain() })
	if len(refused) == 0 {
		return nothingSeen("nothing was refused")
	}
	if !run.WithHMAC.Holds(seen.Context.Terms) {
		return nil
	}
	none := keep(refused, func(a answered) bool { return foreignKey(a.sent.Recipe) })
	half := keep(refused, func(a answered) bool { return strings.Contains(a.sent.Recipe.Write.Signature, "flip-bit") })
	if min(len(none), len(half)) < leastQuarter {
		return nil
	}
	return []run.Finding{{
		Verdict: run.Note,
		Text:    "how long refusals took is recorded: with no byte of the signature right, and with its first half right",
		Actual:  fmt.Sprintf("%v (the middle one of %d), and %v (of %d)", median(none).Duration(), len(none), median(half).Duration(), len(half)),
	}}
}

// foreignKey reports whether somebody else's key signed.
func foreignKey(r fixtures.Recipe) bool {
	foreign := []fixtures.Role{fixtures.Rogue, fixtures.OtherIssuer, fixtures.ByText}
	return slices.Contains(foreign, r.Sign.Key) && r.Write.Signature == ""
}
