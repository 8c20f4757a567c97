package cases

import (
	"slices"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// scout is a user whose session shows that the target has fetched the issuer's
// keys again: it ends by a token of a key that was not there before.
const scout = "scout"

// beside has the issuer publish further entries beside its own keys, and goes
// on when the target is seen to know them, or was given the time it declares. A
// refusal counts only then ([scouted]). ${fresh} in an entry is a text that
// nobody has seen before, so that no receiver knows a key of that id already.
func beside(entries ...string) func(run.Steps, func()) {
	return func(s run.Steps, standard func()) {
		fresh := `{${scout.members},"kid":"${fresh}","use":"sig"}`
		s.Serve(fixtures.JWKS{Also: append(slices.Clone(entries), fresh)})
		s.Enter(scout, run.Visitor{User: scout})
		if !sendScout(s) {
			s.Wait("keys may be cached that long", cacheOf(s.Terms()))
			sendScout(s)
		}
		standard()
	}
}

func sendScout(s run.Steps) (arrived bool) {
	s.Send(run.Sending{Session: scout, Label: scout, Recipe: valid().SignedBy(fixtures.Scout).Kid("${fresh}")})
	return s.AwaitDeath(scout, run.After) == run.Dead
}

// besideFor does so for a target that is not registered for the algorithm, and
// whose issuer has no key of its kind.
func besideFor(alg string, entries ...string) func(run.Steps, func()) {
	published := beside(entries...)
	return func(s run.Steps, standard func()) {
		if s.Terms().Alg == alg {
			standard()
			return
		}
		published(s, standard)
	}
}

// scouted says that nothing was learned of a target that never knew the key.
func scouted(seen run.Seen) []run.Finding {
	e := seen.Evidence
	ended := e.LastProbe(run.Named, run.After)
	if ended == nil || ended.State == run.Dead || e.Sent(scout) == nil {
		return nil
	}
	if after := e.LastProbe(scout, run.After); after != nil && after.State == run.Dead {
		return nil
	}
	return unclear("the target was never seen to fetch the issuer's changed keys")
}
