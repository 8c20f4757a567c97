package engine_test

import (
	"slices"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// What a refusal is proved by.
const (
	hostileAnswer  = "the answer to the hostile token"
	namedLives     = "the named session alive after it"
	bystanderLives = "the bystander alive after it"
	twinAccepted   = "the twin's answer"
	namedEnds      = "the named session ended after the twin"
)

// otherProof are refusals whose script looks at other things than the standard
// one, by case or variant, each with what it looks at instead.
var otherProof = map[string]string{}

// Every refusal that passed holds its proof: the hostile answer, the named
// session and the bystander alive after it, and the twin that ended the session.
func TestEveryRefusalHoldsItsControl(t *testing.T) {
	t.Parallel()
	unused := map[string]bool{}
	for name := range otherProof {
		unused[name] = true
	}
	for name, doc := range references(t) {
		want, refusals := 0, 0
		for _, c := range cases.All() {
			for _, v := range c.Variants {
				if d := c.Demand(v, doc.Terms); d.NotApplicable == "" && d.Expect == run.Refuse {
					want++
				}
			}
		}
		for _, c := range doc.Cases {
			for _, v := range c.Variants {
				if v.Expect != run.Refuse || v.Verdict == run.NotApplicable {
					continue
				}
				refusals++
				lacks := lacking(v.Evidence)
				if len(lacks) == 0 {
					continue
				}
				if excused := otherwiseProved(c.ID, v.Slug); excused != "" {
					delete(unused, excused)
					continue
				}
				t.Errorf("%s: %s/%s lacks %q", name, c.ID, v.Slug, lacks)
			}
		}
		if refusals != want || want == 0 {
			t.Errorf("%s: %d refusals were seen, and the catalogue has %d", name, refusals, want)
		}
	}
	for name := range unused {
		t.Errorf("%s lacks nothing: it need not be excused", name)
	}
}

// otherwiseProved is the entry that excuses a variant, or nothing.
func otherwiseProved(id, slug string) string {
	for _, name := range []string{id, id + "/" + slug} {
		if otherProof[name] != "" {
			return name
		}
	}
	return ""
}

// lacking walks the evidence of a refusal in the order in which it was seen, and
// says what of its proof is not there.
func lacking(e run.Evidence) []string {
	missing := []string{hostileAnswer, namedLives, bystanderLives, twinAccepted, namedEnds}
	found := func(what string) {
		missing = slices.DeleteFunc(missing, func(m string) bool { return m == what })
	}
	sent, twin := false, false
	alive := map[string]bool{}
	for _, event := range e.Events {
		switch {
		case event.Send != nil && event.Label == run.CaseSend:
			sent, twin = true, false
			clear(alive) // what was seen before says nothing of this one
			if event.Send.Answer.Status != 0 || event.Send.Answer.Error != "" {
				found(hostileAnswer)
			}
		case event.Send != nil && event.Label == run.TwinSend && sent:
			twin = true
			if alive[run.Named] {
				found(namedLives)
			}
			if event.Send.Answer.Accepted() {
				found(twinAccepted)
			}
		case event.Probe != nil && sent && event.Label == run.After:
			alive[event.Session] = event.Probe.State == run.Alive
		case event.Probe != nil && twin && event.Label == run.AfterTwin && event.Session == run.Named:
			if event.Probe.State == run.Dead {
				found(namedEnds)
			}
		}
	}
	if alive[run.Named] {
		found(namedLives)
	}
	if alive[run.Bystander] {
		found(bystanderLives)
	}
	return missing
}

// The walker misses what is not there.
func TestWalkerMissesWhatIsNotThere(t *testing.T) {
	answered := func(label string, status int) run.Event {
		return run.Event{Label: label, Session: run.Named, Send: &run.Send{Answer: run.Answer{Status: status}}}
	}
	probed := func(session, label string, state run.State) run.Event {
		return run.Event{Session: session, Label: label, Probe: &run.Probe{State: state}}
	}
	whole := []run.Event{
		probed(run.Bystander, run.Before, run.Alive),
		probed(run.Named, run.Before, run.Alive),
		answered(run.CaseSend, 400),
		probed(run.Named, run.After, run.Alive),
		probed(run.Bystander, run.After, run.Alive),
		answered(run.TwinSend, 200),
		probed(run.Named, run.AfterTwin, run.Dead),
	}
	without := func(i int) []run.Event { return slices.Delete(slices.Clone(whole), i, i+1) }
	instead := func(i int, e run.Event) []run.Event {
		events := slices.Clone(whole)
		events[i] = e
		return events
	}
	for name, tt := range map[string]struct {
		events []run.Event
		want   []string
	}{
		"whole":                 {whole, nil},
		"no hostile token":      {without(2), []string{hostileAnswer, namedLives, bystanderLives, twinAccepted, namedEnds}},
		"no hostile answer":     {instead(2, answered(run.CaseSend, 0)), []string{hostileAnswer}},
		"no look at the named":  {without(3), []string{namedLives}},
		"the named dead":        {instead(3, probed(run.Named, run.After, run.Dead)), []string{namedLives}},
		"the named unknown":     {instead(3, probed(run.Named, run.After, run.Unknown)), []string{namedLives}},
		"no look at the other":  {without(4), []string{bystanderLives}},
		"the other dead":        {instead(4, probed(run.Bystander, run.After, run.Dead)), []string{bystanderLives}},
		"no twin":               {without(5), []string{twinAccepted, namedEnds}},
		"the twin refused":      {instead(5, answered(run.TwinSend, 400)), []string{twinAccepted}},
		"no look after it":      {without(6), []string{namedEnds}},
		"alive after the twin":  {instead(6, probed(run.Named, run.AfterTwin, run.Alive)), []string{namedEnds}},
		"another one ended":     {instead(6, probed(run.Bystander, run.AfterTwin, run.Dead)), []string{namedEnds}},
		"looked at before only": {slices.Concat(whole[:2], whole[3:5], whole[2:3], whole[5:]), []string{namedLives, bystanderLives}},
		"sent again unobserved": {append(slices.Clone(whole), whole[2]), []string{bystanderLives}},
		"nothing":               {nil, []string{hostileAnswer, namedLives, bystanderLives, twinAccepted, namedEnds}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := lacking(run.Evidence{Started: time.Unix(1, 0), Events: tt.events}); !slices.Equal(got, tt.want) {
				t.Errorf("lacks %q, want %q", got, tt.want)
			}
		})
	}
}
