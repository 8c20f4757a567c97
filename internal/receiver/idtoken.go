package receiver

import (
	"context"
	"crypto/subtle"
	"strings"
	"unicode/utf8"
)

// readIDToken validates an ID token (CORE 3.1.3.7) and returns the session it opens. Defects concern logout tokens,
// so the correct parts are used here, whatever the application's own.
func (a *app) readIDToken(ctx context.Context, raw, nonce string) (session, error) {
	p := oidcParts()
	if strings.Count(raw, ".") == 4 {
		// What came from the token endpoint itself may also be plain: encryption is a SHOULD there (CORE 3.1.3.7(1)).
		var err error
		if raw, _, err = p.decrypt(a, raw); err != nil {
			return session{}, err
		}
	}
	t, err := p.parse(raw)
	if err != nil {
		return session{}, err
	}
	l := &logout{app: a, token: t, now: a.clock()}
	if err := l.obey([]rule{nothingCritical, plainPayload, idTokenType}); err != nil {
		return session{}, err
	}
	if err := a.idTokenGenuine(ctx, l); err != nil {
		return session{}, err
	}
	err = l.obey([]rule{issuerExact, audienceNamesUs, onlyForUs, notExpired, alreadyValid, issuedByNow})
	if err != nil {
		return session{}, err
	}
	// A refreshed ID token belongs to no login of its own (CORE 12.2).
	if got, _ := t.claims["nonce"].(string); nonce != "" && subtle.ConstantTimeCompare([]byte(got), []byte(nonce)) != 1 {
		return session{}, refused("the ID token is for another login")
	}
	return idTokenSession(t.claims)
}

// idTokenType keeps other JWTs of the issuer out, logout tokens above all (BCL 4.1, RFC 8725 3.11).
func idTokenType(l *logout) error {
	kind, present, err := mediaType(l.token.header)
	if err != nil {
		return err
	}
	if present && kind != "jwt" && kind != "id_token+jwt" {
		return refused("the token is of another kind")
	}
	return nil
}

func (a *app) idTokenGenuine(ctx context.Context, l *logout) error {
	if alg, _ := l.token.header["alg"].(string); alg != a.algorithm {
		return refused("alg is not the registered one")
	}
	find := issuerKeys
	if a.secret != nil {
		find = ownSecret
	}
	keys, err := find(ctx, l)
	if err != nil {
		return err
	}
	return signedByOneOf(l.token.raw, a.algorithm, keys)
}

// onlyForUs: further audiences are not trusted unless the token was issued to us (CORE 3.1.3.7(3) to (5)).
func onlyForUs(l *logout) error {
	list, ok := l.token.claims["aud"].([]any)
	if ok && len(list) > 1 && l.token.claims["azp"] != l.app.audience {
		return refused("the ID token has further audiences")
	}
	return nil
}

func idTokenSession(claims object) (session, error) {
	sub, present, err := claims.text("sub")
	if err != nil || !present || utf8.RuneCountInString(sub) > maxSubject {
		return session{}, refused("the ID token has no good sub")
	}
	sid, _, err := claims.text("sid")
	if err != nil {
		return session{}, err
	}
	return session{sub: sub, sid: sid}, nil
}
