package run

import (
	"github.com/loggedout/loggedout/fixtures"
)

// Steps is what a script acts with. Every step records what it saw in the
// evidence; nothing here judges. Once a step could not be carried out, those
// after it do nothing, so that a script reads as a list of steps: what kept it
// from its end stands in the evidence.
type Steps interface {
	// Enter logs a user in, calls the session by that name, and sees it alive.
	Enter(session string, who Visitor)
	// CopyCookies keeps a copy of a session's cookies under another name,
	// which is not probed until it is asked for.
	CopyCookies(session, copied string)
	// Probe asks whether a session lives, without healing or following
	// anything to the issuer.
	Probe(session, label string) State
	// Send mints a token and brings it to the logout endpoint.
	Send(Sending) Answer
	// SendAgain sends the very token of an earlier label once more.
	SendAgain(earlier, label string) Answer
	// Settle waits as long as this target has been seen to take until a
	// session is dead, and a margin: only then is a live session a survivor.
	Settle()
	// AwaitDeath probes until the session is dead or patience is used up, and
	// records how long it took.
	AwaitDeath(session, label string) State
	// Wait lets time pass and leaves the place in the pool to others.
	Wait(why string, d Duration)
	// Publish has the issuer publish the key of a role beside its own, until
	// the exchange ends.
	Publish(role fixtures.Role)
	// Terms are what the run is judged under.
	Terms() Terms
	// Stopped reports whether a step could not be carried out.
	Stopped() bool
}

// A Visitor is somebody to log in. The sessions of one user name in a script
// share the user; every exchange has users of its own.
type Visitor struct {
	User string
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
}
