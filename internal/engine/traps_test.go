package engine_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/receiver"
	"github.com/loggedout/loggedout/internal/run"
)

// A lawful receiver does something that the corpus calls a trap (section 6): a
// harness that fails it is wrong.
type lawful struct {
	// traps are the numbers of section 6.
	traps []int
	// variation is one of the reference receiver's, before something that
	// stands before it.
	variation string
	before    func(http.Handler) http.Handler
	clock     func() time.Time
	declares  func(*config.Config)
	// only is the one profile that knows such a thing; empty: all do.
	only run.Profile
	// warned are cases that may warn, each with the reason.
	warned map[string]string
	// unsettled: some cases may be inconclusive, because the receiver keeps the
	// harness from looking.
	unsettled bool
}

var lawfulReceivers = map[string]lawful{
	"204":                 {traps: []int{1}, variation: "answers-204"},
	"200 with a body":     {traps: []int{1}, variation: "accepts-with-a-body"},
	"empty 400":           {traps: []int{1}, variation: "refuses-with-empty-400"},
	"own error value":     {traps: []int{1}, variation: "refuses-with-own-error"},
	"404 for GET":         {traps: []int{2, 8}, variation: "methods-404"},
	"415":                 {traps: []int{2, 8}, variation: "types-415"},
	"413 and 431":         {traps: []int{2, 8}, before: small},
	"429 under load":      {traps: []int{2, 25}, before: throttling(60, 300*time.Millisecond), unsettled: true},
	"503 without a store": {traps: []int{6}, variation: "unavailable-503"},
	"504 without a store": {traps: []int{4, 6}, variation: "unavailable-504"},
	"401":                 {traps: []int{3}, variation: "refuses-with-401"},
	"403":                 {traps: []int{3}, variation: "refuses-with-403"},
	"404 for strangers":   {traps: []int{5}, variation: "strangers-refused"},
	"a queue":             {traps: []int{7}, variation: "ends-sessions-later"},
	"errors of a front": {traps: []int{8, 27}, before: front, warned: map[string]string{
		"http-query-vs-body": "the corpus has the body decide, and this front turns the whole request away",
	}},
	"strict typing":         {traps: []int{9}, variation: "strict-typing", declares: func(c *config.Config) { c.Declares.StrictTyping = true }},
	"built to 2022":         {traps: []int{10}, variation: "built-to-2022", declares: func(c *config.Config) { c.Declares.Edition = run.Final2022 }},
	"five minutes of grace": {traps: []int{11}, variation: "wide-leeway"},
	"a narrow window":       {traps: []int{12}, variation: "narrow-window"},
	"no replay memory": {traps: []int{13}, variation: "jti-unheeded", warned: map[string]string{
		"sem-replay-after-relogin": "a replay that ends a new session is a SHOULD finding, and no failure",
	}},
	"iat unheeded": {traps: []int{14}, variation: "iat-unheeded", warned: map[string]string{
		"clm-iat-missing": "SHOULD at most",
		"clm-iat-future":  "a year ahead is better refused; nothing demands it",
	}},
	"azp checked":          {traps: []int{15}, variation: "azp-checked"},
	"one audience":         {traps: []int{16}, variation: "single-audience", declares: func(c *config.Config) { c.Declares.SingleAudience = true }},
	"one audience, unsaid": {traps: []int{16}, variation: "single-audience"},
	"events exact":         {traps: []int{17}, variation: "events-exact"},
	"every key tried":      {traps: []int{18}, variation: "tries-all-keys"},
	"tolerant":             {traps: []int{19}, variation: "tolerant-of-spelling"},
	"dates as text":        {traps: []int{20}, variation: "numeric-strings"},
	"both claims end all":  {traps: []int{21}, variation: "both-claims-end-all"},
	"sid required": {
		traps: []int{22}, variation: "sid-required", declares: func(c *config.Config) { c.Declares.SessionRequired = true },
	},
	"sid unknown": {
		traps: []int{22, 23}, variation: "sid-unknown", declares: func(c *config.Config) { c.Declares.Sid = false },
	},
	"a clock two minutes off": {
		traps: []int{29}, variation: "wide-leeway", clock: func() time.Time { return time.Now().Add(2 * time.Minute) },
	},
	"one endpoint": {traps: []int{32}, before: oneEndpoint, only: run.OIDC, declares: func(c *config.Config) {
		c.Target.Second.Client.LogoutURL, c.Target.Second.Issuer.LogoutURL = c.Target.LogoutURL, c.Target.LogoutURL
	}},
	"single sign-on at the probe": {traps: []int{30}, before: backToTheIssuer},
}

// keptElsewhere are the traps that no lawful receiver can show, or that the
// reference receiver itself shows, each with where it is.
var keptElsewhere = map[int]string{
	24: "the reference receiver keeps offline tokens and revokes the others",
	26: "the reference receiver keeps keys for the time that the demo declares, and pauses between fetches",
	28: "the reference receiver speaks plain HTTP",
	31: "the reference receiver ends the session of a browser when another user logs in there",
}

func TestLawfulReceiversAreNotFailed(t *testing.T) {
	t.Parallel()
	for i, name := range slices.Sorted(maps.Keys(lawfulReceivers)) {
		l := lawfulReceivers[name]
		for _, profile := range l.profiles() {
			t.Run(name+"/"+string(profile), func(t *testing.T) {
				sampled(t, i)
				t.Parallel()
				l.check(t, profile)
			})
		}
	}
}

func (l lawful) check(t *testing.T, profile run.Profile) {
	var changes []func(*config.Config)
	if l.declares != nil {
		changes = append(changes, l.declares)
	}
	doc := drive(t, demo.Options{Profile: profile, Alg: quickAlg, Variation: l.variation, Wrap: l.before, Clock: l.clock}, engine.Filter{}, changes...)
	for _, c := range doc.Cases {
		_, warned := l.warned[c.ID]
		switch c.Verdict {
		case run.Pass, run.Note, run.NotApplicable:
			continue
		case run.Warn:
			if warned {
				continue
			}
		case run.Inconclusive:
			if l.unsettled {
				continue
			}
		case run.Fail, run.HarnessError:
		}
		t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
		if worst := c.Worst(); worst != nil && worst.Finding() != nil {
			t.Logf("  %s: expected %s, actual %s", worst.Slug, worst.Finding().Expected, worst.Finding().Actual)
		}
	}
}

// profiles are those under which the receiver is one.
func (l lawful) profiles() []run.Profile {
	if l.only != "" {
		return []run.Profile{l.only}
	}
	all := []run.Profile{run.OIDC, run.SharedSecret}
	for _, v := range receiver.Variations() {
		if v.Name == l.variation {
			return slices.DeleteFunc(all, func(p run.Profile) bool { return !slices.Contains(v.Profiles, string(p)) })
		}
	}
	return all
}

func TestEveryTrapHasALawfulReceiver(t *testing.T) {
	shown := maps.Clone(keptElsewhere)
	used := map[string]bool{}
	for name, l := range lawfulReceivers {
		used[l.variation] = true
		for _, trap := range l.traps {
			shown[trap] = name
		}
	}
	for trap := 1; trap <= 32; trap++ {
		if shown[trap] == "" {
			t.Errorf("no lawful receiver does what trap %d speaks of", trap)
		}
	}
	for _, v := range receiver.Variations() {
		if !used[v.Name] {
			t.Errorf("the variation %s is never tried", v.Name)
		}
	}
}
