package verdict_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// An exchange written as a judge sees it.
type exchange struct{ run.Evidence }

func (x exchange) probe(session, label string, state run.State) exchange {
	x.Events = append(x.Events, run.Event{Session: session, Label: label, Probe: &run.Probe{State: state, Why: "as probed"}})
	return x
}

func (x exchange) send(label string, answer run.Answer) exchange {
	x.Events = append(x.Events, run.Event{Session: run.Named, Label: label, Send: &run.Send{Method: "POST", Answer: answer}})
	return x
}

// begun is an exchange up to the request of the case.
func begun() exchange {
	return exchange{run.Evidence{Started: time.Unix(1, 0)}}.
		probe(run.Bystander, run.Before, run.Alive).probe(run.Named, run.Before, run.Alive)
}

// refused is a whole exchange of a refusal with its control.
func refused(status int, named, bystander run.State, twin int, after run.State) run.Evidence {
	return begun().send(run.CaseSend, run.Answer{Status: status}).
		probe(run.Named, run.After, named).probe(run.Bystander, run.After, bystander).
		send(run.TwinSend, run.Answer{Status: twin}).probe(run.Named, run.AfterTwin, after).Evidence
}

// accepted is a whole exchange of a success.
func accepted(answer run.Answer, named run.State) run.Evidence {
	return begun().send(run.CaseSend, answer).
		probe(run.Named, run.After, named).probe(run.Bystander, run.After, run.Alive).Evidence
}

var fetched, never = 1, 0

var works = map[string]run.Baseline{"ok-sub-sid": {OK: true}}

func judge(expect run.Expect, level run.Level, e run.Evidence, baselines map[string]run.Baseline) run.VariantResult {
	c := run.Case{ID: "x-case", Sends: "the token", Level: level, Expect: expect}
	v := run.Variant{Slug: "v", Recipe: fixtures.Valid()}
	return verdict.Variant(run.Seen{
		Case: c, Variant: v, Demand: c.Demand(v, run.Terms{}), Evidence: e,
		Context: run.Context{Baselines: baselines, Observed: run.Observed{JWKSFetches: &fetched}},
	})
}

