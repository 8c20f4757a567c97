package cases_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
	"github.com/loggedout/loggedout/suites/cases"
)

// evidence is an exchange written as a judge sees it, event by event.
type evidence struct{ run.Evidence }

// begun is an exchange whose bystander was seen alive.
func begun() evidence {
	return evidence{run.Evidence{Started: time.Unix(1, 0)}}.saw(run.Bystander, run.Before, run.Alive)
}

// named is one whose named session was seen alive as well.
func named() evidence { return begun().saw(run.Named, run.Before, run.Alive) }

// with appends an event; nothing that was appended before is changed, so that
// rows may branch off.
func (e evidence) with(event run.Event) evidence {
	e.Events = append(append([]run.Event(nil), e.Events...), event)
	return e
}

func (e evidence) saw(session, label string, state run.State) evidence {
	return e.with(run.Event{Session: session, Label: label, Probe: &run.Probe{State: state, Why: "as probed"}})
}

func (e evidence) died(session, label string, after time.Duration) evidence {
	return e.with(run.Event{Session: session, Label: label, Probe: &run.Probe{State: run.Dead, Why: "as probed", After: run.ToMillis(after)}})
}

func (e evidence) sent(session, label string, status int) evidence {
	return e.with(run.Event{Session: session, Label: label, Send: &run.Send{Method: "POST", Answer: run.Answer{Status: status}}})
}

// ended is a named session that a token of the case ended.
func (e evidence) ended() evidence {
	return e.sent(run.Named, run.CaseSend, 200).saw(run.Named, run.After, run.Dead)
}

// refused is a token that was refused, with a control that was answered so.
func (e evidence) refused() evidence {
	return e.sent(run.Named, run.CaseSend, 400).saw(run.Named, run.After, run.Alive)
}

func (e evidence) twin(status int, state run.State) evidence {
	return e.sent(run.Named, run.TwinSend, status).saw(run.Named, run.AfterTwin, state)
}

func (e evidence) hook(name run.HookName) evidence {
	return e.with(run.Event{Hook: &run.Hook{Name: name}})
}

func (e evidence) issuer(do run.IssuerStep) evidence {
	return e.with(run.Event{Issuer: &run.Issuer{Do: do}})
}

func (e evidence) fetches(n int) evidence {
	return e.with(run.Event{Issuer: &run.Issuer{Do: run.Count, Fetches: &n}})
}

func (e evidence) refreshToken(label string, token run.RefreshToken) evidence {
	return e.with(run.Event{Session: run.Named, Label: label, Refresh: &token})
}

func (e evidence) canary(hits ...run.CanaryHit) evidence {
	return e.with(run.Event{Label: run.CaseSend, Canary: &run.Canary{URL: "http://idp/canary", Hits: hits}})
}

// A judgedRow: what a case says of evidence.
type judgedRow struct {
	name     string
	variant  string // case/variant
	evidence evidence
	want     run.Verdict
	severity run.Severity
	says     string
	// with changes the context, which is that of a target whose baselines work.
	with func(*run.Context)
}

// unfounded is the context of a target that accepts no baseline.
func unfounded(c *run.Context) { c.Baselines = nil }

func sharing(requires ...string) func(*run.Context) {
	return func(c *run.Context) {
		c.Terms.Profile, c.Terms.Alg = run.SharedSecret, "HS256"
		c.Terms.Secret = run.SecretTerms{Requires: requires}
	}
}

func judgeAll(t *testing.T, rows []judgedRow) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.variant+" "+row.name, func(t *testing.T) {
			got := judgement(t, row)
			f := got.Finding()
			switch {
			case got.Verdict != row.want || (f == nil) != (row.says == ""):
				t.Fatalf("%s %+v, want %s that says %q", got.Verdict, got.Findings, row.want, row.says)
			case f == nil:
				return
			case !strings.Contains(f.Text, row.says) || f.Severity != row.severity:
				t.Errorf("%+v, want %q of severity %q", f, row.says, row.severity)
			case f.Verdict == run.Fail && (f.Expected == "" || f.Actual == ""):
				t.Errorf("%+v does not say what was expected, and what was seen", f)
			}
		})
	}
}

func judgement(t *testing.T, row judgedRow) run.VariantResult {
	t.Helper()
	id, slug, _ := strings.Cut(row.variant, "/")
	for _, c := range cases.All() {
		for _, v := range c.Variants {
			if c.ID != id || v.Slug != slug {
				continue
			}
			context := ideal()
			if row.with != nil {
				row.with(&context)
			}
			d := c.Demand(v, context.Terms)
			if d.NotApplicable != "" {
				t.Fatalf("does not apply: %s", d.NotApplicable)
			}
			return verdict.Variant(run.Seen{Case: c, Variant: v, Demand: d, Evidence: row.evidence.Evidence, Context: context})
		}
	}
	t.Fatalf("no variant %s", row.variant)
	return run.VariantResult{}
}

// ideal is the context of a target that has everything and whose baselines
// work.
func ideal() run.Context {
	fetched := 1
	context := run.Context{
		Terms:     run.Terms{Profile: run.OIDC, Alg: "ES256", Declares: run.DefaultDeclares(), Offers: run.Needs()},
		Baselines: map[string]run.Baseline{},
		Observed:  run.Observed{JWKSFetches: &fetched},
	}
	for _, base := range []fixtures.Base{fixtures.SubSid, fixtures.SidOnly, fixtures.SubOnly} {
		context.Baselines[string(base)] = run.Baseline{OK: true}
	}
	return context
}
