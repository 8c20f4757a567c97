// Package suites is the Ginkgo face of the harness: one spec a case, which
// awaits the case's verdict and asserts that it is acceptable. The same specs
// serve the program, go test, and other people's suites:
//
//	var _ = suites.Register(suites.Load("conformance.yaml"))
//
//	func TestLogout(t *testing.T) {
//		gomega.RegisterFailHandler(ginkgo.Fail)
//		ginkgo.RunSpecs(t, "back-channel logout")
//	}
//
// The exchanges run in a pool that knows nothing of Ginkgo, so specs that are
// reported one by one were carried out side by side.
package suites

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// Options say which cases become specs, and of which target.
type Options struct {
	// Cases, Groups, Levels and Skip select cases, as the flags of the program
	// do. Empty lists select all.
	Cases, Groups, Levels, Skip []string
	// Strict makes a warning stand against the target.
	Strict bool
	// Context ends the run when it is done. Nil: the run goes on to its end.
	Context context.Context //nolint:containedctx // specs are registered long before they run
	// Version is the program's own, for the run document.
	Version string
	// Config, Listener and the functions below are set by the program.
	Config   config.Config
	Listener net.Listener
	Clock    func() time.Time
	// OnProgress is told about each step, OnResult about each case in the order
	// of the catalogue.
	OnProgress func(engine.Progress)
	OnResult   func(run.CaseResult)
	// OnPlan is told once what the run covers, before it begins.
	OnPlan func(engine.Plan)
}

// Load reads a configuration file, with the environment over it. It panics
// with the error when the file cannot be used: there is no suite without it.
func Load(file string) Options {
	c, err := config.Load(file, os.Getenv)
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		panic(fmt.Sprintf("load the suite: %v", err))
	}
	return Options{Config: c}
}

// Suite is what was registered.
type Suite struct {
	engine *engine.Engine
	plan   engine.Plan
}

// Plan says what the suite covers.
func (s *Suite) Plan() engine.Plan { return s.plan }

// Wait gives the run document, once everything is through. It is to be called
// after the specs have run.
func (s *Suite) Wait() *run.Run { return s.engine.Wait() }

// New plans a suite without registering anything. Errors are those of options:
// a pattern that matches no case, a configuration that cannot be used.
func New(o *Options) (*Suite, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Context == nil {
		o.Context = context.Background()
	}
	plan, err := engine.Select(cases.All(), engine.Filter{
		Cases: o.Cases, Groups: o.Groups, Levels: o.Levels,
		Skip: append(append([]string{}, o.Skip...), o.Config.Run.Skip...),
	})
	if err != nil {
		return nil, err
	}
	tag := make([]byte, 3)
	if _, err := rand.Read(tag); err != nil {
		return nil, fmt.Errorf("draw a tag for the users of the run: %w", err)
	}
	e, err := engine.New(engine.Options{
		Config: o.Config, Plan: plan, Listener: o.Listener, Clock: o.Clock,
		Tool: run.Tool{Version: o.Version, Catalogue: cases.Edition},
		Tag:  hex.EncodeToString(tag), Progress: o.OnProgress,
	})
	if err != nil {
		return nil, err
	}
	return &Suite{engine: e, plan: plan}, nil
}

// Register turns the selected cases into specs. It panics when the options
// cannot be used.
func Register(o Options) *Suite {
	s, err := New(&o)
	if err != nil {
		panic(fmt.Sprintf("register the suite: %v", err))
	}
	s.register(o)
	return s
}

func (s *Suite) register(o Options) {
	ginkgo.BeforeSuite(func() { s.engine.Start(o.Context) })
	// Ordered keeps the order of the catalogue, which Ginkgo would sort.
	ginkgo.Describe("back-channel logout", ginkgo.Ordered, ginkgo.ContinueOnFailure, func() {
		for group, members := range groups(s.plan.Cases) {
			ginkgo.Describe(group, func() {
				for _, c := range members {
					ginkgo.It(c.ID+": "+c.Requires, labels(c), place(c), func(ctx context.Context) {
						s.spec(ctx, c, o)
					})
				}
			})
		}
	})
	ginkgo.AfterSuite(func() { s.engine.Wait() })
}

// spec awaits the verdict of a case.
func (s *Suite) spec(ctx context.Context, c run.Case, o Options) {
	ginkgo.GinkgoHelper()
	result, err := s.engine.Result(ctx, c.ID)
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), "await the verdict of %s", c.ID)
	if o.OnResult != nil {
		o.OnResult(result)
	}
	ginkgo.AddReportEntry("result", result, ginkgo.ReportEntryVisibilityFailureOrVerbose)
	if result.Verdict == run.NotApplicable {
		ginkgo.Skip(result.Finding)
	}
	gomega.Expect(result).To(BeAcceptable(o.Strict))
}

// groups yields the cases by group, in the order of the catalogue.
func groups(all []run.Case) func(yield func(string, []run.Case) bool) {
	return func(yield func(string, []run.Case) bool) {
		for len(all) > 0 {
			n := 1
			for n < len(all) && all[n].Group() == all[0].Group() {
				n++
			}
			if !yield(all[0].Group(), all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// labels make a case filterable: id:clm-exp-past, level:MUST, group:CLM.
func labels(c run.Case) ginkgo.Labels {
	return ginkgo.Label("id:"+c.ID, "level:"+string(c.Level), "group:"+c.Group())
}

// place says where the literal of a case stands: a file per topic.
func place(c run.Case) types.CodeLocation {
	return types.NewCustomCodeLocation("suites/cases/" + strings.ToLower(c.Group()) + ".go: " + c.ID)
}