func TestRefuse(t *testing.T) {
	tests := []struct {
		name      string
		level     run.Level
		evidence  run.Evidence
		baselines map[string]run.Baseline
		want      run.Verdict
		severity  run.Severity
		says      string
	}{
		{"refused, control works", run.Must, refused(400, run.Alive, run.Alive, 200, run.Dead), works, run.Pass, "", ""},
		{"another 4xx is the status rule's matter", run.Must, refused(401, run.Alive, run.Alive, 200, run.Dead), works, run.Pass, "", ""},
		{"2xx and alive is a note here", run.Must, refused(200, run.Alive, run.Alive, 200, run.Dead), works, run.Note, run.Conformance, "answered as a success"},
		{"200 and dead", run.Must, refused(200, run.Dead, run.Alive, 200, run.Dead), works, run.Fail, run.Security, "ended the session"},
		{"400 and dead is worse", run.Must, refused(400, run.Dead, run.Alive, 200, run.Dead), works, run.Fail, run.Security, "ended the session"},
		{"a SHOULD that is broken", run.Should, refused(200, run.Dead, run.Alive, 200, run.Dead), works, run.Warn, run.Conformance, "ended the session"},
		{"hardening that lacks", run.Hardening, refused(200, run.Dead, run.Alive, 200, run.Dead), works, run.Warn, run.Conformance, "ended the session"},
		{"a MAY breaks nothing", run.May, refused(200, run.Dead, run.Alive, 200, run.Dead), works, run.Note, run.Conformance, "ended the session"},
		{"a MAY that ends a bystander breaks a MUST", run.May, refused(400, run.Alive, run.Dead, 200, run.Dead), works, run.Fail, run.Security, "another user"},
		{"nobody can tell", run.Must, refused(400, run.Unknown, run.Alive, 200, run.Dead), works, run.Inconclusive, "", "nobody can tell"},
		{"throttled", run.Must, refused(429, run.Alive, run.Alive, 200, run.Dead), works, run.Inconclusive, "", "throttled"},
		{"503 is throttling too", run.Must, refused(503, run.Alive, run.Alive, 200, run.Dead), works, run.Inconclusive, "", "throttled"},
		{"5xx is a finding, not an acceptance", run.Must, refused(500, run.Alive, run.Alive, 200, run.Dead), works, run.Warn, run.Conformance, "server error"},
		{"no answer is a finding", run.Must, refused(0, run.Alive, run.Alive, 200, run.Dead), works, run.Warn, run.Conformance, "no answer"},
		{"twin refused as the baseline is", run.Must, refused(400, run.Alive, run.Alive, 400, run.Alive), nil, run.Inconclusive, "", "control failed as the baseline"},
		{"twin refused though the baseline works", run.Must, refused(400, run.Alive, run.Alive, 400, run.Alive), works, run.Fail, run.Security, "no longer ends the session"},
		{"twin throttled", run.Must, refused(400, run.Alive, run.Alive, 429, run.Alive), works, run.Inconclusive, "", "control"},
		{"twin unclear", run.Must, refused(400, run.Alive, run.Alive, 200, run.Unknown), works, run.Inconclusive, "", "control"},
		{"a breach stands without a baseline", run.Must, refused(200, run.Dead, run.Alive, 400, run.Alive), nil, run.Fail, run.Security, "ended the session"},
		{"no twin at all", run.Must, accepted(run.Answer{Status: 400}, run.Alive), works, run.Inconclusive, "", "control was never sent"},
		{"nothing at all", run.Must, run.Evidence{}, works, run.Inconclusive, "", "not carried through"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, judge(run.Refuse, tt.level, tt.evidence, tt.baselines), tt.want, tt.severity, tt.says)
		})
	}
}

func TestRevoke(t *testing.T) {
	tests := []struct {
		name      string
		level     run.Level
		answer    run.Answer
		named     run.State
		baselines map[string]run.Baseline
		want      run.Verdict
		severity  run.Severity
		says      string
	}{
		{"200 and dead", run.Must, run.Answer{Status: 200}, run.Dead, works, run.Pass, "", ""},
		{"204 is the status rule's matter", run.Must, run.Answer{Status: 204}, run.Dead, works, run.Pass, "", ""},
		{"200 and alive is a silent failure", run.Must, run.Answer{Status: 200}, run.Alive, works, run.Fail, run.Security, "yet the session lives"},
		{"400 and alive", run.Must, run.Answer{Status: 400}, run.Alive, works, run.Fail, run.Interop, "was refused"},
		{"400 and dead", run.Must, run.Answer{Status: 400}, run.Dead, works, run.Fail, run.Conformance, "answered as a failure"},
		{"a SHOULD", run.Should, run.Answer{Status: 400}, run.Alive, works, run.Warn, run.Interop, "was refused"},
		{"as its baseline", run.Must, run.Answer{Status: 400}, run.Alive, nil, run.Inconclusive, "", "its baseline"},
		{"unknown", run.Must, run.Answer{Status: 200}, run.Unknown, works, run.Inconclusive, "", "nobody can tell"},
		{"throttled", run.Must, run.Answer{Status: 429}, run.Alive, works, run.Inconclusive, "", "no answer that can be judged"},
		{"no answer", run.Must, run.Answer{Error: "reset"}, run.Alive, works, run.Inconclusive, "", "no answer that can be judged"},
		{"leaks", run.Must, run.Answer{Status: 200, Traits: []run.Trait{run.LeaksSecret}}, run.Dead, works, run.Warn, run.Security, "holds the secret"},
		{"stack trace", run.Must, run.Answer{Status: 200, Traits: []run.Trait{run.StackTrace}}, run.Dead, works, run.Warn, run.Security, "stack trace"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, judge(run.Revoke, tt.level, accepted(tt.answer, tt.named), tt.baselines), tt.want, tt.severity, tt.says)
		})
	}
}

