package cases

import (
	"slices"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// Names that have the form which a variant of clm-sub-near-miss takes away.
var namesWithForm = map[string]string{
	"decomposed": "\u00e4lice", "composed": "a\u0308lice", "leading-zeros": "7",
}

// spareByName logs somebody in whose name has the form that the variant misses.
// A target that has no such users is left alone.
func spareByName(s run.Steps, v run.Variant) {
	name, special := namesWithForm[v.Slug]
	if !special {
		spare(s, v)
		return
	}
	if s.TryEnter(run.Named, run.Visitor{User: name}) == run.Alive {
		spareNamed(s, v)
	}
}

func namedUserLives(seen run.Seen) []run.Finding {
	if _, special := namesWithForm[seen.Variant.Slug]; special && seen.Evidence.Sent(run.CaseSend) == nil && ended(seen, run.Named) {
		return []run.Finding{{Verdict: run.Note, Text: "nobody whose name has this form can log in, so there is nobody to be mistaken for"}}
	}
	return realUserLives(seen)
}

// wildcardEndsNobody is realUserLives, without a long answer that would show
// that the pattern was worked on.
func wildcardEndsNobody(seen run.Seen) []run.Finding {
	return slices.Concat(realUserLives(seen), quickly(seen))
}

// widened notes that a hollow sid ended every session of the user.
func widened(seen run.Seen) []run.Finding {
	before := seen.Evidence.LastProbe(run.Named, run.Before)
	if !ended(seen, run.Named) || before == nil || before.State != run.Alive {
		return nil
	}
	text := "a hollow sid ended the one session only"
	if ended(seen, run.Sibling) {
		text = "a hollow sid counts as none: it ended every session of the user"
	}
	return []run.Finding{{Verdict: run.Note, Text: text}}
}

// twoUsers sends a token about the named user with the session of another.
func twoUsers(s run.Steps, v run.Variant) {
	s.Enter(run.Named, alice)
	s.Enter(bob.Session, bob.Who)
	s.Send(run.Sending{Recipe: v.Recipe})
	s.Settle()
	s.Wait("a hostile token may take longer than a good one", run.Duration(reserve))
	state := s.Probe(run.Named, run.After)
	s.Probe(bob.Session, run.After)
	if state == run.Alive {
		s.Send(run.Sending{Label: run.TwinSend, Recipe: v.Recipe.Twin()})
		s.AwaitDeath(run.Named, run.AfterTwin)
	}
}

func notBoth(seen run.Seen) []run.Finding {
	named, other := ended(seen, run.Named), ended(seen, bob.Session)
	if !named && !other {
		return verdict.Spared(seen)
	}
	finding := run.Finding{
		Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security, Breach: true,
		Text:     "a token about one user with the session of another ended the session of the user",
		Expected: "neither session ends",
	}
	switch {
	case named && other:
		finding.Verdict, finding.Text = run.Fail, "one token ended the sessions of two users"
	case other:
		finding.Text = "a token about one user ended the session of another"
	}
	return []run.Finding{finding}
}
