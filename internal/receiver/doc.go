// Package receiver is the reference target: a relying party that takes part in OpenID Connect Back-Channel Logout
// (errata set 1) and, for applications without OIDC, in the same route with a shared secret.
//
// It is strict and correct by default, and wrong on purpose in exactly one way when a [Defect] is named. The correct
// behaviour is a struct of small functions (see parts); a defect is data that replaces or wraps one of them. Nothing
// here asks which defect is on, so the correct code reads as correct code.
//
// The package imports nothing else of this module: whoever tests it must not share its mistakes.
//
// Routes:
//
//	GET  /                    index, says that the receiver is ready
//	GET  /app/{app}/login     OIDC: starts the code flow; POST with uid=… for a shared-secret app
//	GET  /app/{app}/callback  OIDC: finishes it
//	GET  /app/{app}/me        200 and the user's name, or 401
//	POST /auth/logout/{app}   the logout endpoint of both profiles
package receiver
