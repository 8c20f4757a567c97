package receiver

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokenVariations judge tokens in other ways where the texts leave room.
func tokenVariations() []Variation {
	return []Variation{
		{
			Name: "strict-typing", Profiles: onlyOIDC, apply: func(p *parts) { p.checkType = logoutTypeOnly },
			Does: "Only typ logout+jwt is accepted.", Because: "BCL 4.1, ASVS 10.5.5; declared as strict_typing",
		},
		{
			Name: "built-to-2022", Profiles: onlyOIDC, apply: expiryOptional,
			Does: "A token without exp is accepted.", Because: "the 2022 edition did not list exp; declared as edition final-2022",
		},
		{
			Name: "wide-leeway", Profiles: both, apply: func(p *parts) { p.checkExpiry = expiredSince(5*time.Minute, p.checkExpiry) },
			Does: "A token is accepted for five minutes after its exp.", Because: "CORE 2 allows a leeway of a few minutes; declared",
		},
		{
			Name: "narrow-window", Profiles: both, apply: narrowWindow,
			Does: "Tokens issued over ten minutes ago, or good for over an hour, are refused.", Because: "CORE 3.1.3.7(10): the range is the client's choice",
		},
		{
			Name: "jti-unheeded", Profiles: both, apply: jtiUnheeded,
			Does: "A token without jti is accepted, and one that was used before.", Because: "BCL 2.6(8) is optional",
		},
		{
			Name: "iat-unheeded", Profiles: onlyOIDC, apply: func(p *parts) { p.checkIssuedAt = anyDate },
			Does: "iat may be missing, and may be any date.", Because: "the validation list reaches it only through rules that give no test for it",
		},
		{
			Name: "single-audience", Profiles: both, apply: singleAudience,
			Does: "A token with a further audience is refused.", Because: "CORE 3.1.3.7(3): which audiences are trusted is the client's secret",
		},
		{
			Name: "azp-checked", Profiles: onlyOIDC, apply: azpChecked,
			Does: "A token whose azp is another client is refused.", Because: "CORE 3.1.3.7(5): may be verified",
		},
		{
			Name: "events-exact", Profiles: onlyOIDC, apply: eventsExact,
			Does: "events must hold the logout member alone, and an empty object in it.", Because: "tolerable, if not wanted (8417 2.2)",
		},
		{
			Name: "tries-all-keys", Profiles: onlyOIDC, apply: triesAllKeys,
			Does: "A kid that fits no key is ignored, and every key is tried.", Because: "7515 4.1.4: kid is a hint",
		},
		{
			Name: "tolerant-of-spelling", Profiles: both, apply: tolerant,
			Does: "Padding, stray bits, outer blanks and a byte-order mark are tolerated.", Because: "no forgery follows (4648 3.5, 8259 8.1)",
		},
		{
			Name: "numeric-strings", Profiles: both, apply: numericStrings,
			Does: "A date may be a string of digits.", Because: "no forgery follows; RFC 7519 2 asks for a number",
		},
	}
}

func logoutTypeOnly(l *logout) error {
	if kind, _, err := mediaType(l.token.header); err != nil || kind != "logout+jwt" {
		return refused("the token is no logout token by its type")
	}
	return nil
}

// expiredSince accepts what the check refuses, for so long after exp.
func expiredSince(leeway time.Duration, check rule) rule {
	return func(l *logout) error {
		exp, present, err := l.token.claims.date("exp")
		if err == nil && present && unix(l.now) >= exp && unix(l.now) < exp+leeway.Seconds() {
			return nil
		}
		return check(l)
	}
}

func narrowWindow(p *parts) {
	expiry, issued := p.checkExpiry, p.checkIssuedAt
	p.checkExpiry = func(l *logout) error {
		if exp, present, err := l.token.claims.date("exp"); err == nil && present && exp > unix(l.now)+time.Hour.Seconds() {
			return refused("the token is good for too long")
		}
		return expiry(l)
	}
	p.checkIssuedAt = func(l *logout) error {
		if iat, present, err := l.token.claims.date("iat"); err == nil && present && iat < unix(l.now)-(10*time.Minute).Seconds() {
			return refused("the token is too old")
		}
		return issued(l)
	}
}

func jtiUnheeded(p *parts) { p.checkTokenID, p.checkReplay = nothingWrong, nothingWrong }

// anyDate looks at the type alone, which RFC 7519 4.1.6 demands.
func anyDate(l *logout) error {
	_, _, err := l.token.claims.date("iat")
	return err
}

func singleAudience(p *parts) {
	check := p.checkAudience
	p.checkAudience = func(l *logout) error {
		if list, ok := l.token.claims["aud"].([]any); ok && len(list) > 1 {
			return refused("the token has a further audience")
		}
		return check(l)
	}
}

func azpChecked(p *parts) {
	check := p.checkAudience
	p.checkAudience = func(l *logout) error {
		if azp, there := l.token.claims["azp"]; there && azp != l.app.audience {
			return refused("azp is another client")
		}
		return check(l)
	}
}

func eventsExact(p *parts) {
	check := p.checkEvents
	p.checkEvents = func(l *logout) error {
		events, _ := l.token.claims["events"].(object)
		if member, ok := events[logoutMember].(object); len(events) != 1 || !ok || len(member) != 0 {
			return refused("events holds more than an empty logout event")
		}
		return check(l)
	}
}

func triesAllKeys(p *parts) {
	p.verify = func(ctx context.Context, l *logout) error {
		if alg, _ := l.token.header["alg"].(string); alg != l.app.algorithm {
			return refused("alg is not the registered one")
		}
		if _, _, err := keyID(l.token.header); err != nil {
			return err
		}
		keys, err := l.app.parts.findKeys(ctx, l)
		if err == nil && signedByOneOf(l.token.raw, l.app.algorithm, keys) == nil {
			return nil
		}
		if keys, err = l.app.provider.keysFor(ctx, "", false, l.app.algorithm); err != nil {
			return err
		}
		return signedByOneOf(l.token.raw, l.app.algorithm, keys)
	}
}

// tolerant decodes leniently what is verified as it came.
func tolerant(p *parts) {
	read, parse := p.readToken, p.readObject
	p.readToken = func(r *http.Request) (string, error) {
		raw, err := read(r)
		return strings.TrimSpace(raw), err
	}
	p.decode = func(segment string) ([]byte, error) {
		text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(segment, "="))
		if err != nil || strings.ContainsAny(segment, "\r\n") {
			return nil, refused("a segment is not base64url")
		}
		return text, nil
	}
	p.readObject = func(text []byte) (object, error) {
		return parse(bytes.TrimPrefix(text, []byte("\ufeff")))
	}
	p.verify = genuineAsItCame
}

func numericStrings(p *parts) {
	read := p.readObject
	p.readObject = func(text []byte) (object, error) {
		o, err := read(text)
		for _, name := range []string{"exp", "iat", "nbf"} {
			digits, ok := o[name].(string)
			if ok && digits != "" && !slices.ContainsFunc([]byte(digits), func(c byte) bool { return c < '0' || c > '9' }) {
				o[name] = json.Number(digits)
			}
		}
		return o, err
	}
}
