package cases

import (
	"fmt"
	"time"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// The flood: so many batches of so many tokens, with a pause after each.
const (
	batches   = 10
	batchSize = 20
	between   = 6 * time.Second
	// allowance is how many fetches of the keys it may cost beside those that
	// are due whenever the cache has run out.
	allowance = 10
	flooding  = "flood"
)

// flood sends forged tokens, each of a key id of its own, and a valid one amid
// them.
func flood(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Enter(friend, run.Visitor{User: friend})
	s.Fetches()
	for i := range batches {
		s.SendAll(numbered(run.Sending{Label: fmt.Sprintf("%s-%d", flooding, i+1), Recipe: v.Recipe}, batchSize))
		if i == batches/2 {
			s.Send(run.Sending{Session: friend, Label: amidst, Recipe: valid()})
			s.AwaitDeath(friend, amidst)
		}
		s.Wait("a flood of a minute", run.Duration(between))
	}
	s.Send(run.Sending{Recipe: v.Recipe})
	survivor(s)
	s.Fetches()
	recovered(s)
}

// due is how many fetches the cache of the target asks for by itself in that
// time: one whenever it has run out, and no more than there are moments at which
// tokens come.
func due(t run.Terms) int {
	cache := max(time.Duration(t.Declares.KeyCache), time.Millisecond)
	return min(int(batches*between/cache), batches+2)
}

func fewFetches(seen run.Seen) []run.Finding {
	out := append(verdict.Standard(seen), servedMeanwhile(seen)...)
	fetched, known := spentFetches(seen.Evidence)
	allowed := allowance + due(seen.Context.Terms)
	switch {
	case !known:
		return append(out, notThrough()...)
	case fetched > allowed:
		out = append(out, inForce(seen, run.Conformance, fmt.Sprintf("%d forged tokens had the keys fetched %d times", batches*batchSize, fetched),
			fmt.Sprintf("at most %d fetches", allowed), fmt.Sprintf("%d fetches", fetched))...)
	}
	throttled := 0
	for _, sent := range seen.Evidence.Sends(flooding) {
		if sent.Answer.Throttled() {
			throttled++
		}
	}
	if throttled > 0 {
		out = append(out, worthKnowing("the target throttles a flood", fmt.Sprintf("%d tokens were answered with 429 or 503", throttled))...)
	}
	return out
}

// spentFetches is how often the keys were fetched between the first count and
// the last.
func spentFetches(e run.Evidence) (times int, known bool) {
	var counts []int
	for _, event := range e.Events {
		if event.Issuer != nil && event.Issuer.Fetches != nil {
			counts = append(counts, *event.Issuer.Fetches)
		}
	}
	if len(counts) < 2 {
		return 0, false
	}
	return counts[len(counts)-1] - counts[0], true
}