func TestEither(t *testing.T) {
	check(t, judge(run.Either, run.May, refused(400, run.Alive, run.Alive, 200, run.Dead), works), run.Note, "", "refused, which is allowed")
	check(t, judge(run.Either, run.May, accepted(run.Answer{Status: 200}, run.Dead), works), run.Note, "", "ended the session, which is allowed")
	check(t, judge(run.Either, run.May, refused(400, run.Alive, run.Dead, 200, run.Dead), works), run.Fail, run.Security, "another user")
	check(t, judge(run.Either, run.May, refused(400, run.Alive, run.Alive, 400, run.Alive), works), run.Fail, run.Security, "no longer ends")
}

func TestFaults(t *testing.T) {
	for by, want := range map[run.FaultBy]run.Verdict{
		run.ByHarness: run.HarnessError, run.ByTarget: run.Inconclusive, run.ByInterrupt: run.Inconclusive,
	} {
		e := run.Evidence{Fault: &run.Fault{By: by, Text: "because"}}
		check(t, judge(run.Refuse, run.Must, e, works), want, "", "because")
	}
}

func check(t *testing.T, got run.VariantResult, want run.Verdict, severity run.Severity, says string) {
	t.Helper()
	f := got.Finding()
	if got.Verdict != want || (f == nil) != (says == "") {
		t.Fatalf("%s (%+v), want %s", got.Verdict, got.Findings, want)
	}
	if f != nil && (!strings.Contains(f.Text, says) || f.Severity != severity) {
		t.Errorf("finding %+v, want %q of severity %q", f, says, severity)
	}
}

// The sessions beside the named one live, unless the case says that they may
// end.
func TestCompanions(t *testing.T) {
	for _, tt := range []struct {
		name     string
		company  run.Companion
		before   run.State
		after    run.State
		want     run.Verdict
		severity run.Severity
		says     string
		breach   bool
	}{
		{"lives", run.Companion{Session: "bob"}, run.Alive, run.Alive, run.Pass, "", "", false},
		{"dies", run.Companion{Session: "bob"}, run.Alive, run.Dead, run.Fail, run.Security, `the session "bob"`, true},
		{"may die", run.Companion{Session: "bob", MayEnd: true}, run.Alive, run.Dead, run.Pass, "", "", false},
		{"was never there", run.Companion{Session: "bob"}, run.Dead, run.Dead, run.Pass, "", "", false},
		{"nobody can tell", run.Companion{Session: "bob"}, run.Alive, run.Unknown, run.Inconclusive, "", "nobody can tell", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := begun().probe("bob", run.Before, tt.before).send(run.CaseSend, run.Answer{Status: 200}).
				probe(run.Named, run.After, run.Dead).probe("bob", run.After, tt.after)
			c := run.Case{ID: "x-case", Sends: "the token", Level: run.May, Expect: run.Revoke, Company: []run.Companion{tt.company}}
			got := judgeCase(c, e.Evidence)
			check(t, got, tt.want, tt.severity, tt.says)
			if f := got.Finding(); f != nil && f.Breach != tt.breach {
				t.Errorf("repeated alone: %v, want %v", f.Breach, tt.breach)
			}
		})
	}
}

