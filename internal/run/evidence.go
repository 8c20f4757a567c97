package run

import (
	"slices"
	"strings"
	"time"

	"github.com/loggedout/loggedout/fixtures"
)

// Evidence is all that was seen in the exchange of one variant, in order, and
// nothing else. Sessions have names: [Named] is the one the token is about.
type Evidence struct {
	Started  time.Time `json:"started"`
	Duration Millis    `json:"duration_ms"`
	Events   []Event   `json:"events"`
	// Fault says why the exchange could not be carried through; nil when it was.
	Fault *Fault `json:"fault,omitempty"`
}

// Names of sessions that the standard scripts use.
const (
	// Named is the session of the user that the token is about.
	Named = "named"
	// Sibling is a second session of the same user.
	Sibling = "sibling"
	// Bystander is a session of another user.
	Bystander = "bystander"
)

// Labels of what is sent.
const (
	// CaseSend is the request that the case is about.
	CaseSend = "case"
	// TwinSend is the control of a refusal: the same token unmutated.
	TwinSend = "twin"
)

// An Event is one thing that was done and what was seen of it: exactly one of
// the members from Login on is set.
type Event struct {
	// At is when it began, counted from the start of the exchange.
	At Millis `json:"at_ms"`
	// Session is the name of the session it was about.
	Session string `json:"session,omitempty"`
	// Label tells events of one kind apart: the phase of a probe, which send.
	Label string `json:"label,omitempty"`
	// Place is where it was done, when that is not at home.
	Place Place `json:"place,omitempty"`

	Login  *Login  `json:"login,omitempty"`
	Probe  *Probe  `json:"probe,omitempty"`
	Send   *Send   `json:"send,omitempty"`
	Issuer *Issuer `json:"issuer,omitempty"`
	Wait   *Wait   `json:"wait,omitempty"`
	Canary *Canary `json:"canary,omitempty"`
	Hook   *Hook   `json:"hook,omitempty"`
	// Refresh is what the issuer knows of the refresh token of a session.
	Refresh *RefreshToken `json:"refresh,omitempty"`
	// CopyOf is the session whose cookies were copied.
	CopyOf string `json:"copy_of,omitempty"`
}

// Wait is time that was let pass.
type Wait struct {
	Why string `json:"why"`
	// For is how long it was to be; Took is how long it was. A target that
	// accepts no baseline is not waited for.
	For  Millis `json:"for_ms"`
	Took Millis `json:"took_ms"`
}

// Fault is what kept an exchange from being carried through.
type Fault struct {
	// By says whose fault it is: the target's, ours, or the user's who
	// interrupted the run.
	By   FaultBy `json:"by"`
	Text string  `json:"text"`
}

// FaultBy is whose fault a [Fault] is.
type FaultBy string

const (
	ByTarget    FaultBy = "target"
	ByHarness   FaultBy = "harness"
	ByInterrupt FaultBy = "interrupt"
)

// Login is a login at the target.
type Login struct {
	Sub string `json:"sub"`
	// Sid and Nonce are what the issuer put into the ID token.
	Sid   string `json:"sid,omitempty"`
	Nonce string `json:"nonce,omitempty"`
	// Requests counts the HTTP requests it took.
	Requests int    `json:"requests"`
	Took     Millis `json:"took_ms"`
	// Error says why nobody was logged in; empty when somebody was.
	Error string `json:"error,omitempty"`
}

// State is what a probe says of a session.
type State string

const (
	// Alive: the answer names the right user.
	Alive State = "alive"
	// Dead: the target answered, and not as one does to a logged-in user.
	Dead State = "dead"
	// Unknown: no answer, or one that says nothing about the session (5xx, 429).
	Unknown State = "unknown"
)

// Probe is the question whether a session lives.
type Probe struct {
	State State `json:"state"`
	// Why says what the state was read from.
	Why    string `json:"why"`
	Status int    `json:"status,omitempty"`
	// After is how long after the last answer of the logout endpoint a session
	// was seen dead that was seen alive in between; 0 when the first look found
	// it so.
	After Millis `json:"after_ms,omitempty"`
	Took  Millis `json:"took_ms"`
}

