package run

import (
	"github.com/loggedout/loggedout/fixtures"
)

// Steps is what a script acts with. Every step records what it saw in the
// evidence; nothing here judges. Once a step could not be carried out, those
// after it do nothing, so that a script reads as a list of steps: what kept it
// from its end stands in the evidence.
type Steps interface {
	Sessions
	Sender
	IssuerSteps

	// Settle waits as long as this target has been seen to take until a
	// session is dead, and a margin: only then is a live session a survivor.
	Settle()
	// Wait lets time pass and leaves the place in the pool to others.
	Wait(why string, d Duration)
	// Hook calls outside help. That it failed is a step that could not be
	// carried out.
	Hook(HookName)
	// Terms are what the run is judged under.
	Terms() Terms
	// Stopped reports whether a step could not be carried out.
	Stopped() bool
}

// Sessions are the steps with the target's sessions.
type Sessions interface {
	// Enter logs a user in, calls the session by that name, and sees it alive.
	Enter(session string, who Visitor)
	// TryEnter logs a user in who may be refused, and probes what came of it
	// with the label [After]. A login that is refused is a dead session.
	TryEnter(session string, who Visitor) State
	// EnterMeanwhile logs a user in, and does something while the issuer holds
	// back the tokens of that login: the session is at the issuer, and not yet
	// at the target. In the meantime the session can be sent about, not probed.
	EnterMeanwhile(session string, who Visitor, meanwhile func())
	// CopyCookies keeps a copy of a session's cookies under another name,
	// which is not probed until it is asked for.
	CopyCookies(session, copied string)
	// Probe asks whether a session lives, without healing or following
	// anything to the issuer.
	Probe(session, label string) State
	// ProbeAt asks at another place; at [AtReplica] every further node of the
	// receiver is asked, and the last answer that is not dead is given.
	ProbeAt(session string, at Place, label string) State
	// ProbeSurfaces asks at every further surface; the session of these probes
	// is called SESSION@SURFACE.
	ProbeSurfaces(session, label string)
	// ProbeWith asks, as a browser without a session, with a token where a
	// session is proved: as bearer token, or as a parameter of the login. The
	// session of this probe is called SESSION@bearer or SESSION@login.
	ProbeWith(earlier string, as Presented, label string) State
	// AwaitDeath probes until the session is dead or patience is used up, and
	// records how long it took.
	AwaitDeath(session, label string) State
	// WatchDeath probes at these times after the last answer, until the session
	// is dead, and records how long it took.
	WatchDeath(session, label string, at ...Duration) State
	// RefreshTokens has the target refresh the tokens of a session.
	RefreshTokens(session string)
	// RefreshMeanwhile does so, and does something while the issuer holds the
	// new tokens back.
	RefreshMeanwhile(session string, meanwhile func())
}

// Sender are the steps at the logout endpoint.
type Sender interface {
	// Send mints a token and brings it to the logout endpoint.
	Send(Sending) Answer
	// SendAgain sends the very token of an earlier label once more.
	SendAgain(earlier, label string) Answer
	// SendAll sends all of these at the same time, each with a label of its own.
	SendAll([]Sending) []Answer
	// SendCopies mints one token and sends so many copies of it at the same
	// time; their labels are LABEL-1, LABEL-2 …
	SendCopies(what Sending, copies int) []Answer
}

// IssuerSteps are the steps at the issuer. What they change is undone when the
// exchange ends.
type IssuerSteps interface {
	// Publish has the issuer publish the key of a role beside its own.
	Publish(role fixtures.Role)
	// Withdraw takes a key out again that this exchange published.
	Withdraw(role fixtures.Role)
	// Serve has the jwks_uri answer this. ServeAsUsual ends it.
	Serve(fixtures.JWKS)
	ServeAsUsual()
	// Fetches records, and gives, how often the issuer's keys were fetched
	// since the exchange began.
	Fetches() int
	// LookUpRefresh records what the issuer knows of the refresh token of a
	// session.
	LookUpRefresh(session, label string) RefreshToken
}

// A Visitor is somebody to log in. The sessions of one user name in a script
// share the user, at every place; every exchange has users of its own.
type Visitor struct {
	User string
	// At is where they log in.
	At Place
	// Browser is the session whose browser they use; empty: one of their own.
	Browser string
	// Sid is the sid that the issuer gives the session, with placeholders such
	// as ${fresh} and ${named.sid}. Empty: one that it makes up. WithoutSid: the
	// ID token carries none.
	Sid        string
	WithoutSid bool
	// IDToken is minted and put in the place of the ID token.
	IDToken *fixtures.Recipe
}

// A Sending is a token about a session, and how it is brought. The texts of the
// recipe and of the request may name other sessions: ${sibling.sid},
// ${bystander.sub}.
type Sending struct {
	// Session is whom the token is about. Empty: [Named].
	Session string
	// Label tells sendings apart. Empty: [CaseSend].
	Label  string
	Recipe fixtures.Recipe
	// Request carries the token. Its zero value is a form post.
	Request fixtures.Request
	// To is whose logout endpoint gets it, By whose issuer mints it for whose
	// client. Nil: those of the session.
	To, By *Place
}

// Presented is how a logout token is shown where it has no business.
type Presented string

const (
	// AsBearer: in an Authorization header, at the probe URL.
	AsBearer Presented = "bearer"
	// AsLogin: as parameters of the login URL that embed tokens use.
	AsLogin Presented = "login"
)
