package engine_test

import (
	"context"
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
