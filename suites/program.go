package suites

import (
	"io"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"github.com/loggedout/loggedout/internal/run"
)

// Run registers and runs a suite inside an ordinary program and gives the run
// document. It may be called again, one call after the other. Errors are those
// of the options: nothing was started then.
func Run(o Options) (*run.Run, error) {
	s, err := New(&o)
	if err != nil {
		return nil, err
	}
	if o.OnPlan != nil {
		o.OnPlan(s.plan)
	}
	return s.run(o), nil
}

// run has Ginkgo go through the specs. Its own report goes nowhere: the
// program's are drawn from the run document.
func (s *Suite) run(o Options) *run.Run {
	globals.Reset()
	formatter.ColorableStdOut = io.Discard
	gomega.RegisterFailHandler(ginkgo.Fail)
	suite, reporter := types.NewDefaultSuiteConfig(), types.NewDefaultReporterConfig()
	suite.FailOnEmpty = true
	suite.Timeout = time.Duration(o.Config.Run.Budget) + time.Minute // the run's own budget comes first
	reporter.NoColor = true
	s.register(o)
	ginkgo.RunSpecs(&verdictOfGinkgo{}, "back-channel logout", suite, reporter)
	return s.Wait()
}

// verdictOfGinkgo takes what Ginkgo makes of the specs. The exit code comes
// from the run document, which knows more than passed and failed.
type verdictOfGinkgo struct{}

// Fail implements [ginkgo.GinkgoTestingT].
func (*verdictOfGinkgo) Fail() {}
