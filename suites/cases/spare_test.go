package cases

import (
	"slices"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

// A scene is evidence in a few words.
type scene []run.Event

func (s scene) probe(session, label string, state run.State) scene {
	at := run.Millis(10_000 * len(s))
	return append(slices.Clip(s), run.Event{At: at, Session: session, Label: label, Probe: &run.Probe{State: state}})
}

func (s scene) send(label string, status int, took run.Millis) scene {
	return append(slices.Clip(s), run.Event{Session: run.Named, Label: label, Send: &run.Send{Answer: run.Answer{Status: status, Took: took}}})
}

func seenOf(id, slug string, s scene) run.Seen {
	for _, c := range All() {
		for _, v := range c.Variants {
			if c.ID == id && v.Slug == slug {
				terms := run.Terms{Profile: run.OIDC, Alg: "RS256", Declares: run.DefaultDeclares(), Offers: run.Needs()}
				return run.Seen{
					Case: c, Variant: v, Demand: c.Demand(v, terms), Evidence: run.Evidence{Events: s},
					Context: run.Context{Terms: terms, Baselines: map[string]run.Baseline{
						"ok-sub-sid": {OK: true}, "ok-sid-only": {OK: true}, "ok-sub-only": {OK: true},
					}},
				}
			}
		}
	}
	return run.Seen{}
}

func TestOwnJudges(t *testing.T) {
	const alive, dead = run.Alive, run.Dead
	spared := scene{}.send("case", 200, 1).probe("named", "after", alive).send("twin", 200, 1).probe("named", "after-twin", dead)
	hit := scene{}.send("case", 200, 1).probe("named", "after", dead)
	slow := scene{}.send("case", 400, 5000).probe("named", "after", alive).send("twin", 200, 1).probe("named", "after-twin", dead)
	used := scene{}.send("first", 200, 1).probe("named", "after", dead)
	tests := []struct {
		name, id, slug string
		scene          scene
		want           run.Verdict // empty: nothing to say
	}{
		{"an unknown user called logged out is fine", "clm-sub-near-miss", "prefix", spared, ""},
		{"the real user ended", "clm-sub-near-miss", "prefix", hit, run.Fail},
		{"nobody has such a name", "clm-sub-near-miss", "composed", scene{}.probe("named", "after", dead), run.Note},
		{"control characters are cut off", "ser-control-chars-in-sub", "nul-after", hit, run.Fail},
		{"a long name is cut, at whatever level", "clm-sub-oversize", "characters-256", hit, run.Fail},
		{"no control", "clm-sub-oversize", "kib-10", scene{}.send("case", 400, 1).probe("named", "after", alive), run.Inconclusive},
		{"a pattern is worked on", "clm-sub-wildcard-injection", "star", slow, run.Warn},
		{"dots take long", "ser-segment-count", "dots-100000", slow, run.Warn},
		{"dots do not", "ser-segment-count", "dots-100000", spared, ""},
		{"the second sub counts", "ser-dup-sub-split", "victim-first", spared.probe("bob", "after", dead), run.Note},
		{"neither ended", "clm-sub-sid-disagree", "other-users-session", spared.probe("bob", "after", alive), ""},
		{"both ended", "clm-sub-sid-disagree", "other-users-session", hit.probe("bob", "after", dead), run.Fail},
		{"the user ended", "clm-sub-sid-disagree", "other-users-session", hit.probe("bob", "after", alive), run.Warn},
		{"the other ended", "clm-sub-sid-disagree", "other-users-session", spared.probe("bob", "after", dead), run.Warn},
		{
			"widened", "clm-sid-null-with-sub", "null",
			scene{}.probe("named", "before", alive).probe("named", "after", dead).probe("sibling", "after", dead), run.Note,
		},
		{"refused", "clm-sid-null-with-sub", "null", spared, ""},
		{"used again", "clm-jti-missing-or-bad", "missing", hit.probe("next", "after", dead), run.Note},
		{"remembered", "clm-jti-missing-or-bad", "missing", hit.probe("next", "after", alive), ""},
		{
			"jti used up at one issuer only", "clm-jti-reuse-new-token", "other-user",
			used.send("case", 400, 1).probe("bob", "after", alive).probe("carol", "after", dead), run.Note,
		},
		{
			"jti used up at all issuers", "clm-jti-reuse-new-token", "other-user",
			used.send("case", 400, 1).probe("bob", "after", alive).probe("carol", "after", alive).probe("carol", "after-twin", dead), run.Warn,
		},
		{
			"the second issuer ends nothing", "clm-jti-reuse-new-token", "other-user",
			used.send("case", 400, 1).probe("bob", "after", alive).probe("carol", "after", alive).probe("carol", "after-twin", alive), run.Inconclusive,
		},
		{
			"the other issuer's token was throttled", "clm-jti-reuse-new-token", "other-user",
			used.send("case", 400, 1).probe("bob", "after", alive).send("third", 429, 1).probe("carol", "after", alive), run.Inconclusive,
		},
		{"jti not remembered", "clm-jti-reuse-new-token", "other-user", used.send("case", 200, 1).probe("bob", "after", dead), run.Note},
		{"never worked", "clm-jti-reuse-new-token", "other-user", scene{}.send("first", 400, 1).probe("named", "after", alive), run.Inconclusive},
		{"an intruder is in", "xjwt-reverse", "as-id-token", scene{}.probe("intruder", "after", alive).probe("bystander", "after", alive), run.Fail},
		{"an intruder is out", "xjwt-reverse", "as-bearer", scene{}.probe("named", "before", alive).probe("named", "shown", dead), ""},
		{"the bearer of it is in", "xjwt-reverse", "as-bearer", scene{}.probe("named", "shown", alive), run.Fail},
		{"nobody looked", "xjwt-reverse", "as-bearer", scene{}.probe("bystander", "after", alive), run.Inconclusive},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seen := seenOf(tt.id, tt.slug, tt.scene)
			if seen.Case.Judge == nil {
				t.Fatalf("%s/%s has no judge", tt.id, tt.slug)
			}
			var worst run.Verdict
			for _, f := range seen.Case.Judge(seen) {
				if worst == "" || f.Verdict.Worse(worst) {
					worst = f.Verdict
				}
			}
			if worst != tt.want {
				t.Errorf("%q, want %q", worst, tt.want)
			}
		})
	}
}

