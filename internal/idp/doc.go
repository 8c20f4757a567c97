// Package idp is the mock identity provider: an engine without flags and
// without a main function.
//
// A [Server] holds issuers. Each has its own keys, clients, users and provider
// sessions, and speaks OpenID Connect Core 1.0 (authorization code flow),
// Discovery 1.0, RP-Initiated Logout 1.0 and Back-Channel Logout 1.0 on the
// handler that [Server.Protocol] gives. [Server.Control] gives a second
// handler, which drives and watches the first; it is a thin JSON layer over the
// methods of Server, so that a program that embeds the engine loses nothing.
//
// # Issuers and their keys
//
// No two issuers share a signing key:
//
//	default   the fixed keys of the role fixtures.Issuer, the same in every run
//	other     the fixed keys of the role fixtures.OtherIssuer
//	any other keys of its own, fresh in every process
//
// All keys are worthless on purpose. The server is a test tool: it asks for no
// password, and whoever reaches it can be anybody.
//
// # Time
//
// Sessions, codes and every time in every token follow the server's clock,
// which [Server.SetClock] moves. What the server observes (deliveries, requests,
// fetches) carries the base clock's time, which nobody moves.
package idp
