package run

import (
	"context"

	"github.com/loggedout/loggedout/fixtures"
)

// Steps is what a script acts with. Every step records what it saw in the
// evidence; a step that returns an error could not be carried out, and a script
// that gets one returns it. Nothing here judges.
type Steps interface {
	// Login logs a user in and calls the session name. Sessions of one user
	// name share the user; every script has users of its own.
	Login(ctx context.Context, session, user string) error
	// CopyCookies keeps a copy of a session's cookies under another name,
	// which is not probed until it is asked for.
	CopyCookies(session, copied string) error
	// Probe asks whether a session lives, without healing or following
	// anything to the issuer.
	Probe(ctx context.Context, session, label string) (State, error)
	// Send mints the recipe for a session and sends it. The answer is in the
	// evidence; what is returned is for scripts that go on by it.
	Send(ctx context.Context, session, label string, r fixtures.Recipe, q fixtures.Request) (Answer, error)
	// SendAgain sends the very token of an earlier label once more.
	SendAgain(ctx context.Context, earlier, label string) (Answer, error)
	// Settle waits as long as this target has been seen to take until a
	// session is dead, and a margin: only then is a live session a survivor.
	Settle(ctx context.Context) error
	// AwaitDeath probes until the session is dead or patience is used up, and
	// records how long it took.
	AwaitDeath(ctx context.Context, session, label string) (State, error)
	// Wait lets time pass and leaves the place in the pool to others.
	Wait(ctx context.Context, why string, d Duration) error
	// Publish has the issuer publish the key of a role beside its own.
	Publish(ctx context.Context, role fixtures.Role) error
	// Withdraw takes a published key back.
	Withdraw(ctx context.Context, role fixtures.Role) error
	// Terms are what the run is judged under.
	Terms() Terms
}
