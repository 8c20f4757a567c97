package cases_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
	"github.com/loggedout/loggedout/suites/cases"
)

var began = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// sent is one request in hand-made evidence.
type sent struct {
	id      string     // of its case; hdr-alg-none unless told otherwise
	expect  run.Expect // refuse unless told otherwise
	level   run.Level  // MUST unless told otherwise
	label   string
	status  int
	kind    string // Content-Type
	store   string // Cache-Control; no-store unless told otherwise
	server  string
	body    string
	traits  []run.Trait
	after   run.State // alive unless told otherwise
	before  run.State // alive unless told otherwise
	recipe  fixtures.Recipe
	sub     string // alice unless told otherwise
	carrier *fixtures.Request
	method  string
	took    time.Duration
	timeout bool
	hook    bool
	at      time.Duration
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

func (s sent) other() run.Other {
	payload, err := json.Marshal(map[string]string{"sub": or(s.sub, "alice")})
	if err != nil {
		payload = nil
	}
	answer := run.Answer{
		Status: s.status, Body: s.body, BodyBytes: int64(len(s.body)), Traits: s.traits, Took: run.ToMillis(s.took), Timeout: s.timeout,
		Header: map[string]string{"Cache-Control": or(s.store, "no-store"), "Content-Type": s.kind, "Server": s.server},
	}
	label := or(s.label, run.CaseSend)
	events := []run.Event{
		{Session: run.Named, Login: &run.Login{Sub: "alice"}},
		{Session: run.Named, Label: run.Before, Probe: &run.Probe{State: or(s.before, run.Alive)}},
		{Session: run.Named, Label: label, At: run.ToMillis(s.at), Send: &run.Send{
			Recipe: s.recipe, Method: or(s.method, "POST"), Carrier: s.carrier, Answer: answer,
			Token: run.Token{Wire: "a.b.c", Payload: string(payload)},
		}},
		{Session: run.Named, Label: run.After, Probe: &run.Probe{State: or(s.after, run.Alive)}},
	}
	if s.hook {
		events = append(events, run.Event{Hook: &run.Hook{Name: run.StoreDown}})
	}
	return run.Other{
		Case: run.Case{ID: or(s.id, "hdr-alg-none")}, Variant: run.Variant{Slug: "v"},
		Demand:   run.Demand{Expect: or(s.expect, run.Refuse), Level: or(s.level, run.Must)},
		Evidence: run.Evidence{Started: began, Events: events},
	}
}

// done is a valid token that ended its session.
func done(status int) sent {
	return sent{id: "ok-sub-sid", expect: run.Revoke, status: status, after: run.Dead}
}

func TestResponseRules(t *testing.T) {
	const jsonType = "application/json"
	forged := fixtures.Valid().SignedBy(fixtures.Rogue)
	odd := &fixtures.Request{Method: "POST", Path: "${path}/"}
	body := &fixtures.Request{Method: "POST", Body: "x"}
	secret := run.Terms{Profile: run.SharedSecret, Alg: "HS256", Declares: run.DefaultDeclares()}
	declared := run.Terms{Profile: run.OIDC, Alg: "RS256", Declares: run.DefaultDeclares()}
	declared.Declares.RefusalStatus = []int{400, 401}
	trait := func(traits ...run.Trait) []run.Trait { return traits }
	for name, tt := range map[string]struct {
		rule  string
		terms *run.Terms
		sent  []sent
		want  run.Verdict
		says  string
	}{
		"200":                        {"rsp-success-status/accepted", nil, []sent{done(200)}, run.Pass, ""},
		"204":                        {"rsp-success-status/accepted", nil, []sent{done(204)}, run.Note, "204"},
		"400 though done":            {"rsp-success-status/accepted", nil, []sent{done(200), done(400)}, run.Fail, "not answered with 200"},
		"no logout":                  {"rsp-success-status/accepted", nil, []sent{{status: 400}}, run.Inconclusive, "nothing to judge"},
		"a breach is told elsewhere": {"rsp-success-status/accepted", nil, []sent{done(200), {status: 400, after: run.Dead}}, run.Pass, ""},
		"it was dead before":         {"rsp-success-status/accepted", nil, []sent{done(200), {id: "sem-repeat-is-success", expect: run.Revoke, status: 400, before: run.Dead, after: run.Dead}}, run.Pass, ""},
		"another label":              {"rsp-success-status/accepted", nil, []sent{done(200), {label: "second-try", expect: run.Revoke, status: 302, after: run.Dead}}, run.Fail, "second-try"},

		"400":                          {"rsp-refusal-status/refused", nil, []sent{{status: 400}}, run.Pass, ""},
		"401":                          {"rsp-refusal-status/refused", nil, []sent{{status: 401}}, run.Note, "another status"},
		"401, declared":                {"rsp-refusal-status/refused", &declared, []sent{{status: 401}}, run.Pass, ""},
		"500":                          {"rsp-refusal-status/refused", nil, []sent{{status: 500}}, run.Warn, "server error"},
		"501 of old drafts":            {"rsp-refusal-status/refused", nil, []sent{{status: 501}}, run.Warn, "server error"},
		"504 of old drafts":            {"rsp-refusal-status/refused", nil, []sent{{status: 504}}, run.Warn, "server error"},
		"200 and alive":                {"rsp-refusal-status/refused", nil, []sent{{status: 200}}, run.Fail, "as successes"},
		"429 proves nothing":           {"rsp-refusal-status/refused", nil, []sent{{status: 400}, {status: 429}}, run.Pass, ""},
		"415 to another type":          {"rsp-refusal-status/refused", nil, []sent{{status: 400}, {status: 415, carrier: body}}, run.Pass, ""},
		"405 to another method":        {"rsp-refusal-status/refused", nil, []sent{{status: 400}, {status: 405, method: "GET"}}, run.Pass, ""},
		"200 to GET":                   {"rsp-refusal-status/refused", nil, []sent{{status: 400}, {status: 200, method: "GET"}}, run.Pass, ""},
		"200 at another path":          {"rsp-refusal-status/refused", nil, []sent{{status: 400}, {status: 200, carrier: odd}}, run.Pass, ""},
		"200 to a blank body":          {"rsp-refusal-status/refused", nil, []sent{{status: 400}, {status: 200, carrier: body}}, run.Fail, "as successes"},
		"200 where nothing demands it": {"rsp-refusal-status/refused", nil, []sent{{status: 200, level: run.Hardening}}, run.Pass, ""},
		"200 for an unknown user":      {"rsp-refusal-status/refused", nil, []sent{{status: 200, sub: "al"}}, run.Pass, ""},
		"a store that is down":         {"rsp-refusal-status/refused", nil, []sent{{status: 400}, {status: 500, hook: true}}, run.Pass, ""},

		"no redirect":             {"rsp-no-redirect/redirect", nil, []sent{done(200), {status: 400}}, run.Pass, ""},
		"a redirect":              {"rsp-no-redirect/redirect", nil, []sent{done(200), {status: 302}}, run.Fail, "1 of 2"},
		"a redirect of a slash":   {"rsp-no-redirect/redirect", nil, []sent{done(200), {status: 308, carrier: odd}}, run.Pass, ""},
		"a login page":            {"rsp-no-redirect/login-page", nil, []sent{{status: 200, traits: trait(run.LoginPage)}}, run.Fail, "login page"},
		"a login page with 400":   {"rsp-no-redirect/login-page", nil, []sent{{status: 400, traits: trait(run.LoginPage)}}, run.Pass, ""},
		"no answer of the target": {"rsp-no-redirect/login-page", nil, []sent{{status: 0}}, run.Inconclusive, "nothing was answered"},

		"no-store":                   {"rsp-cache-control/refused", nil, []sent{{status: 400, store: "private, No-Store"}}, run.Pass, ""},
		"no-cache":                   {"rsp-cache-control/refused", nil, []sent{{status: 400, store: "no-cache"}}, run.Warn, "lack"},
		"no-cache on success":        {"rsp-cache-control/accepted", nil, []sent{{status: 200, store: "no-cache", after: run.Dead}}, run.Warn, "lack"},
		"a page of a framework":      {"rsp-cache-control/refused", nil, []sent{{status: 400}, {status: 413, store: "-"}, {status: 405, store: "-"}}, run.Pass, ""},
		"400 of a framework":         {"rsp-cache-control/refused", nil, []sent{{status: 400}, {status: 400, store: "-", carrier: body}}, run.Pass, ""},
		"an answer to nobody's sake": {"rsp-cache-control/accepted", nil, []sent{{status: 400}}, run.Inconclusive, "no such answer"},

		"no body":               {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 400}}, run.Pass, ""},
		"an error object":       {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 400, kind: jsonType + ";charset=utf-8", body: "{}"}}, run.Pass, ""},
		"words":                 {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 400, kind: "text/plain", body: "no", traits: trait(run.NotJSON)}}, run.Note, "another kind"},
		"a problem document":    {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 400, kind: "application/problem+json", body: "{}", traits: trait(run.NoErrorMember)}}, run.Note, "another kind"},
		"an object without":     {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 400, kind: jsonType, body: "{}", traits: trait(run.NoErrorMember)}}, run.Fail, "lack the member"},
		"JSON that is none":     {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 400, kind: jsonType, body: "no", traits: trait(run.NotJSON)}}, run.Fail, "are none"},
		"JSON as text":          {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 400, kind: "text/html", body: "{}"}}, run.Fail, "not declared"},
		"without the protocol":  {"rsp-error-body-shape/body-of-400", &secret, []sent{{status: 400, kind: jsonType, body: "{}", traits: trait(run.NoErrorMember)}}, run.Note, "lack the member"},
		"nothing with 400":      {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 401, kind: "text/html", body: "no", traits: trait(run.NotJSON)}}, run.Pass, ""},
		"nothing refused":       {"rsp-error-body-shape/body-of-400", nil, []sent{done(200)}, run.Inconclusive, "nothing was refused"},
		"401 has its own shape": {"rsp-error-body-shape/body-of-400", nil, []sent{{status: 400}, {status: 401, kind: jsonType, body: "{}", traits: trait(run.NoErrorMember)}}, run.Pass, ""},

		"generic":               {"rsp-no-leak/sql", nil, []sent{{status: 400}}, run.Pass, ""},
		"SQL":                   {"rsp-no-leak/sql", nil, []sent{{status: 400, traits: trait(run.SQLError)}}, run.Warn, "a database"},
		"another leak":          {"rsp-no-leak/sql", nil, []sent{{status: 400, traits: trait(run.StackTrace)}}, run.Pass, ""},
		"the token":             {"rsp-no-leak/token", nil, []sent{{status: 400, traits: trait(run.LeaksToken)}}, run.Warn, "the token"},
		"the secret":            {"rsp-no-leak/secret", nil, []sent{{status: 400, traits: trait(run.LeaksSecret)}}, run.Warn, "a secret"},
		"a key":                 {"rsp-no-leak/key", nil, []sent{{status: 400, traits: trait(run.LeaksKey)}}, run.Warn, "a key"},
		"what was expected":     {"rsp-no-leak/expected-value", nil, []sent{{status: 400, traits: trait(run.LeaksExpected)}}, run.Warn, "should have held"},
		"a trace":               {"rsp-no-leak/stack-trace", nil, []sent{{status: 400, traits: trait(run.StackTrace)}}, run.Warn, "stack trace"},
		"a path":                {"rsp-no-leak/file-path", nil, []sent{{status: 400, traits: trait(run.FilePath)}}, run.Warn, "a file"},
		"a version":             {"rsp-no-leak/version", nil, []sent{{status: 400, traits: trait(run.VersionText)}}, run.Warn, "the version"},
		"a version in a header": {"rsp-no-leak/version", nil, []sent{{status: 400, server: "Apache/2.4", traits: trait(run.VersionHeader)}}, run.Note, "Server header"},
		"a header is no token":  {"rsp-no-leak/token", nil, []sent{{status: 400, traits: trait(run.VersionHeader)}}, run.Pass, ""},

		"an echo":          {"rsp-no-reflection/claim", nil, []sent{{status: 400, traits: trait(run.ReflectsClaim)}}, run.Warn, "echo a claim"},
		"an echo of kid":   {"rsp-no-reflection/kid", nil, []sent{{status: 400, traits: trait(run.ReflectsKid)}}, run.Warn, "echo a kid"},
		"of a field":       {"rsp-no-reflection/parameter", nil, []sent{{status: 400, traits: trait(run.ReflectsParameter)}}, run.Warn, "echo a parameter"},
		"another echo":     {"rsp-no-reflection/parameter", nil, []sent{{status: 400, traits: trait(run.ReflectsKid)}}, run.Pass, ""},
		"an escaped echo":  {"rsp-no-reflection/claim", nil, []sent{{status: 400, traits: trait(run.EscapesInput)}}, run.Note, "escaped"},
		"escaped, once":    {"rsp-no-reflection/kid", nil, []sent{{status: 400, traits: trait(run.EscapesInput)}}, run.Pass, ""},
		"nothing answered": {"rsp-no-reflection/kid", nil, nil, run.Inconclusive, "nothing"},

		"the issuer may know":   {"rsp-no-user-enumeration/genuine", nil, []sent{done(200), {id: "sem-unknown-session", expect: run.Either, sub: "nobody", status: 400}}, run.Note, "which is allowed"},
		"the issuer may not":    {"rsp-no-user-enumeration/genuine", nil, []sent{done(200), {id: "sem-unknown-session", expect: run.Either, sub: "nobody", status: 200}}, run.Pass, ""},
		"a forger learns":       {"rsp-no-user-enumeration/forged", nil, []sent{{status: 400, recipe: forged}, {at: 1e6, status: 400, recipe: forged}, {at: 2e6, status: 404, recipe: forged, sub: "nobody"}}, run.Warn, "without a key"},
		"a forger learns not":   {"rsp-no-user-enumeration/forged", nil, []sent{{status: 400, recipe: forged}, {at: 1e6, status: 400, recipe: forged}, {at: 2e6, status: 400, recipe: forged, sub: "nobody"}}, run.Pass, ""},
		"an echo of the name":   {"rsp-no-user-enumeration/forged", nil, []sent{{status: 400, body: "no alice", recipe: forged}, {at: 1e6, status: 400, body: "no alice", recipe: forged}, {at: 2e6, status: 400, body: "no nobody", recipe: forged, sub: "nobody"}}, run.Pass, ""},
		"answers that all vary": {"rsp-no-user-enumeration/forged", nil, []sent{{status: 400, body: "request 1", recipe: forged}, {at: 1e6, status: 400, body: "request 2", recipe: forged}, {at: 2e6, status: 400, body: "request 3", recipe: forged, sub: "nobody"}}, run.Pass, ""},
		"forgeries of a kind":   {"rsp-no-user-enumeration/forged", nil, []sent{{status: 400, recipe: forged}, {at: 1e6, status: 400, recipe: forged}, {id: "sig-other", at: 2e6, status: 401, recipe: forged, sub: "nobody"}}, run.Pass, ""},

		"in time":           {"rsp-deadline/every-answer", nil, []sent{{status: 400, took: 9 * time.Second}}, run.Pass, ""},
		"too late":          {"rsp-deadline/every-answer", nil, []sent{{status: 400, took: 11 * time.Second}}, run.Warn, "deadline"},
		"never":             {"rsp-deadline/every-answer", nil, []sent{{timeout: true}}, run.Warn, "deadline"},
		"slow on purpose":   {"rsp-deadline/every-answer", nil, []sent{{status: 400}, {took: time.Minute, timeout: true, carrier: &fixtures.Request{Wire: &fixtures.Wire{Pause: time.Second}}}}, run.Pass, ""},
		"as soon as ever":   {"rsp-deadline/no-growth", nil, controls(40, 5*time.Millisecond, 20*time.Millisecond), run.Pass, ""},
		"later and later":   {"rsp-deadline/no-growth", nil, controls(40, 50*time.Millisecond, 800*time.Millisecond), run.Warn, "longer and longer"},
		"slow, and no more": {"rsp-deadline/no-growth", nil, controls(40, 2*time.Second, 3*time.Second), run.Pass, ""},
		"too few to tell":   {"rsp-deadline/no-growth", nil, controls(39, 50*time.Millisecond, 800*time.Millisecond), run.Pass, ""},

		"MACs":            {"rsp-mac-timing/right-leading-bytes", &secret, halves(10, forged), run.Note, "recorded"},
		"public keys":     {"rsp-mac-timing/right-leading-bytes", nil, halves(10, forged), run.Pass, ""},
		"nothing to time": {"rsp-mac-timing/right-leading-bytes", nil, nil, run.Inconclusive, "nothing was refused"},
		"nobody asked":    {"rsp-no-user-enumeration/forged", nil, nil, run.Inconclusive, "nothing was answered"},
		"too few to time": {"rsp-mac-timing/right-leading-bytes", &secret, halves(9, forged), run.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			terms := run.Terms{Profile: run.OIDC, Alg: "RS256", Declares: run.DefaultDeclares()}
			if tt.terms != nil {
				terms = *tt.terms
			}
			var others []run.Other
			for i, s := range tt.sent {
				if s.at == 0 {
					s.at = time.Duration(i) * time.Second
				}
				others = append(others, s.other())
			}
			id, slug, _ := strings.Cut(tt.rule, "/")
			c := lookup(t, id)
			v := run.Variant{Slug: slug}
			got := verdict.Variant(run.Seen{Case: c, Variant: v, Demand: c.Demand(v, terms), Context: run.Context{Terms: terms, Others: others}})
			says := ""
			if f := got.Finding(); f != nil {
				says = f.Text + " " + f.Actual
			}
			if got.Verdict != tt.want || tt.says != "" && !strings.Contains(says, tt.says) {
				t.Errorf("%s: %s, want %s: %s", got.Verdict, says, tt.want, tt.says)
			}
		})
	}
}