// Send is a request to the logout endpoint and what came back.
type Send struct {
	Recipe fixtures.Recipe `json:"recipe"`
	Token  Token           `json:"token"`
	Method string          `json:"method"`
	// URL is what was asked for, without the token.
	URL string `json:"url"`
	// Carrier is how the token was brought, when it was not a plain form post.
	Carrier *fixtures.Request `json:"carrier,omitempty"`
	// Further are further tokens that the request held, by name.
	Further map[string]Token `json:"further,omitempty"`
	Answer  Answer           `json:"answer"`
}

// Token is a token as it was sent. A token made with a live secret has its
// signature elided.
type Token struct {
	Wire    string `json:"wire"`
	Header  string `json:"header,omitempty"`
	Payload string `json:"payload,omitempty"`
	Elided  bool   `json:"elided,omitempty"`
}

// Answer is what the logout endpoint said.
type Answer struct {
	// Status is 0 when no answer came; Error then says why.
	Status int `json:"status"`
	// Header holds the fields that judges and readers need.
	Header map[string]string `json:"header,omitempty"`
	// Body is the beginning of the body as printable text.
	Body string `json:"body,omitempty"`
	// BodyBytes is how much of the body was read; more may have followed when
	// Truncated is set.
	BodyBytes int64  `json:"body_bytes"`
	Truncated bool   `json:"truncated,omitempty"`
	Took      Millis `json:"took_ms"`
	// Error says why there is no whole answer, in a sentence.
	Error string `json:"error,omitempty"`
	// Timeout: the deadline of the harness passed first.
	Timeout bool `json:"timeout,omitempty"`
	// Traits were worked out from the whole answer when it was captured.
	Traits []Trait `json:"traits,omitempty"`
}

// Accepted reports whether the answer claims success.
func (a Answer) Accepted() bool { return a.Status >= 200 && a.Status < 300 }

// Throttled reports whether the target asks to be left alone for a while.
func (a Answer) Throttled() bool { return a.Status == 429 || a.Status == 503 }

// IsZero reports whether nothing was seen: nothing was sent for the variant.
func (e Evidence) IsZero() bool { return e.Started.IsZero() && len(e.Events) == 0 && e.Fault == nil }

// Sent gives the last request with that label; nil when there was none.
func (e Evidence) Sent(label string) *Send {
	for _, event := range slices.Backward(e.Events) {
		if event.Send != nil && event.Label == label {
			return event.Send
		}
	}
	return nil
}

// Sends gives every request whose label begins that way, in order.
func (e Evidence) Sends(prefix string) []*Send {
	var out []*Send
	for _, event := range e.Events {
		if event.Send != nil && strings.HasPrefix(event.Label, prefix) {
			out = append(out, event.Send)
		}
	}
	return out
}

// LastProbe gives the last probe of a session with that label; nil when there
// was none. An empty label means any.
func (e Evidence) LastProbe(session, label string) *Probe {
	for _, event := range slices.Backward(e.Events) {
		if event.Probe != nil && event.Session == session && (label == "" || event.Label == label) {
			return event.Probe
		}
	}
	return nil
}

// Settled is how long after the answer to the request of the case the named
// session was last seen before the control was sent.
func (e Evidence) Settled() Millis {
	var answered, seen Millis
	for _, event := range e.Events {
		switch {
		case event.Send != nil && event.Label == TwinSend:
			return seen - answered
		case event.Send != nil && event.Label == CaseSend:
			answered = event.At + event.Send.Answer.Took
		case event.Probe != nil && event.Session == Named && event.Label == After:
			seen = event.At
		}
	}
	return seen - answered
}

// Labels of probes that the standard scripts use.
const (
	// Before: just before the request of the case.
	Before = "before"
	// After: after the request, and after the time the target takes to end a session.
	After = "after"
	// AfterTwin: after the control.
	AfterTwin = "after-twin"
	// Lost: a bystander who was alive when last seen was found dead before
	// anything was sent.
	Lost = "lost"
)
