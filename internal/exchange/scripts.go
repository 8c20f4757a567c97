package exchange

import (
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

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
		s.rec.share(i)
		if !alive {
			first = i
			s.enter(v)
		}
		s.gather(!alive)
		s.rec.stage(i)
		s.Send(run.Sending{Recipe: v.Recipe, Request: v.Carrier()})
		alive = s.look() != run.Dead
	}
	if !alive {
		s.rec.share(0)
		s.enter(s.job.Variants[0])
	} else {
		s.lastLook(first)
	}
	s.rec.share(0)
	s.twin()
}

// single sends one variant that must, or may, be accepted.
func (s *steps) single() {
	v := s.job.Variants[0]
	s.enter(v)
	s.gather(true)
	s.Send(run.Sending{Recipe: v.Recipe, Request: v.Carrier()})
	if s.job.Case.Demand(v, s.runner.Terms).Expect == run.Revoke {
		s.AwaitDeath(run.Named, run.After)
		s.Settle()
		s.Probe(run.Bystander, run.After)
		s.lookAtCompany()
		return
	}
	if s.look() != run.Dead {
		s.lastLook(0)
		s.twin()
	}
}

// enter logs in whom the token of a variant is about.
func (s *steps) enter(v run.Variant) { s.Enter(run.Named, run.Visitor{User: "alice", At: v.At}) }

// look gives the target the time it takes to end a session, and then asks.
func (s *steps) look() run.State {
	s.Settle()
	state := s.Probe(run.Named, run.After)
	s.Probe(run.Bystander, run.After)
	s.lookAtCompany()
	return state
}

// lastLook sees the survivor once more, later than this target was seen to
// need: a hostile token may take longer than a good one, and the control must
// not get the credit for what it did. It belongs to the variants that the
// session was there for, from the first on.
func (s *steps) lastLook(first int) {
	s.rec.share(first)
	s.Wait("a hostile token may take longer than a good one", run.Duration(reserve))
	s.Probe(run.Named, run.After)
	s.Probe(run.Bystander, run.After)
	for _, c := range s.job.Case.Company {
		if there := s.session(c.Session); there != nil && there.since >= first {
			s.rec.share(there.since)
		}
		s.Probe(c.Session, run.After)
		s.rec.share(first)
	}
}

// reserve is how much longer than good tokens a hostile one may take.
const reserve = 250 * time.Millisecond

// twin sends the control of a refusal.
func (s *steps) twin() {
	s.Send(run.Sending{Label: run.TwinSend, Recipe: s.job.Variants[0].Recipe.Twin()})
	s.AwaitDeath(run.Named, run.AfterTwin)
}
