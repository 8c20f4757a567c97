package exchange

import (
	"fmt"
	"time"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

func (s *steps) Probe(name, label string) run.State {
	asked := s.session(name)
	if asked == nil {
		return run.Unknown
	}
	return s.probe(run.Event{Session: name, Label: label, Place: asked.about.Place}, func() run.Probe {
		return asked.browser.Probe(s.ctx, asked.user())
	})
}

func (s *steps) ProbeAt(name string, at run.Place, label string) run.State {
	asked := s.session(name)
	if asked == nil {
		return run.Unknown
	}
	there := s.target(at)
	if there == nil {
		return run.Unknown
	}
	nodes := []*target.Target{there}
	if at == run.AtReplica {
		nodes = append(nodes, s.runner.Nodes...)
	}
	state := run.Dead
	for _, node := range nodes {
		browser := browserAt(asked.browser, at, node)
		if seen := s.probe(run.Event{Session: name, Label: label, Place: at}, func() run.Probe {
			return browser.Probe(s.ctx, asked.user())
		}); seen != run.Dead {
			state = seen
		}
	}
	return state
}

func (s *steps) ProbeSurfaces(name, label string) {
	asked := s.session(name)
	if asked == nil {
		return
	}
	there := s.target(asked.about.Place)
	if there == nil {
		return
	}
	for _, surface := range there.Surfaces() {
		s.probe(run.Event{Session: name + "@" + surface, Label: label, Place: asked.about.Place}, func() run.Probe {
			return asked.browser.ProbeSurface(s.ctx, surface, asked.user())
		})
	}
}

func (s *steps) ProbeWith(earlier string, as run.Presented, label string) run.State {
	if s.Stopped() {
		return run.Unknown
	}
	shown, ok := s.sent[earlier]
	if !ok {
		s.stop(fmt.Errorf("the script of %s shows the token of %q, which it never sent", s.job.Case.ID, earlier))
		return run.Unknown
	}
	of := s.session(shown.Session)
	if of == nil {
		return run.Unknown
	}
	there := s.target(of.about.Place)
	if there == nil {
		return run.Unknown
	}
	ask := there.ProbeBearer
	switch as {
	case run.AsBearer:
	case run.AsLogin:
		ask = there.ProbeLogin
	default:
		s.stop(fmt.Errorf("the script of %s shows a token as %q, which nobody knows", s.job.Case.ID, as))
		return run.Unknown
	}
	event := run.Event{Session: shown.Session + "@" + string(as), Label: label, Place: of.about.Place}
	return s.probe(event, func() run.Probe {
		return ask(s.ctx, shown.token.Wire, of.user())
	})
}

// probe asks and records.
func (s *steps) probe(event run.Event, ask func() run.Probe) run.State {
	start := s.rec.clock()
	probe := ask()
	event.Probe = &probe
	s.rec.add(start, event)
	return probe.State
}

func (s *steps) AwaitDeath(name, label string) run.State {
	asked := s.session(name)
	if asked == nil {
		return run.Unknown
	}
	patience := s.runner.Pace.Patience(s.accepted)
	w := s.watch(asked)
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		start, probe := w.look()
		since := start.Sub(s.answered)
		if probe.State == run.Dead || since >= patience || s.Stopped() {
			s.rec.add(start, run.Event{Session: name, Label: label, Place: asked.about.Place, Probe: &probe})
			return probe.State
		}
		s.stop(pause(s.ctx, min(wait, max(patience-since, time.Millisecond))))
	}
}

func (s *steps) WatchDeath(name, label string, at ...run.Duration) run.State {
	asked := s.session(name)
	if asked == nil {
		return run.Unknown
	}
	w := s.watch(asked)
	start, probe := w.look()
	for {
		s.rec.add(start, run.Event{Session: name, Label: label, Place: asked.about.Place, Probe: &probe})
		if probe.State == run.Dead || len(at) == 0 || s.runner.Pace.Hopeless() || s.Stopped() {
			return probe.State
		}
		s.linger(s.answered.Add(time.Duration(at[0])).Sub(s.rec.clock()))
		start, probe = w.look()
		at = at[1:]
	}
}

// A watcher looks at a session until it is dead.
type watcher struct {
	steps *steps
	of    *session
}

func (s *steps) watch(asked *session) watcher { return watcher{s, asked} }

// look probes, and says how long after the answer that was, when the session was
// seen alive since then: else it may have died at any time.
func (w watcher) look() (start time.Time, probe run.Probe) {
	s := w.steps
	start = s.rec.clock()
	probe = w.of.browser.Probe(s.ctx, w.of.user())
	if w.of.alive.After(s.answered) {
		probe.After = run.ToMillis(start.Sub(s.answered))
	}
	switch probe.State {
	case run.Alive:
		w.of.alive = start
	case run.Dead:
		s.runner.Pace.Saw(probe.After.Duration())
	case run.Unknown:
	}
	return start, probe
}
