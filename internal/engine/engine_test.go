package engine_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// drive makes one run against the reference receiver.
func drive(t testing.TB, o demo.Options, f engine.Filter, changes ...func(*config.Config)) *run.Run {
	t.Helper()
	if o.Clock == nil {
		o.Clock = time.Now
	}
	d, err := demo.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	for _, change := range changes {
		change(&d.Config)
	}
	plan, err := engine.Select(cases.All(), f)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Options{
		Config: d.Config, Plan: plan, Listener: d.Issuer, Clock: time.Now, Tag: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(context.WithoutCancel(t.Context()))
	doc := e.Wait()
	for _, c := range doc.Cases {
		// What was told early has to be what the document says in the end.
		told, err := e.Result(t.Context(), c.ID)
		if err != nil || told.Verdict != c.Verdict || told.Finding != c.Finding {
			t.Errorf("%s was told as %s (%s), and is %s (%s) in the document: %v", c.ID, told.Verdict, told.Finding, c.Verdict, c.Finding, err)
		}
	}
	return doc
}

// freedoms are cases that the shared-secret profile leaves to the receiver
// when only sub is required; what it does is noted.
var freedoms = []string{"hdr-typ-other-kind", "clm-exp-missing", "xjwt-id-token"}

func TestReferenceReceiverConforms(t *testing.T) {
	for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
		t.Run(string(profile), func(t *testing.T) {
			doc := drive(t, demo.Options{Profile: profile}, engine.Filter{})
			for _, c := range doc.Cases {
				if noted := profile == run.SharedSecret && slices.Contains(freedoms, c.ID) && c.Verdict == run.Note; noted {
					continue
				}
				if c.Verdict != run.Pass && c.Verdict != run.NotApplicable {
					t.Errorf("%s: %s: %s", c.ID, c.Verdict, c.Finding)
					for _, v := range c.Variants {
						if f := v.Finding(); f != nil {
							t.Logf("  %s: %s: %s (expected %s, actual %s, cause %s)", v.Slug, v.Verdict, f.Text, f.Expected, f.Actual, f.Cause)
						}
					}
				}
			}
			if !doc.Summary.Conformant {
				t.Errorf("not conformant: %+v; proof %+v", doc.Summary, doc.Observed.Proof)
			}
			t.Logf("%+v in %v", doc.Summary, doc.Duration.Duration())
		})
	}
}