// A request to a canary breaks the rule of the case; it is no breach that other
// exchanges could have caused.
func TestCanaries(t *testing.T) {
	hit := []run.CanaryHit{{Method: "GET", Path: "/keys", From: "127.0.0.1"}}
	for level, want := range map[run.Level]run.Verdict{run.Must: run.Fail, run.Hardening: run.Warn, run.Should: run.Warn, run.May: run.Note} {
		for _, hits := range [][]run.CanaryHit{nil, hit} {
			x := exchange{refused(400, run.Alive, run.Alive, 200, run.Dead)}
			x.Events = append(x.Events, run.Event{Canary: &run.Canary{URL: "http://idp/canary/1", Hits: hits}})
			got := judge(run.Refuse, level, x.Evidence, works)
			if hits == nil {
				check(t, got, run.Pass, "", "")
				continue
			}
			check(t, got, want, run.Security, "attacker's choice")
			if f := got.Finding(); f.Breach || !strings.Contains(f.Actual, "GET /keys from 127.0.0.1") {
				t.Errorf("finding %+v", f)
			}
		}
	}
}

// What we broke ourselves is no finding about the target.
func TestExcusedAnswers(t *testing.T) {
	hook := func(name run.HookName) run.Event { return run.Event{Hook: &run.Hook{Name: name}} }
	issuer := func(do run.IssuerStep) run.Event { return run.Event{Issuer: &run.Issuer{Do: do}} }
	sent := func(a run.Answer) run.Event { return run.Event{Label: "other", Send: &run.Send{Answer: a}} }
	failure, hang := sent(run.Answer{Status: 500}), sent(run.Answer{Error: "no answer", Timeout: true})
	for _, tt := range []struct {
		name   string
		events []run.Event
		want   run.Verdict
		says   string
	}{
		{"the store is down", []run.Event{hook(run.StoreDown), failure, hook(run.StoreUp)}, run.Pass, ""},
		{"the store is up again", []run.Event{hook(run.StoreDown), hook(run.StoreUp), failure}, run.Warn, "server error"},
		{"a hang while the store is down", []run.Event{hook(run.StoreDown), hang}, run.Warn, "no answer"},
		{"the issuer holds back", []run.Event{issuer(run.Hold), hang, issuer(run.Release)}, run.Pass, ""},
		{"the issuer has let go", []run.Event{issuer(run.Hold), issuer(run.Release), hang}, run.Warn, "no answer"},
		{"a failure while the issuer holds back", []run.Event{issuer(run.Hold), failure}, run.Warn, "server error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := accepted(run.Answer{Status: 200}, run.Dead)
			e.Events = append(e.Events, tt.events...)
			severity := run.Conformance
			if tt.says == "" {
				severity = ""
			}
			check(t, judge(run.Revoke, run.Must, e, works), tt.want, severity, tt.says)
		})
	}
}

// Outside help that could not be given leaves nothing to judge, and is nobody's
// fault.
func TestAHookThatFails(t *testing.T) {
	e := begun().Evidence
	e.Events = append(e.Events, run.Event{Hook: &run.Hook{Name: run.StoreDown, Error: "exit status 1"}})
	e.Fault = &run.Fault{By: run.ByHarness, Text: "hook"}
	check(t, judge(run.Revoke, run.Must, e, works), run.Inconclusive, "", "the hook store_down could not be carried out: exit status 1")
}

func judgeCase(c run.Case, e run.Evidence) run.VariantResult {
	v := run.Variant{Slug: "v", Recipe: fixtures.Valid()}
	return verdict.Variant(run.Seen{
		Case: c, Variant: v, Demand: c.Demand(v, run.Terms{}), Evidence: e, Context: run.Context{Baselines: works},
	})
}

