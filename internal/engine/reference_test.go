package engine_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// conformers are the receivers that do everything right.
var conformers = map[string]demo.Options{
	"oidc":                 {Profile: run.OIDC},
	"shared-secret":        {Profile: run.SharedSecret},
	"strict shared-secret": {Profile: run.SharedSecret, Strict: true},
}

// references are their runs, made once for all tests that read them.
func references(t testing.TB) map[string]*run.Run {
	t.Helper()
	referenceRuns.Do(func() {
		var mu sync.Mutex
		var group sync.WaitGroup
		for name, options := range conformers {
			group.Go(func() {
				doc := drive(t, options, engine.Filter{})
				mu.Lock()
				defer mu.Unlock()
				referenceDocs[name] = doc
			})
		}
		group.Wait()
	})
	if len(referenceDocs) != len(conformers) {
		t.Fatal("the reference receiver could not be run")
	}
	return referenceDocs
}

var (
	referenceRuns sync.Once
	referenceDocs = map[string]*run.Run{}
)

func TestReferenceReceiverConforms(t *testing.T) {
	t.Parallel()
	for name, doc := range references(t) {
		for _, c := range doc.Cases {
			switch why, left := leftOut[name][c.ID]; {
			case c.Verdict == run.NotApplicable:
				if !left {
					t.Errorf("%s: %s is left out (%s): say why in the list, or have it run", name, c.ID, c.Finding)
				}
			case c.Verdict != run.Pass && c.Verdict != run.Note:
				t.Errorf("%s: %s is %s: %s", name, c.ID, c.Verdict, c.Finding)
				tellVariants(t, c)
			case left:
				t.Errorf("%s: %s runs, and is listed as left out (%s)", name, c.ID, why)
			}
		}
		if !doc.Summary.Conformant {
			t.Errorf("%s: not conformant: %+v; proof %+v", name, doc.Summary, doc.Observed.Proof)
		}
		t.Logf("%s: %+v in %v", name, doc.Summary, doc.Duration.Duration())
	}
}

// Load hurts the reference receiver as little as anything else.
func TestReferenceReceiverBearsLoad(t *testing.T) {
	t.Parallel()
	if testing.Short() || raceDetector {
		t.Skip("it floods for more than a minute, and counts time and memory")
	}
	for name, options := range conformers {
		if options.Strict {
			continue // claims make no difference to load
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options.Load = true
			doc := drive(t, options, engine.Filter{Cases: loads()}, func(c *config.Config) { c.Run.Load = true })
			for _, c := range doc.Cases {
				if c.Verdict != run.Pass && c.Verdict != run.Note && leftOut[name][c.ID] == "" {
					t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
					tellVariants(t, c)
				}
			}
		})
	}
}

// loads are the cases with something that can hurt a live system.
func loads() []string {
	var ids []string
	for _, c := range cases.All() {
		if slices.ContainsFunc(c.Variants, func(v run.Variant) bool {
			return slices.Contains(slices.Concat(c.Needs, v.Needs), run.Load)
		}) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func tellVariants(t testing.TB, c run.CaseResult) {
	t.Helper()
	for _, v := range c.Variants {
		if f := v.Finding(); f != nil {
			t.Logf("  %s: %s: %s (expected %s, actual %s, cause %s)", v.Slug, v.Verdict, f.Text, f.Expected, f.Actual, f.Cause)
		}
	}
}
