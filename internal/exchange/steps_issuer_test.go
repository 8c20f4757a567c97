package exchange

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Whatever a script changes is undone, however the script ends.
func TestTheIssuerIsLeftAsItWas(t *testing.T) {
	served := fixtures.JWKS{Body: "${fresh|} of ${named.sub}"}
	for name, row := range map[string]struct {
		script func(s run.Steps)
		want   []string
	}{
		"published": {func(s run.Steps) { s.Publish(fixtures.Next) }, []string{"publish next", "withdraw next"}},
		"withdrawn": {func(s run.Steps) { s.Publish(fixtures.Next); s.Withdraw(fixtures.Next) }, []string{"publish next", "withdraw next"}},
		"another's": {func(s run.Steps) { s.Withdraw(fixtures.Next) }, nil},
		"two":       {func(s run.Steps) { s.Publish(fixtures.Next); s.Publish(fixtures.Rogue); s.Withdraw(fixtures.Next) }, []string{"publish next", "publish rogue", "withdraw next", "withdraw rogue"}},
		"served":    {func(s run.Steps) { s.Serve(fixtures.JWKS{Body: "{}"}) }, []string{"serve {}", "serve as usual"}},
		"twice": {func(s run.Steps) {
			s.Serve(fixtures.JWKS{Body: "1"})
			s.Serve(fixtures.JWKS{Body: "2"})
			s.ServeAsUsual()
			s.ServeAsUsual()
		}, []string{"serve 1", "serve 2", "serve as usual"}},
		"broken off": {func(s run.Steps) { s.Serve(fixtures.JWKS{Body: "{}"}); s.Probe("nobody", "x") }, []string{"serve {}", "serve as usual"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			e := w.act(t, row.script)
			if got := w.issuer.did; !slices.Equal(got, row.want) {
				t.Errorf("did %q, want %q", got, row.want)
			}
			told := 0
			for _, event := range e.Events {
				if event.Issuer != nil {
					told++
				}
			}
			if told != len(row.want) {
				t.Errorf("%d steps are in the evidence, want %d", told, len(row.want))
			}
			w.runner.AwaitKeys(t.Context()) // nobody is in the middle of anything
			if !w.runner.serving.TryLock() {
				t.Error("nobody else can have anything served")
			}
		})
	}
	w := newWorld(t)
	whole(t, w.act(t, func(s run.Steps) {
		s.Enter(run.Named, alice)
		s.Serve(fixtures.JWKS{Body: served.Body[len("${fresh|} of "):]})
	}))
	if got := w.dids("serve alice-t-"); len(got) != 1 {
		t.Errorf("%q", w.issuer.did)
	}
}

// One exchange at a time has the issuer serve something else, and the others
// leave their places in the pool.
func TestServingTakesTurns(t *testing.T) {
	w := newWorld(t)
	w.runner.serving.Lock()
	c := run.Case{ID: "key-test", Expect: run.Revoke, Variants: []run.Variant{{Slug: "one"}},
		Steps: func(s run.Steps, _ run.Variant) { s.Serve(fixtures.JWKS{Body: "{}"}) }}
	job := Jobs(c, w.runner.Terms)[0]
	waited := false
	job.Yield = func(wait func()) {
		waited = true
		w.runner.serving.Unlock()
		wait()
	}
	whole(t, w.runner.Run(t.Context(), job)[0])
	if !waited {
		t.Error("it served over another")
	}
}

func TestFetchesCountFromTheBeginning(t *testing.T) {
	w := newWorld(t)
	w.issuer.fetches = 7
	var counted []int
	e := whole(t, w.act(t, func(s run.Steps) {
		counted = append(counted, s.Fetches())
		w.issuer.fetches = 9
		counted = append(counted, s.Fetches())
	}))
	if !slices.Equal(counted, []int{0, 2}) {
		t.Errorf("counted %d", counted)
	}
	var told []int
	for _, event := range e.Events {
		if event.Issuer != nil && event.Issuer.Do == run.Count {
			told = append(told, *event.Issuer.Fetches)
		}
	}
	if !slices.Equal(told, counted) {
		t.Errorf("the evidence says %d", told)
	}
}

// Every sending that names a canary has one of its own, and who came to it is
// told with its variant.
func TestCanaries(t *testing.T) {
	w := newWorld(t)
	pointing := func(slug string) run.Variant {
		return run.Variant{Slug: slug, Recipe: fixtures.Valid().Unsigned("none").WithHeader("jku", `"${canary}/jwks"`)}
	}
	inRequest := fixtures.Post().And("redirect", "${canary.far}")
	c := run.Case{ID: "hdr-test", Expect: run.Refuse, Variants: []run.Variant{
		pointing("a"), pointing("b"), {Slug: "c", Recipe: fixtures.Valid().Unsigned("none")},
		{Slug: "d", Recipe: fixtures.Valid().Unsigned("none"), Request: &inRequest},
	}}
	w.issuer.hits["http://canary/canary-t-00004"] = []run.CanaryHit{{Method: "GET", Path: "/jwks"}}
	var urls []string
	hits := map[string]int{}
	for i, e := range w.run(t, c) {
		whole(t, e)
		slug := c.Variants[i].Slug
		for _, event := range e.Events {
			if event.Canary != nil {
				urls = append(urls, slug+" "+event.Canary.URL)
				hits[slug] += len(event.Canary.Hits)
				if event.Session != run.Named || event.Label != run.CaseSend {
					t.Errorf("recorded as %+v", event)
				}
			}
		}
	}
	if len(urls) != 3 || !strings.HasPrefix(urls[0], "a ") || !strings.HasPrefix(urls[1], "b ") || !strings.HasPrefix(urls[2], "d ") ||
		strings.TrimPrefix(urls[0], "a ") == strings.TrimPrefix(urls[1], "b ") {
		t.Errorf("canaries at %q", urls)
	}
	if hits["a"] != 1 || hits["b"] != 0 || hits["d"] != 0 {
		t.Errorf("hits %v of %q", hits, urls)
	}
}

// Those who wait for changes of keys wait for all of them, and no longer.
func TestChanges(t *testing.T) {
	var c changes
	c.await(t.Context()) // there are none
	c.begin()
	c.begin()
	over := make(chan struct{})
	go func() {
		defer close(over)
		c.await(t.Context())
	}()
	c.end()
	select {
	case <-over:
		t.Fatal("one is left")
	default:
	}
	c.end()
	<-over
	c.begin()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c.await(ctx)
}
