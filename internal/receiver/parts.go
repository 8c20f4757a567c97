package receiver

import (
	"context"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// logout is one logout request whose token has been read; nothing in the token is believed until the rules have run.
type logout struct {
	app   *app
	token *token
	// outer is the header of the encryption around the token; nil without.
	outer object
	now   time.Time
}

// rule refuses a logout or has nothing against it.
type rule func(*logout) error

// parts are the steps of a logout, in the order in which they run. Every field is set; a defect replaces or wraps one.
type parts struct {
	// The request (BCL 2.5).
	checkMethod func(*http.Request) error
	checkCaller func(*http.Request) error
	readToken   func(*http.Request) (string, error)

	// The token's form: what is encrypted is decrypted first (BCL 2.6(1), RFC 7519 7.2).
	decrypt    func(a *app, raw string) (string, object, error)
	split      func(raw string) ([]string, error)
	decode     func(segment string) ([]byte, error)
	readObject func(text []byte) (object, error)

	// The token's header.
	checkCritical rule
	checkEncoding rule
	checkType     rule
	checkOuter    rule

	// The token's origin (BCL 2.6(2), 2.6(3)). The default verify asks findKeys.
	verify   func(context.Context, *logout) error
	findKeys func(context.Context, *logout) ([]jose.JSONWebKey, error)

	// The claims (BCL 2.6(4) to 2.6(8)).
	checkIssuer    rule
	checkAudience  rule
	checkExpiry    rule
	checkNotBefore rule
	checkIssuedAt  rule
	checkTokenID   rule
	checkEvents    rule
	checkNonce     rule
	checkSubject   rule
	checkRequired  rule
	checkReplay    rule

	// The sessions (BCL 2.7): logins under way are stopped, which sessions are meant, their end, and that the token is
	// used up.
	stopLogins     func(*logout)
	selectSessions func(*logout) ([]session, error)
	endSessions    func(*logout, []session) error
	remember       func(*logout)

	// The session behind a page request; it is what "logged in" means.
	findSession func(http.ResponseWriter, *http.Request, *app) (session, error)
	// findByToken finds the session that an API token belongs to.
	findByToken func(*http.Request, *app) (session, error)
	// newID names a new session in its cookie: a random id that nobody had before.
	newID func(fresh string, r *http.Request, a *app) string
	// keepRefresh stores what a refresh brought; false means that the session has ended meanwhile.
	keepRefresh func(a *app, s session, refresh string) bool
	// revoke takes tokens back at the issuer once their sessions have ended.
	revoke func(context.Context, *app, []session)

	// The answers (BCL 2.8).
	accept func(http.ResponseWriter)
	refuse func(http.ResponseWriter, error)
}

// oidcParts are the rules of Back-Channel Logout 1.0 with errata set 1.
func oidcParts() parts {
	return parts{
		checkMethod: postOnly,
		checkCaller: anybody,
		readToken:   tokenInForm,

		decrypt:    asRegistered,
		split:      threeSegments,
		decode:     strictBase64,
		readObject: strictObject,

		checkCritical: nothingCritical,
		checkEncoding: plainPayload,
		checkType:     logoutType,
		checkOuter:    outerAgrees,

		verify:   genuine,
		findKeys: issuerKeys,

		checkIssuer:    issuerExact,
		checkAudience:  audienceNamesUs,
		checkExpiry:    notExpired,
		checkNotBefore: alreadyValid,
		checkIssuedAt:  issuedByNow,
		checkTokenID:   tokenHasID,
		checkEvents:    logoutEvent,
		checkNonce:     noNonce,
		checkSubject:   subjectOrSession,
		checkRequired:  othersPresent,
		checkReplay:    neverSeen,

		stopLogins:     stopLoginsUnderWay,
		selectSessions: sessionsOfIssuer,
		endSessions:    removeSessions,
		remember:       rememberToken,

		findSession: sessionOfCookie,
		findByToken: sessionOfToken,
		newID:       freshID,
		keepRefresh: keepRefresh,
		revoke:      revokeTokens,

		accept: acceptLogout,
		refuse: refuseLogout,
	}
}

// sharedSecretParts are the rules for a token under the application's own secret: the transport of back-channel
// logout and what RFC 7519 and RFC 8725 ask of any JWT. Claims of the OIDC profile count only when they are required.
func sharedSecretParts() parts {
	p := oidcParts()
	p.findKeys = ownSecret
	p.checkIssuer = issuerIfRequired
	p.checkEvents = eventIfRequired
	p.checkNonce = anyNonce
	p.checkSubject = subject
	p.selectSessions = sessionsOfUser
	return p
}

func (p *parts) headerRules() []rule {
	return []rule{p.checkCritical, p.checkEncoding, p.checkType, p.checkOuter}
}

func (p *parts) claimRules() []rule {
	return []rule{
		p.checkIssuer, p.checkAudience, p.checkExpiry, p.checkNotBefore, p.checkIssuedAt, p.checkTokenID,
		p.checkEvents, p.checkNonce, p.checkSubject, p.checkRequired, p.checkReplay,
	}
}
