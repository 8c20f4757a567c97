package cases_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// A receiver is what scripts act on when nothing is there: a model of one that
// does everything right, which records what the real steps would.
type receiver struct {
	t     *testing.T
	terms run.Terms
	evidence
	sessions map[string]*login
	sent     map[string]run.Sending
	used     map[string]bool // labels of tokens that were accepted
	keys     []fixtures.Role // those that verify
	serving  bool
	storeOff bool
	fetched  int
}

type login struct {
	who       run.Visitor
	alive     bool
	refreshes int
}

var _ run.Steps = (*receiver)(nil)

func newReceiver(t *testing.T, terms run.Terms) *receiver {
	r := &receiver{
		t: t, terms: terms, evidence: begun(), sessions: map[string]*login{}, sent: map[string]run.Sending{},
		used: map[string]bool{}, keys: []fixtures.Role{"", fixtures.Issuer},
	}
	r.sessions[run.Bystander] = &login{who: run.Visitor{User: run.Bystander}, alive: true}
	return r
}

func (r *receiver) session(name string) *login {
	r.t.Helper()
	if r.sessions[name] == nil {
		r.t.Fatalf("the script speaks of a session %q that it never opened", name)
	}
	return r.sessions[name]
}

func (r *receiver) Enter(name string, who run.Visitor) {
	r.sessions[name] = &login{who: who, alive: true}
	r.Probe(name, run.Before)
}

func (r *receiver) TryEnter(name string, who run.Visitor) run.State {
	r.sessions[name] = &login{who: who, alive: true}
	return r.Probe(name, run.After)
}

func (r *receiver) EnterMeanwhile(name string, who run.Visitor, do func()) {
	r.sessions[name] = &login{who: who}
	r.held(do)
	r.sessions[name].alive = true
}

func (r *receiver) held(do func()) {
	r.evidence = r.issuer(run.Hold)
	do()
	r.evidence = r.issuer(run.Release)
}

func (r *receiver) CopyCookies(name, copied string) { r.sessions[copied] = r.session(name) }

func (r *receiver) Probe(name, label string) run.State {
	state := run.Dead
	if r.session(name).alive {
		state = run.Alive
	}
	r.evidence = r.saw(name, label, state)
	return state
}

func (r *receiver) ProbeAt(name string, _ run.Place, label string) run.State {
	return r.Probe(name, label)
}

func (r *receiver) ProbeSurfaces(name, label string) {
	r.sessions[name+"@page"] = r.session(name)
	r.Probe(name+"@page", label)
}

func (r *receiver) ProbeWith(string, run.Presented, string) run.State { return run.Dead }

func (r *receiver) AwaitDeath(name, label string) run.State { return r.Probe(name, label) }

func (r *receiver) WatchDeath(name, label string, _ ...run.Duration) run.State {
	return r.Probe(name, label)
}

func (r *receiver) RefreshTokens(name string) { r.session(name).refreshes++ }

func (r *receiver) RefreshMeanwhile(name string, do func()) {
	r.session(name)
	r.held(do)
}

func (r *receiver) Send(what run.Sending) run.Answer {
	if what.Label == "" {
		what.Label = run.CaseSend
	}
	if what.Session == "" {
		what.Session = run.Named
	}
	r.sent[what.Label] = what
	return r.receive(what, what.Label)
}

func (r *receiver) SendAgain(earlier, label string) run.Answer {
	what, ok := r.sent[earlier]
	if !ok {
		r.t.Fatalf("the script repeats %q, which it never sent", earlier)
	}
	what.Label = label
	return r.receive(what, earlier)
}

func (r *receiver) SendAll(all []run.Sending) []run.Answer {
	var out []run.Answer
	for _, what := range all {
		if r.sent[what.Label].Label != "" {
			r.t.Errorf("two tokens are sent as %q", what.Label)
		}
		out = append(out, r.Send(what))
	}
	return out
}

func (r *receiver) SendCopies(what run.Sending, copies int) []run.Answer {
	var all []run.Sending
	for i := range copies {
		what.Label = fmt.Sprintf("%s-%d", run.CaseSend, i+1)
		all = append(all, what)
	}
	return r.SendAll(all)
}

// receive verifies a token, and ends what it names; original is the label under
// which it was first sent.
func (r *receiver) receive(what run.Sending, original string) run.Answer {
	about, status := r.session(what.Session), 200
	switch {
	case r.storeOff:
		status = 500
	case !r.verifies(what.Recipe), r.used[original] && what.Label != original:
		status = 400
	default:
		r.used[original] = true
		r.end(about, what.Recipe)
	}
	r.evidence = r.evidence.sent(what.Session, what.Label, status)
	return run.Answer{Status: status}
}

func (r *receiver) verifies(recipe fixtures.Recipe) bool {
	changed := func(e fixtures.Edit) bool { return e.Name == "exp" || e.Name == "iss" }
	shared := slices.ContainsFunc(recipe.Header, func(e fixtures.Edit) bool { return strings.Contains(e.Value, "-shared") })
	good := slices.Contains(r.keys, recipe.Sign.Key) || shared && recipe.Sign.Key != fixtures.Rogue
	if !good && r.serving {
		r.fetched++ // to find the key
	}
	return good && recipe.Captured == "" && !slices.ContainsFunc(recipe.Claims, changed)
}

func (r *receiver) end(about *login, recipe fixtures.Recipe) {
	if slices.ContainsFunc(recipe.Claims, func(e fixtures.Edit) bool { return e.Name == "sub" || e.Name == "sid" }) {
		return // nobody is called that
	}
	for _, other := range r.sessions {
		same := other.who.User == about.who.User && other.who.At == about.who.At
		if other == about || recipe.Base == fixtures.SubOnly && same {
			other.alive = false
		}
	}
}

func (r *receiver) Settle()                   {}
func (r *receiver) Wait(string, run.Duration) {}
func (r *receiver) Terms() run.Terms          { return r.terms }
func (r *receiver) Stopped() bool             { return false }

func (r *receiver) Hook(name run.HookName) {
	r.evidence = r.hook(name)
	switch name {
	case run.StoreDown, run.StoreUp:
		r.storeOff = name == run.StoreDown
	case run.RotateSecret:
		// plain recipes are keyed with the new secret from now on
	case run.Restart:
	}
}

func (r *receiver) Publish(role fixtures.Role) { r.keys = append(r.keys, role) }

func (r *receiver) Withdraw(role fixtures.Role) {
	r.keys = slices.DeleteFunc(r.keys, func(k fixtures.Role) bool { return k == role })
}

func (r *receiver) Serve(keys fixtures.JWKS) {
	r.serving, r.evidence = true, r.issuer(run.Serve)
	if len(keys.Also) > 0 {
		r.fetched++
		r.keys = append(r.keys, fixtures.Next)
	}
}

func (r *receiver) ServeAsUsual() {
	r.serving, r.evidence = false, r.issuer(run.ServeAsUsual)
	r.Withdraw(fixtures.Next)
}

func (r *receiver) Fetches() int {
	r.evidence = r.fetches(r.fetched)
	return r.fetched
}

func (r *receiver) LookUpRefresh(name, label string) run.RefreshToken {
	token := run.RefreshToken{Issued: true, Revoked: !r.session(name).alive, Uses: r.session(name).refreshes}
	r.evidence = r.refreshToken(label, token)
	return token
}
