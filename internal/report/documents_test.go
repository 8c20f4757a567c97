package report

import (
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

var fetched = 2

// began is when every document of the tests was made.
var began = time.Date(2026, 3, 14, 15, 9, 26, 535000000, time.UTC)

// hostile is what a target, or whoever wrote a document, would put into a text
// to get out of it in one of the formats.
const hostile = "\x1b[31mred\x07\u202e <script>alert(\"x\")</script> ' onload='y ]]> | `c` [l](http://e.example) www.e.example\n# h \x00 &amp; {{.}}"

// document is a run of these cases, summarized.
func document(covers string, cases ...run.CaseResult) *run.Run {
	return &run.Run{
		Schema: run.Schema, Tool: run.Tool{Version: "1.2.0", Catalogue: "2026-03"}, Profile: run.OIDC,
		Target: run.Target{
			Name: "my app", LogoutURL: "http://127.0.0.1:3000/backchannel-logout", Issuer: "http://127.0.0.1:8080/default",
		},
		Started: began, Duration: 3210.5,
		Terms:    run.Terms{Profile: run.OIDC, Alg: "RS256", Declares: run.DefaultDeclares()},
		Observed: run.Observed{Proof: &run.Proof{OK: true}, JWKSFetches: &fetched},
		Covers:   covers, Summary: run.Summarize(cases, covers == ""), Cases: cases,
	}
}

// judged is a case with its variants, which the first finding of the worst
// variant speaks for.
func judged(id, group string, level run.Level, requires string, variants ...run.VariantResult) run.CaseResult {
	c := run.CaseResult{
		ID: id, Group: group, Level: level, Clauses: []string{"BCL 2.6(4)", "CORE 3.1.3.7(9)"}, Requires: requires,
		Verdict: run.NotApplicable, Variants: variants,
	}
	for i, v := range variants {
		variants[i].Level = level
		if v.Verdict.Worse(c.Verdict) {
			c.Verdict = v.Verdict
		}
		c.Duration += v.Evidence.Duration
	}
	if worst := c.Worst(); worst != nil {
		if f := worst.Finding(); f != nil {
			c.Finding, c.Severity = f.Text, f.Severity
		}
	}
	return c
}

// variant has the verdict of its first finding.
func variant(slug string, findings ...run.Finding) run.VariantResult {
	v := run.VariantResult{
		Slug: slug, Verdict: run.Pass, Expect: run.Refuse, Level: run.Must, Findings: findings,
		Evidence: evidence(`{"iss":"http://127.0.0.1:8080/default","exp":1,"exp":2}`, `{"error":"invalid_request"}`),
	}
	if len(findings) > 0 {
		v.Verdict = findings[0].Verdict
	}
	return v
}

// evidence is the exchange of a refusal.
func evidence(payload, body string) run.Evidence {
	return run.Evidence{
		Started: began.Add(time.Second), Duration: 41.25,
		Events: []run.Event{
			{Session: run.Named, Login: &run.Login{Sub: "alice-1", Sid: "s-1", Requests: 5, Took: 12.5}},
			{At: 13, Session: run.Named, Label: run.Before, Probe: &run.Probe{State: run.Alive, Why: "200 and the user's name", Status: 200}},
			{At: 14.5, Session: run.Named, Label: run.CaseSend, Send: &run.Send{
				Recipe: fixtures.Recipe{Base: fixtures.SubSid, Claims: []fixtures.Edit{{Op: fixtures.OpSet, Name: "exp", Value: "${now-3600}"}}},
				Token:  run.Token{Wire: "aGVhZA.cGF5bG9hZA.c2ln", Header: `{"alg":"RS256","kid":"k1"}`, Payload: payload},
				Method: "POST", URL: "http://127.0.0.1:3000/backchannel-logout",
				Answer: run.Answer{
					Status: 400, Header: map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store"},
					Body: body, BodyBytes: int64(len(body)), Took: 2.5,
				},
			}},
			{At: 20, Wait: &run.Wait{Why: "sessions of this target end late", For: 10, Took: 10}},
			{At: 30, Session: run.Named, Label: run.After, Probe: &run.Probe{State: run.Dead, Why: "401", Status: 401, After: 11}},
		},
	}
}

// notApplicable is a variant that the terms exclude.
func notApplicable(slug, why string) run.VariantResult {
	return run.VariantResult{
		Slug: slug, Verdict: run.NotApplicable, Findings: []run.Finding{{Verdict: run.NotApplicable, Text: why}},
	}
}

// conformantDoc is a whole run against which nothing stands.
func conformantDoc() *run.Run {
	return document("",
		judged("ok-sub-sid", "OK", run.Must, "a logout token with sub and sid ends the session", variant("plain")),
		judged("clm-exp-past", "CLM", run.Must, "a token whose exp has passed is refused",
			variant("day"), variant("hour"), notApplicable("minutes-11", "the target allows a leeway of 15m")),
		judged("hdr-typ-other-kind", "HDR", run.Should, "a token of another kind is refused",
			notApplicable("at", "the target demands typ logout+jwt")),
		judged("clm-jti-replay", "CLM", run.May, "a token that was used before may be refused", variant("same-token", run.Finding{
			Verdict: run.Note, Severity: run.Conformance,
			Text: "a token can be used again after the next login: the target keeps no memory of token ids", Actual: "200",
		})),
	)
}

// expired is a breach that two of three variants share.
func expired(actual string) run.Finding {
	return run.Finding{
		Verdict: run.Fail, Severity: run.Security, Breach: true, Text: "an expired token ended the session",
		Expected: "refused, the session lives", Actual: actual, Cause: "the target's clock is off by 2h0m0s",
	}
}

// mixedDoc has every verdict, several findings, and hostile text wherever the
// target has a say.
func mixedDoc() *run.Run {
	serverError := run.Finding{
		Verdict: run.Warn, Severity: run.Conformance, Text: "a token without exp was answered with a server error",
		Expected: "2xx or 4xx", Actual: "500",
	}
	success := run.Finding{
		Verdict: run.Note, Severity: run.Conformance, Text: "an expired token was answered as a success, though the session lives",
		Expected: "400", Actual: "200",
	}
	hour := variant("hour", expired("200, the session is dead: 401"), serverError, success)
	first := evidence(`not JSON at all`, "first answer")
	hour.First = &first
	attacked := variant("script", run.Finding{
		Verdict: run.Fail, Severity: run.Security, Text: hostile, Expected: hostile, Actual: hostile, Cause: hostile,
	})
	attacked.Evidence = hostileEvidence()
	baseline := judged("ok-sub-sid", "OK", run.Must, "a logout token with sub and sid ends the session", variant("plain"))
	baseline.Implied = true
	sidOnly := judged("ok-sid-only", "OK", run.Must, "a logout token with sid alone ends that session", variant("plain", run.Finding{
		Verdict: run.Fail, Severity: run.Interop, Text: "a valid token with sid alone was refused", Expected: "200, and the session ends",
		Actual: "400, the session is alive: 200 and the user's name", Cause: "the ID token of the login had no sid",
	}))
	doc := document("11 of 44 cases (--group OK,CLM,SEM)",
		baseline, sidOnly,
		judged("clm-exp-past", "CLM", run.Must, "a token whose exp has passed is refused",
			variant("day", expired("200, the session is dead: 401")), hour, variant("minutes-11", success)),
		judged("clm-iat-missing", "CLM", run.Should, "a token without iat is refused", variant("missing", serverError)),
		judged("clm-jti-replay", "CLM", run.May, "a token that was used before may be refused",
			variant("same-token", run.Finding{Verdict: run.Note, Text: "a token can be used again after the next login", Actual: "200"})),
		judged("clm-nbf-future", "CLM", run.Must, "a token that is not valid yet is refused", inconclusive("the target throttled the request")),
		judged("clm-aud-wrong", "CLM", run.Must, "a token for another client is refused", inconclusive("the target throttled the request")),
		judged("clm-sid-empty", "CLM", run.Must, "an empty sid names nobody", notApplicable("empty", "the target knows no sid")),
		judged("sem-late", "SEM", run.Must, "the session is dead when the answer comes",
			variant("late", run.Finding{Verdict: run.HarnessError, Text: "the issuer cannot mint: no key for the role spare"})),
		judged("clm-<hostile>", "CLM", run.Must, hostile, attacked),
		judged("sem-other-user", "SEM", run.Must, "only the named user is logged out", variant("other")),
	)
	doc.Target.Name = "my \"app\" <b>"
	skew := run.Millis(7200000)
	doc.Observed.ClockSkew = &skew
	return doc
}

func inconclusive(text string) run.VariantResult {
	v := variant("only", run.Finding{Verdict: run.Inconclusive, Text: text, Actual: "429"})
	v.Evidence.Fault = &run.Fault{By: run.ByTarget, Text: text}
	return v
}

// hostileEvidence has hostile text in every field that a target or a sender
// controls.
func hostileEvidence() run.Evidence {
	carrier := fixtures.Request{
		Method: hostile, Query: []fixtures.Field{{Name: hostile, Value: hostile}}, Form: []fixtures.Field{{Name: hostile, Value: hostile}},
		Path: hostile, Wire: &fixtures.Wire{Proto: hostile, Chunk: 7},
		Body: hostile, Header: []fixtures.Field{{Name: hostile, Value: hostile}, {Name: "User-Agent"}},
	}
	return run.Evidence{
		Started: began, Duration: 5,
		Fault: &run.Fault{By: run.FaultBy(hostile), Text: hostile},
		Events: []run.Event{
			{Session: hostile, Label: hostile, Login: &run.Login{Sub: hostile, Sid: hostile, Nonce: hostile, Error: hostile}},
			{Session: hostile, Label: hostile, Probe: &run.Probe{State: run.State(hostile), Why: hostile}},
			{Session: hostile, Label: hostile, Send: &run.Send{
				Recipe: fixtures.Recipe{Base: hostile, Sign: fixtures.Signing{Secret: hostile}},
				Token:  run.Token{Wire: hostile, Header: hostile, Payload: `{"a": "</pre><script>z</script>"}`, Elided: true},
				Method: hostile, URL: "javascript:" + hostile, Carrier: &carrier,
				Answer: run.Answer{
					Header: map[string]string{hostile: hostile}, Body: hostile, Truncated: true, Error: hostile, Traits: []run.Trait{hostile},
				},
			}},
			{Wait: &run.Wait{Why: hostile, For: 1, Took: 1}},
			{Session: hostile, Place: run.Place(hostile), Canary: &run.Canary{
				URL: hostile, Hits: []run.CanaryHit{{Method: hostile, Path: hostile, From: hostile}},
			}},
			{Hook: &run.Hook{Name: run.HookName(hostile), Error: hostile}},
			{Issuer: &run.Issuer{Do: run.IssuerStep(hostile), Role: fixtures.Role(hostile)}},
			{Issuer: &run.Issuer{Do: run.Serve, Keys: &fixtures.JWKS{Body: hostile, Header: []fixtures.Field{{Name: hostile, Value: hostile}}}}},
			{Session: hostile, Refresh: &run.RefreshToken{Issued: true, Uses: 1}},
		},
	}
}

// unprovedDoc is a run whose probe could not be proved.
func unprovedDoc() *run.Run {
	const problem = "the probe calls a browser alive that never logged in (200 and \"alice-1\"): target.probe.url must ask for a page that only a logged-in user sees"
	given := func() run.VariantResult {
		return run.VariantResult{
			Slug: "plain", Verdict: run.Inconclusive, Expect: run.Refuse, Level: run.Must,
			Findings: []run.Finding{{Verdict: run.Inconclusive, Text: problem}},
			Evidence: run.Evidence{Started: began, Fault: &run.Fault{By: run.ByTarget, Text: problem}},
		}
	}
	nothing := run.VariantResult{
		Slug: "accepted", Verdict: run.Inconclusive, Expect: run.Observe, Level: run.Must,
		Findings: []run.Finding{{Verdict: run.Inconclusive, Text: "nothing to judge: no logout was done"}},
	}
	doc := document("",
		judged("ok-sub-sid", "OK", run.Must, "a logout token with sub and sid ends the session", given()),
		judged("ok-sid-only", "OK", run.Must, "a logout token with sid alone ends that session", given()),
		judged("clm-exp-past", "CLM", run.Must, "a token whose exp has passed is refused", given()),
		judged("clm-sid-empty", "CLM", run.Must, "an empty sid names nobody", notApplicable("empty", "the target knows no sid")),
		judged("clm-iat-missing", "CLM", run.Should, "a token without iat is refused", given()),
		judged("rsp-success-status", "RSP", run.Must, "a logout that was done is answered with 200", nothing),
	)
	doc.Observed.JWKSFetches = new(int)
	doc.Observed.Proof = &run.Proof{Problem: problem, Events: []run.Event{
		{Session: "alice-1", Label: "anonymous", Probe: &run.Probe{State: run.Alive, Why: "200 and \"alice-1\"", Status: 200}},
	}}
	return doc
}