// controls are so many twins that took first as long in the first half of a run,
// and last as long in the second.
func controls(n int, first, last time.Duration) []sent {
	out := make([]sent, n)
	for i := range out {
		out[i] = sent{label: run.TwinSend, status: 200, after: run.Dead, took: first, at: time.Duration(i+1) * time.Second}
		if i >= n/2 {
			out[i].took = last
		}
	}
	return out
}

// halves are so many refusals of each kind of signature.
func halves(n int, forged fixtures.Recipe) []sent {
	var out []sent
	for range n {
		out = append(out, sent{status: 400, recipe: forged}, sent{status: 400, recipe: fixtures.Valid().Signature("${signed|flip-bit}")})
	}
	return out
}

func lookup(t *testing.T, id string) run.Case {
	t.Helper()
	for _, c := range cases.All() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("there is no case %s", id)
	return run.Case{}
}

// Variants of a refusing case share the control of their exchange: it is
// counted once.
func TestASharedControlIsCountedOnce(t *testing.T) {
	twin := sent{label: run.TwinSend, status: 204, after: run.Dead, at: time.Second}
	seen := run.Seen{Case: lookup(t, "rsp-success-status"), Context: run.Context{Others: []run.Other{twin.other(), twin.other()}}}
	seen.Variant = seen.Case.Variants[0]
	seen.Demand = seen.Case.Demand(seen.Variant, run.Terms{})
	if f := verdict.Variant(seen).Finding(); f == nil || strings.Contains(f.Actual, ",") {
		t.Errorf("%+v", f)
	}
}

// A session that ended although its own request was lawfully refused ended by
// another's token, where one is known to end everybody's.
func TestAWildcardIsNoStatusOfOthers(t *testing.T) {
	refused := sent{id: "clm-azp-other", expect: run.Either, level: run.May, status: 400, after: run.Dead}
	good := sent{id: "ok-sub-sid", expect: run.Revoke, status: 200, after: run.Dead}
	for wildcard, want := range map[bool]run.Verdict{false: run.Fail, true: run.Pass} {
		seen := run.Seen{Case: lookup(t, "rsp-success-status"), Context: run.Context{
			Wildcard: wildcard, Others: []run.Other{good.other(), refused.other()},
		}}
		seen.Variant = seen.Case.Variants[0]
		seen.Demand = seen.Case.Demand(seen.Variant, run.Terms{})
		if got := verdict.Variant(seen); got.Verdict != want {
			t.Errorf("wildcard %v: %s, want %s: %+v", wildcard, got.Verdict, want, got.Findings)
		}
	}
}
