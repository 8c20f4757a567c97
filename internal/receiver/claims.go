package receiver

import (
	"time"
	"unicode/utf8"
)

const (
	// leeway is how far the sender's clock may be off for exp and nbf (CORE 2: small, a few minutes at most).
	leeway = 30 * time.Second
	// maxAhead is how far in the future iat may lie (CORE 3.1.3.7(10): the range is the receiver's choice).
	maxAhead = 5 * time.Minute
	// maxSubject is the longest sub, in characters (CORE 2).
	maxSubject = 255
	// logoutMember names the event of a logout token (BCL 2.4).
	logoutMember = "http://schemas.openid.net/event/backchannel-logout"
)

// missing judges an absent claim: refused when the application requires it.
func (l *logout) missing(claim string) error {
	if l.app.requires[claim] {
		return refused("a required claim is missing: " + claim)
	}
	return nil
}

// issuerExact: iss is our issuer, character by character (BCL 2.6(4), CORE 3.1.3.7(2)).
func issuerExact(l *logout) error {
	if iss, _ := l.token.claims["iss"].(string); iss != l.app.issuer {
		return refused("iss is not the issuer")
	}
	return nil
}

// issuerIfRequired: without an issuer to compare with, a required iss must at least say something.
func issuerIfRequired(l *logout) error {
	if !l.app.requires["iss"] {
		return nil
	}
	_, present, err := l.token.claims.text("iss")
	if !present {
		return l.missing("iss")
	}
	return err
}

// issuerNamed: iss, when it is there, is this name.
func issuerNamed(name string) rule {
	return func(l *logout) error {
		iss, present := l.token.claims["iss"]
		if !present {
			return l.missing("iss")
		}
		if iss != name {
			return refused("iss is not the issuer")
		}
		return nil
	}
}

// audienceNamesUs: aud is our name or a list of names with ours in it (BCL 2.6(4), CORE 3.1.3.7(3), RFC 7519 4.1.3).
func audienceNamesUs(l *logout) error {
	aud, present := l.token.claims["aud"]
	if !present {
		return l.missing("aud")
	}
	return audienceHolds(aud, l.app.audience)
}

func audienceHolds(aud any, want string) error {
	list, ok := aud.([]any)
	if !ok {
		list = []any{aud}
	}
	found := false
	for _, member := range list {
		name, ok := member.(string)
		if !ok || name == "" {
			return refused("aud holds something that is not a name")
		}
		found = found || name == want
	}
	if !found {
		return refused("aud does not name us")
	}
	return nil
}

// notExpired: now is before exp, give or take the leeway (BCL 2.6(4), CORE 3.1.3.7(9), RFC 7519 4.1.4).
func notExpired(l *logout) error {
	exp, present, err := l.token.claims.date("exp")
	if err != nil {
		return err
	}
	if !present {
		return l.missing("exp")
	}
	if unix(l.now) >= exp+leeway.Seconds() {
		return refused("the token has expired")
	}
	return nil
}

// alreadyValid: nbf, when there, is not ahead (RFC 7519 4.1.5).
func alreadyValid(l *logout) error {
	nbf, present, err := l.token.claims.date("nbf")
	if err != nil {
		return err
	}
	if !present {
		return l.missing("nbf")
	}
	if unix(l.now)+leeway.Seconds() < nbf {
		return refused("the token is not valid yet")
	}
	return nil
}

// issuedByNow: iat is there and not far ahead (BCL 2.4, 2.6(4), CORE 3.1.3.7(10)).
func issuedByNow(l *logout) error {
	iat, present, err := l.token.claims.date("iat")
	if err != nil {
		return err
	}
	if !present {
		return l.missing("iat")
	}
	if unix(l.now)+maxAhead.Seconds() < iat {
		return refused("the token was issued in the future")
	}
	return nil
}

// tokenHasID: jti is a non-empty string (BCL 2.4).
func tokenHasID(l *logout) error {
	_, present, err := l.token.claims.text("jti")
	if !present {
		return l.missing("jti")
	}
	return err
}

// logoutEvent: events is an object with the logout member, whose value is an object (BCL 2.4, 2.6(6)).
func logoutEvent(l *logout) error {
	events, ok := l.token.claims["events"].(object)
	if !ok {
		return refused("events is not an object")
	}
	if _, ok := events[logoutMember].(object); !ok {
		return refused("events holds no logout event")
	}
	return nil
}

func eventIfRequired(l *logout) error {
	if !l.app.requires["events"] {
		return nil
	}
	return logoutEvent(l)
}

// noNonce: the claim is banned, whatever its value, so that no logout token passes as an ID token (BCL 2.4, 2.6(7)).
func noNonce(l *logout) error {
	if _, there := l.token.claims["nonce"]; there {
		return refused("the token has a nonce")
	}
	return nil
}

func anyNonce(*logout) error { return nil }

// subjectOrSession: sub, sid or both, each a non-empty string (BCL 2.4, 2.6(5)).
func subjectOrSession(l *logout) error {
	sub, hasSub, err := l.token.claims.text("sub")
	if err != nil {
		return err
	}
	if utf8.RuneCountInString(sub) > maxSubject {
		return refused("sub is too long")
	}
	_, hasSid, err := l.token.claims.text("sid")
	if err != nil {
		return err
	}
	if !hasSub && !hasSid {
		return refused("the token names neither a user nor a session")
	}
	return nil
}

// subject: a token under a shared secret holds at least sub, a non-empty string.
func subject(l *logout) error {
	sub, present, err := l.token.claims.text("sub")
	if err != nil {
		return err
	}
	if !present {
		return l.missing("sub")
	}
	if utf8.RuneCountInString(sub) > maxSubject {
		return refused("sub is too long")
	}
	return nil
}

// othersPresent: required claims without a rule of their own are there. The other rules judge the absence of theirs.
func othersPresent(l *logout) error {
	for claim := range l.app.requires {
		switch claim {
		case "iss", "aud", "exp", "nbf", "iat", "jti", "events", "sub":
			continue
		}
		if _, there := l.token.claims[claim]; !there {
			return l.missing(claim)
		}
	}
	return nil
}
