package exchange

import (
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// gather logs the companions of the case in: all at first, and later those whose
// session ended, or who share the sid of a named session that is a new one.
func (s *steps) gather(named bool) {
	for _, c := range s.job.Case.Company {
		there, entered := s.sessions[c.Session]
		shares := named && strings.Contains(c.Who.Sid, "${"+run.Named+".")
		if !entered || there.known || shares {
			s.Enter(c.Session, c.Who)
		}
	}
}

// lookAtCompany asks whether the companions live. Who is dead is let in again
// before the next variant, which must not get the blame.
func (s *steps) lookAtCompany() {
	for _, c := range s.job.Case.Company {
		dead := s.Probe(c.Session, run.After) == run.Dead
		if there := s.session(c.Session); there != nil {
			there.known = dead
		}
	}
}
