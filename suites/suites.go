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
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
)

// Options say which cases become specs, and of which target. [Load] makes them.
type Options struct {
	// Cases, Groups, Levels and Skip select cases, as the flags of the program
	// do. Empty lists select all.
	Cases, Groups, Levels, Skip []string
	// Strict makes a warning stand against the target.
	Strict bool

	config config.Config
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
	return Options{config: c}
}

// Register turns the selected cases into specs of the suite that runs next. It
// panics when the options cannot be used, and is true otherwise, so that it can
// stand at the top of a file.
func Register(o Options) bool {
	clock := time.Now //nolint:forbidigo // there is no program to pass one in
	if err := (Program{Options: o, Config: o.config, Clock: clock}).Register(); err != nil {
		panic(fmt.Sprintf("register the suite: %v", err))
	}
	return true
}

// specs are what a plan becomes in Ginkgo.
type specs struct {
	program Program
	engine  *engine.Engine
	plan    engine.Plan
}

func (s *specs) register() {
	ginkgo.BeforeSuite(func() { s.engine.Start(s.program.Context) })
	// Ordered keeps the order of the catalogue, which Ginkgo would sort.
	ginkgo.Describe("back-channel logout", ginkgo.Ordered, ginkgo.ContinueOnFailure, func() {
		for group, members := range groups(s.plan.Cases) {
			ginkgo.Describe(group, func() {
				for _, c := range members {
					ginkgo.It(c.ID+": "+c.Requires, labels(c), place(c), func(ctx context.Context) { s.spec(ctx, c) })
				}
			})
		}
	})
	ginkgo.AfterSuite(func() { s.engine.Wait() })
}

// spec awaits the verdict of a case.
func (s *specs) spec(ctx context.Context, c run.Case) {
	ginkgo.GinkgoHelper()
	result, err := s.engine.Result(ctx, c.ID)
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), "await the verdict of %s", c.ID)
	if s.program.OnResult != nil {
		s.program.OnResult(result)
	}
	// For reports in JSON. Printed, it would be pages of evidence: the matcher
	// says what is worth reading.
	ginkgo.AddReportEntry("result", result, ginkgo.ReportEntryVisibilityNever)
	if result.Verdict == run.NotApplicable {
		ginkgo.Skip(result.Finding)
	}
	gomega.Expect(result).To(BeAcceptable(s.program.Strict))
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
