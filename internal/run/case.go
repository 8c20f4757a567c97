package run

import (
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
)

// Level is the weight of the rule behind a case, not of the attack.
type Level string

const (
	// Must, Should and May follow the cited text (RFC 2119).
	Must   Level = "MUST"
	Should Level = "SHOULD"
	May    Level = "MAY"
	// Hardening is demanded by no standard.
	Hardening Level = "hardening"
)

// Expect is what a receiver has to do with the request of a variant.
type Expect string

const (
	// Revoke: 2xx, the named session is dead on the server, every bystander lives.
	Revoke Expect = "revoke"
	// Refuse: the named session stays alive, and the answer is not 2xx.
	Refuse Expect = "refuse"
	// Either: no verdict on acceptance; only the invariants hold.
	Either Expect = "either"
	// Observe: nothing is sent; the case is judged on what all others saw.
	Observe Expect = "observe"
)

// A Case is one requirement of the catalogue.
type Case struct {
	// ID is the stable id of the corpus, such as clm-exp-past.
	ID    string
	Level Level
	// Clauses are the texts that demand it, such as "BCL 2.6(4)".
	Clauses []string
	// Requires is the requirement in a sentence.
	Requires string
	// Sends is what is sent, as the beginning of a sentence: "an expired token".
	Sends string
	// Wild lists advisories and issues where it went wrong.
	Wild []string
	// Variants are the requests of the case, each with its own slug.
	Variants []Variant
	Expect   Expect
	// Harm is how bad it is that a token which has to be refused ends the
	// session. Empty: a matter of security where the level is MUST, and of
	// conformance elsewhere.
	Harm Severity
	// Given changes expectation or level under declared terms; the first that
	// applies wins.
	Given []Given
	// Excluded are the terms under which the case does not apply.
	Excluded []Condition
	// Needs are the facilities without which the case does not apply.
	Needs []Need
	// Company are further sessions that the standard scripts open and look at
	// whenever they look at the named one.
	Company []Companion
	// Schedule says beside what the case may run. Empty: beside all others.
	Schedule Schedule
	// Around arranges something around the standard script of the expectation,
	// whose control and judge stay: it calls standard once.
	Around func(s Steps, standard func())
	// Steps replaces the standard script, for a case that needs more than "send
	// this, then probe". It needs a judge of its own.
	Steps func(Steps, Variant)
	// Judge adds to the standard judge; with Steps, and for [Observe], it
	// replaces it.
	Judge Judge
}

// Schedule says beside what a case may run.
type Schedule string

const (
	// Alone: nothing else runs, because the case can hit everybody.
	Alone Schedule = "alone"
	// Last: when all others have begun and none is in the middle of a change of
	// keys, because the case uses up the target's allowance of key fetches.
	Last Schedule = "last"
)

// A Variant is one request, or one short scenario, of a case.
type Variant struct {
	// Slug is stable and unique within the case.
	Slug string
	// Recipe makes the token.
	Recipe fixtures.Recipe
	// Request carries it. Nil: a form post of the token.
	Request *fixtures.Request
	// Odd: a server or a proxy may answer the request before the endpoint sees
	// it, or drop it without an answer. Neither is a fault, and the answer says
	// nothing about how the endpoint answers.
	Odd bool
	// Expect and Level override those of the case unless empty.
	Expect Expect
	Level  Level
	// Given comes before that of the case, and holds even when Expect is set.
	Given []Given
	// Excluded are further terms under which this variant does not apply, Needs
	// further facilities that it needs.
	Excluded []Condition
	Needs    []Need
	// At is where the named session is, and where the token goes.
	At Place
	// Serve is what the issuer's jwks_uri answers, for scripts that have it
	// served; nil: the issuer's own keys.
	Serve *fixtures.JWKS
}

// A Companion is a further session beside the named one.
type Companion struct {
	// Session is its name in the evidence and in placeholders: ${bob.sub}.
	Session string
	Who     Visitor
	// MayEnd: its end is no breach; a judge of the case weighs it.
	MayEnd bool
}

// Given is an expectation that holds under terms.
type Given struct {
	If     Condition
	Expect Expect
	Level  Level
}

// A Condition is a named fact about the terms of a run.
type Condition struct {
	// Name completes the sentence "the target …".
	Name  string
	Holds func(Terms) bool
}

// Judge is a pure function from evidence to findings.
type Judge func(Seen) []Finding

// Group is the part of the corpus that a case belongs to: OK, HDR, CLM …
func (c Case) Group() string {
	prefix, _, _ := strings.Cut(c.ID, "-")
	return strings.ToUpper(prefix)
}

// Baseline reports whether other cases rest on this one.
func (c Case) Baseline() bool { return fixtures.Base(c.ID).Known() }

// Name is the variant's full id, such as clm-exp-past/hour.
func (c Case) Name(v Variant) string { return c.ID + "/" + v.Slug }

// A Demand is what is asked of a target in one variant under the terms of a run.
type Demand struct {
	// NotApplicable says why the variant does not apply; empty when it does.
	NotApplicable string
	Expect        Expect
	Level         Level
}

// Demand works out what a variant asks under the terms.
func (c Case) Demand(v Variant, t Terms) Demand {
	for _, excluded := range slices.Concat(c.Excluded, v.Excluded) {
		if excluded.Holds(t) {
			return Demand{NotApplicable: "the target " + excluded.Name}
		}
	}
	for _, need := range slices.Concat(c.Needs, v.Needs) {
		if !t.offers(need) {
			return Demand{NotApplicable: need.Missing()}
		}
	}
	switch {
	case v.Base() == fixtures.SidOnly && !t.KnowsSid():
		return Demand{NotApplicable: "the target " + WithoutSid.Name}
	case v.Base() == fixtures.SubOnly && t.Declares.SessionRequired && t.Profile != SharedSecret:
		return Demand{NotApplicable: "the target " + SessionRequired.Name}
	}
	d := Demand{Expect: first(v.Expect, c.Expect), Level: first(v.Level, c.Level)}
	given := v.Given
	if v.Expect == "" {
		given = slices.Concat(given, c.Given)
	}
	for _, g := range given {
		if g.If.Holds(t) {
			d.Expect, d.Level = first(g.Expect, d.Expect), first(g.Level, d.Level)
			break
		}
	}
	return d
}

// Base is the baseline that the variant is bound to.
func (v Variant) Base() fixtures.Base { return first(v.Recipe.Base, fixtures.SubSid) }

// Carrier is the request that brings the token.
func (v Variant) Carrier() fixtures.Request {
	if v.Request == nil {
		return fixtures.Post()
	}
	return *v.Request
}

func first[T ~string](a, b T) T {
	if a == "" {
		return b
	}
	return a
}
