package exchange

import (
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// The user of the named session, in the standard scripts.
var alice = run.Visitor{User: "alice"}

// script is what a job does between the bystander's two probes.
func (s *steps) script() {
	v := s.job.Variants[0]
	standard := s.single
	if s.job.Case.Demand(v, s.runner.Terms).Expect == run.Refuse {
		standard = s.refusals
	}
	switch {
	case s.job.Case.Steps != nil:
		s.rec.stage(0)
		s.job.Case.Steps(s, v)
		s.Probe(run.Bystander, run.After)
	case s.job.Case.Around != nil:
		s.job.Case.Around(s, standard)
	default:
		standard()
	}
}

// refusals sends variants that have to be refused to one session in turn, and
// then the control: the twin must end that same session.
func (s *steps) refusals() {
	alive, first := false, 0 // the first variant of this session
	for i, v := range s.job.Variants {
		if !alive {
			first = i
			s.rec.share(first)
			s.Enter(run.Named, alice)
		}
		s.rec.stage(i)
		s.Send(run.Sending{Recipe: v.Recipe, Request: v.Carrier()})
		alive = s.look() != run.Dead
	}
	if !alive {
		s.rec.share(0)
		s.Enter(run.Named, alice)
	} else {
		s.rec.share(first)
		s.lastLook()
	}
	s.rec.share(0)
	s.twin()
}

// lastLook sees the survivor once more, later than this target was seen to
// need: a hostile token may take longer than a good one, and the control must
// not get the credit for what it did.
func (s *steps) lastLook() {
	s.Wait("a hostile token may take longer than a good one", run.Duration(reserve))
	s.Probe(run.Named, run.After)
	s.Probe(run.Bystander, run.After)
}

// reserve is how much longer than good tokens a hostile one may take.
const reserve = 250 * time.Millisecond

// single sends one variant that must, or may, be accepted.
func (s *steps) single() {
	v := s.job.Variants[0]
	s.Enter(run.Named, alice)
	s.Send(run.Sending{Recipe: v.Recipe, Request: v.Carrier()})
	if s.job.Case.Demand(v, s.runner.Terms).Expect == run.Revoke {
		s.AwaitDeath(run.Named, run.After)
		s.Settle()
		s.Probe(run.Bystander, run.After)
		return
	}
	if s.look() != run.Dead {
		s.lastLook()
		s.twin()
	}
}

// look gives the target the time it takes to end a session, and then asks.
func (s *steps) look() run.State {
	s.Settle()
	state := s.Probe(run.Named, run.After)
	s.Probe(run.Bystander, run.After)
	return state
}

// twin sends the control of a refusal.
func (s *steps) twin() {
	s.Send(run.Sending{Label: run.TwinSend, Recipe: s.job.Variants[0].Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}
