package run

import (
	"cmp"
	"slices"
)

// Verdict is what the evidence of a case means.
type Verdict string

const (
	Pass          Verdict = "pass"
	Fail          Verdict = "fail"
	Warn          Verdict = "warn"
	Note          Verdict = "note"
	Inconclusive  Verdict = "inconclusive"
	NotApplicable Verdict = "not-applicable"
	HarnessError  Verdict = "harness-error"
)

// Verdicts are all of them, the worst first: a case has the worst verdict of
// its variants.
func Verdicts() []Verdict {
	return []Verdict{HarnessError, Fail, Inconclusive, Warn, Note, Pass, NotApplicable}
}

// Worse reports whether v outranks w.
func (v Verdict) Worse(w Verdict) bool { return v.Compare(w) < 0 }

// Compare orders verdicts, the worst first.
func (v Verdict) Compare(w Verdict) int { return cmp.Compare(v.rank(), w.rank()) }

func (v Verdict) rank() int {
	for i, each := range Verdicts() {
		if each == v {
			return i
		}
	}
	return len(Verdicts())
}

// Severity is what kind of harm a finding does.
type Severity string

const (
	// Security: someone without the key ends a session, the wrong session
	// ends, or a dead one lives.
	Security Severity = "security"
	// Conformance: a status, a header, a SHOULD.
	Conformance Severity = "conformance"
	// Interop: a lawful sender would not be understood.
	Interop Severity = "interop"
)

// Compare orders severities, the worst first and none last.
func (s Severity) Compare(t Severity) int { return cmp.Compare(s.rank(), t.rank()) }

func (s Severity) rank() int {
	order := []Severity{Security, Conformance, Interop}
	if i := slices.Index(order, s); i >= 0 {
		return i
	}
	return len(order)
}

// A Finding is one thing that a judge has to say about a variant.
type Finding struct {
	Verdict  Verdict  `json:"verdict"`
	Severity Severity `json:"severity,omitempty"`
	// Text says in a sentence what was found.
	Text string `json:"text"`
	// Expected and Actual are what a reader compares.
	Expected string `json:"expected,omitempty"`
	Actual   string `json:"actual,omitempty"`
	// Cause is the likely reason, when the evidence suggests one.
	Cause string `json:"cause,omitempty"`
	// Breach marks a finding that is repeated alone before it is reported:
	// while exchanges run side by side, another's token may have done it.
	Breach bool `json:"breach,omitempty"`
}

// Blames reports whether the finding is one of security that is not repeated
// before it is reported. Should the target turn out to lock the sender out, it
// may be the guard's doing.
func (f Finding) Blames() bool {
	return f.Severity == Security && !f.Breach && (f.Verdict == Fail || f.Verdict == Warn)
}

// Seen is all that a judge may look at.
type Seen struct {
	Case     Case
	Variant  Variant
	Demand   Demand
	Evidence Evidence
	Context  Context
}

// Context is what is known of the target beside the evidence of one variant.
type Context struct {
	Terms Terms
	// Baselines says of each baseline whether the target accepted it.
	Baselines map[string]Baseline
	// Others are the exchanges of the whole run, for [Observe] cases.
	Others []Other
	// LongestDeath is the longest time that any session of the run took to die
	// after the answer: a refusal that was looked at sooner proves nothing.
	LongestDeath Millis
	// Wildcard: a token was confirmed, alone, to end sessions of others. It
	// explains what was seen beside it and not again.
	Wildcard bool
	// Observed is what was seen of the target at the issuer and at the start.
	Observed Observed
}

// Baseline is how a baseline case went.
type Baseline struct {
	// OK: accepted, and the session died.
	OK bool `json:"ok"`
	// Why says what was seen instead.
	Why string `json:"why,omitempty"`
	// Death is how long after the answer the session was dead.
	Death Millis `json:"death_ms,omitempty"`
}

// Other is the exchange of another variant.
type Other struct {
	Case     Case
	Variant  Variant
	Demand   Demand
	Evidence Evidence
}

// Observed is what was seen beside the exchanges.
type Observed struct {
	// Proof is the trial of the probe before anything is judged.
	Proof *Proof `json:"proof,omitempty"`
	// JWKSFetches counts how often the target fetched the issuer's keys during
	// the baselines; nil when the profile has none.
	JWKSFetches *int `json:"jwks_fetches,omitempty"`
	// ClockSkew is the target's clock minus ours, by its Date header.
	ClockSkew *Millis `json:"clock_skew_ms,omitempty"`
	// Farewell are the last probes of the bystanders.
	Farewell []Event `json:"farewell,omitempty"`
	// LockedOut: after the hostile tokens not even a baseline was accepted any
	// more, so that nothing could be repeated.
	LockedOut bool `json:"locked_out,omitempty"`
	// OtherEncoding: a token keyed with the other reading of the shared secret
	// (text or base64) was accepted.
	OtherEncoding string `json:"other_encoding,omitempty"`
}

// Proof shows that the probe can tell sessions apart.
type Proof struct {
	OK bool `json:"ok"`
	// Problem says what is wrong with the aim, and what to do about it.
	Problem string `json:"problem,omitempty"`
	// Unreachable: the target did not answer at all.
	Unreachable bool    `json:"unreachable,omitempty"`
	Events      []Event `json:"events,omitempty"`
}