func TestAnswersThatTellWhy(t *testing.T) {
	even := func(change func(damage string, round int, a *run.Answer)) scene {
		var s scene
		for round := range rounds {
			for _, d := range damages(seenOf("jwe-error-oracle", "rsa1-5", nil).Variant) {
				a := run.Answer{Status: 400, Body: "invalid", Took: 2}
				change(d.name, round, &a)
				label := d.name + "-" + string(rune('1'+round))
				s = append(s, run.Event{Session: run.Named, Label: label, Send: &run.Send{Answer: a}})
			}
		}
		return s.probe("named", "after", run.Alive).send("twin", 200, 1).probe("named", "after-twin", run.Dead)
	}
	tests := []struct {
		name  string
		scene scene
		want  run.Verdict
	}{
		{"all alike", even(func(string, int, *run.Answer) {}), ""},
		{"another status for a bad key", even(func(d string, _ int, a *run.Answer) {
			if d == "key" {
				a.Status = 401
			}
		}), run.Warn},
		{"another text for a bad tag", even(func(d string, _ int, a *run.Answer) {
			if d == "tag" {
				a.Body = "tag mismatch"
			}
		}), run.Warn},
		{"a bad key takes longer, each time", even(func(d string, _ int, a *run.Answer) {
			if d == "key" {
				a.Took = 80
			}
		}), run.Warn},
		{"one answer was slow", even(func(d string, round int, a *run.Answer) {
			if d == "key" && round == 2 {
				a.Took = 900
			}
		}), ""},
		{"a busy target is slow now and then", even(func(d string, round int, a *run.Answer) {
			if d == "key" && round > 0 || d == "tag" && round == 0 {
				a.Took = 80
			}
		}), ""},
		{"every answer has a number of its own", even(func(d string, round int, a *run.Answer) {
			a.Body = d + string(rune('a'+round))
		}), ""},
		{"no answer", even(func(_ string, _ int, a *run.Answer) { a.Status = 0 }), run.Inconclusive},
		{"a damaged token ends the session", scene{}.probe("named", "after", run.Dead), run.Fail},
		{"nobody can read any", scene{}.probe("named", "after", run.Alive).send("twin", 400, 1).probe("named", "after-twin", run.Alive), run.Inconclusive},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := tellsNothing(seenOf("jwe-error-oracle", "rsa1-5", tt.scene))
			var got run.Verdict
			if len(found) > 0 {
				got = found[0].Verdict
			}
			if got != tt.want {
				t.Errorf("%+v, want %q", found, tt.want)
			}
		})
	}
}