func TestCauses(t *testing.T) {
	skew := run.ToMillis(-10 * time.Minute)
	tests := map[string]struct {
		answer   run.Answer
		observed run.Observed
	}{
		"is target.logout_url right":     {run.Answer{Status: 404}, run.Observed{JWKSFetches: &fetched}},
		"takes no POST":                  {run.Answer{Status: 405}, run.Observed{JWKSFetches: &fetched}},
		"forgery check":                  {run.Answer{Status: 403}, run.Observed{JWKSFetches: &fetched}},
		"behind the login wall":          {run.Answer{Status: 200, Traits: []run.Trait{run.LoginPage}}, run.Observed{JWKSFetches: &fetched}},
		"asks for a login":               {run.Answer{Status: 401}, run.Observed{JWKSFetches: &fetched}},
		"clock is off by -10m0s":         {run.Answer{Status: 400}, run.Observed{JWKSFetches: &fetched, ClockSkew: &skew}},
		"never fetched the issuer's":     {run.Answer{Status: 400}, run.Observed{JWKSFetches: &never}},
		"secret.encoding to base64":      {run.Answer{Status: 400}, run.Observed{OtherEncoding: "base64"}},
		"does not answer: is target.log": {run.Answer{Error: "refused"}, run.Observed{JWKSFetches: &fetched}},
	}
	for want, tt := range tests {
		c := run.Case{ID: "ok-sub-sid", Level: run.Must, Expect: run.Revoke, Sends: "it"}
		v := run.Variant{Slug: "v", Recipe: fixtures.Valid()}
		got := verdict.Variant(run.Seen{
			Case: c, Variant: v, Demand: c.Demand(v, run.Terms{}), Evidence: accepted(tt.answer, run.Alive),
			Context: run.Context{Observed: tt.observed},
		})
		if f := got.Finding(); f == nil || !strings.Contains(f.Cause, want) {
			t.Errorf("cause of %+v: %+v, want %q", tt.answer, f, want)
		}
	}
}

func TestACaseIsItsWorstVariant(t *testing.T) {
	order := []run.Verdict{run.NotApplicable, run.Pass, run.Note, run.Warn, run.Inconclusive, run.Fail, run.HarnessError}
	for i, worst := range order {
		var variants []run.VariantResult
		for _, v := range order[:i+1] {
			variants = append(variants, run.VariantResult{Slug: string(v), Verdict: v, Findings: []run.Finding{{Text: string(v)}}})
		}
		got := verdict.Case(run.Case{ID: "x-y"}, variants)
		if got.Verdict != worst || got.Finding != string(worst) {
			t.Errorf("%v came to %s (%s)", order[:i+1], got.Verdict, got.Finding)
		}
	}
}

// Of two fails the one that harms is told first: a wrong session that ended,
// before an answer that was not as it should be.
func TestTheWorstFindingComesFirst(t *testing.T) {
	e := refused(500, run.Alive, run.Dead, 200, run.Dead)
	e.Events[2].Send.Answer.Traits = []run.Trait{run.LeaksToken}
	got := judge(run.Refuse, run.Should, e, works)
	var order []string
	for _, f := range got.Findings {
		order = append(order, string(f.Verdict)+" "+string(f.Severity))
	}
	want := []string{"fail security", "warn security", "warn conformance"}
	if !slices.Equal(order, want) {
		t.Errorf("findings in the order %v, want %v", order, want)
	}
}

// The level gives the verdict; how bad it is a case may say itself.
func TestHarm(t *testing.T) {
	for _, tt := range []struct {
		level run.Level
		harm  run.Severity
		want  run.Severity
	}{
		{run.Must, "", run.Security},
		{run.Hardening, "", run.Conformance},
		{run.Must, run.Conformance, run.Conformance},
		{run.Hardening, run.Security, run.Security},
	} {
		c := run.Case{ID: "x-case", Level: tt.level, Expect: run.Refuse, Harm: tt.harm}
		v := run.Variant{Slug: "v", Recipe: fixtures.Valid()}
		got := verdict.Variant(run.Seen{
			Case: c, Variant: v, Demand: c.Demand(v, run.Terms{}),
			Evidence: refused(200, run.Dead, run.Alive, 0, run.Dead), Context: run.Context{Baselines: works},
		})
		if got.Verdict != verdict.Broken(tt.level) || got.Finding().Severity != tt.want {
			t.Errorf("%s with harm %q: %s of severity %q, want %q", tt.level, tt.harm, got.Verdict, got.Finding().Severity, tt.want)
		}
	}
}
