package exchange

import (
	"net/http"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// hostile are variants that have to be refused; those named killer end the
// session of the companion.
func hostile(slugs ...string) []run.Variant {
	var out []run.Variant
	for _, slug := range slugs {
		note := `"harmless"`
		if strings.HasPrefix(slug, "killer") {
			note = `"kill ${bob.sub}"`
		}
		out = append(out, run.Variant{Slug: slug, Recipe: fixtures.Valid().Unsigned("none").With("note", note)})
	}
	return out
}

// kills ends the session of whoever the note of a token names.
func kills(w *world) func(http.ResponseWriter, claims) bool {
	return func(_ http.ResponseWriter, c claims) bool {
		if sub, ok := strings.CutPrefix(c.Note, "kill "); ok {
			w.end(claims{Place: "home", Sub: sub})
		}
		return false
	}
}

// The companion's death is told with the variant that caused it, whatever comes
// after, and the next variant finds the companion alive.
func TestCompany(t *testing.T) {
	w := newWorld(t)
	w.on = kills(w)
	got := w.run(t, run.Case{
		ID: "clm-test", Expect: run.Refuse, Variants: hostile("a", "killer", "c", "killer-again", "e"),
		Company: []run.Companion{{Session: "bob", Who: run.Visitor{User: "bob"}}},
	})
	for i, want := range []run.State{run.Alive, run.Dead, run.Alive, run.Dead, run.Alive} {
		e := whole(t, got[i])
		expectState(t, e, "bob", run.Before, run.Alive)
		expectState(t, e, "bob", run.After, want)
		expectState(t, e, run.Named, run.After, run.Alive)
		expectState(t, e, run.Named, run.AfterTwin, run.Dead)
	}
}

// A token that must be accepted has the company looked at as well.
func TestCompanyOfAValidToken(t *testing.T) {
	w := newWorld(t)
	w.wrong.everywhere = true
	got := w.run(t, run.Case{
		ID: "sem-test", Expect: run.Revoke, Variants: []run.Variant{{Slug: "one", Recipe: fixtures.Valid()}},
		Company: []run.Companion{{Session: "there", Who: elsewhere}, {Session: "bob", Who: run.Visitor{User: "bob"}}},
	})
	expectState(t, whole(t, got[0]), "there", run.After, run.Dead)
	expectState(t, got[0], "bob", run.After, run.Alive)
}

// A companion with the sid of the named session gets the new one with it.
func TestCompanionsFollowTheNamedSession(t *testing.T) {
	w := newWorld(t)
	w.on = func(_ http.ResponseWriter, c claims) bool {
		if c.Note == "harmless" {
			w.end(c) // which it is not
		}
		return false
	}
	w.run(t, run.Case{
		ID: "clm-test", Expect: run.Refuse, Variants: hostile("a", "b"),
		Company: []run.Companion{{Session: "bob", Who: run.Visitor{User: "bob", Sid: "${named.sid}"}}},
	})
	if got := w.dids("foresee"); len(got) != 2 || got[0] == got[1] {
		t.Errorf("%q", got)
	}
}

// Standard scripts are done where the variant says.
func TestVariantsAtAPlace(t *testing.T) {
	w := newWorld(t)
	vs := hostile("a", "b", "c")
	vs[1].At = run.AtSecondClient
	c := run.Case{ID: "clm-test", Expect: run.Refuse, Variants: vs}
	if jobs := Jobs(c, w.runner.Terms); len(jobs) != 2 || len(jobs[0].Variants) != 2 {
		t.Fatalf("%d jobs", len(jobs))
	}
	w.run(t, c)
	there := 0
	for _, each := range w.logouts {
		if (each.Place == "second") != (each.Aud == "second") {
			t.Errorf("%+v", each)
		}
		if each.Place == "second" {
			there++
		}
	}
	if there != 2 { // the token and its twin
		t.Errorf("%d tokens came to the second client", there)
	}
}

// What can hurt is kept apart from what cannot.
func TestHeavyVariantsAreJobsOfTheirOwn(t *testing.T) {
	vs := hostile("a", "b", "c")
	vs[1].Needs = []run.Need{run.Load}
	terms := run.Terms{Offers: []run.Need{run.Load}}
	jobs := Jobs(run.Case{ID: "clm-test", Expect: run.Refuse, Variants: vs}, terms)
	if len(jobs) != 2 || jobs[0].Heavy() || !jobs[1].Heavy() || len(jobs[1].Variants) != 1 {
		t.Errorf("%+v", jobs)
	}
	if jobs = Jobs(run.Case{ID: "clm-test", Expect: run.Refuse, Variants: vs, Needs: []run.Need{run.Load}}, terms); len(jobs) != 1 || !jobs[0].Heavy() {
		t.Errorf("%+v", jobs)
	}
}
