package suites

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// Program is a suite inside a program of this module.
type Program struct {
	Options
	Config config.Config
	// Clock tells the time.
	Clock func() time.Time
	// Context ends the run when it is done. Nil: the run goes on to its end.
	Context context.Context //nolint:containedctx // specs are registered long before they run
	// Version is the program's own, for the run document.
	Version string
	// Listener is where the embedded issuer listens, when that is open already.
	Listener net.Listener
	// OnPlan is told once what the run covers, OnProgress about each step, and
	// OnResult about each case in the order of the catalogue. They may be nil.
	OnPlan     func(engine.Plan)
	OnProgress func(engine.Progress)
	OnResult   func(run.CaseResult)
}

// Register turns the selected cases into specs of the suite that runs next.
// Errors are those of the options: a pattern that matches no case, a
// configuration that cannot be used.
func (p Program) Register() error {
	s, err := p.plan()
	if err == nil {
		s.register()
	}
	return err
}

// Run registers and runs the suite and gives the run document. It may be called
// again, one call after the other. Errors are those of [Program.Register]:
// nothing was started then.
//
// Ginkgo's own report goes nowhere: the program's are drawn from the document.
func (p Program) Run() (*run.Run, error) {
	s, err := p.plan()
	if err != nil {
		return nil, err
	}
	if p.OnPlan != nil {
		p.OnPlan(s.plan)
	}
	globals.Reset()
	formatter.ColorableStdOut = io.Discard
	gomega.RegisterFailHandler(ginkgo.Fail)
	suite, reporter := types.NewDefaultSuiteConfig(), types.NewDefaultReporterConfig()
	suite.FailOnEmpty = true
	suite.Timeout = time.Duration(p.Config.Run.Budget) + time.Minute // the run's own budget comes first
	reporter.NoColor = true
	s.register()
	ginkgo.RunSpecs(&verdictOfGinkgo{}, "back-channel logout", suite, reporter)
	return s.engine.Wait(), nil
}

// plan selects the cases and prepares the engine.
func (p Program) plan() (*specs, error) {
	if p.Context == nil {
		p.Context = context.Background()
	}
	plan, err := engine.Select(cases.All(), engine.Filter{
		Cases: p.Cases, Groups: p.Groups, Levels: p.Levels, Skip: slices.Concat(p.Skip, p.Config.Run.Skip),
	})
	if err != nil {
		return nil, err
	}
	tag := make([]byte, 3)
	if _, err := rand.Read(tag); err != nil {
		return nil, fmt.Errorf("draw a tag for the users of the run: %w", err)
	}
	e, err := engine.New(engine.Options{
		Config: p.Config, Plan: plan, Listener: p.Listener, Clock: p.Clock,
		Tool: run.Tool{Version: p.Version, Catalogue: cases.Edition},
		Tag:  hex.EncodeToString(tag), Progress: p.OnProgress,
	})
	if err != nil {
		return nil, err
	}
	return &specs{program: p, engine: e, plan: plan}, nil
}

// verdictOfGinkgo takes what Ginkgo makes of the specs. The exit code comes
// from the run document, which knows more than passed and failed.
type verdictOfGinkgo struct{}

// Fail implements [ginkgo.GinkgoTestingT].
func (*verdictOfGinkgo) Fail() {}
