package receiver

import (
	"encoding/base64"
	"strings"
)

// token is a JWT that has been read, not believed.
type token struct {
	raw       string
	header    object
	claims    object
	signed    string // header and payload as sent: what the signature covers
	signature []byte
}

// parse reads a JWT in compact form with the parts' own readers (RFC 7519 7.2).
func (p *parts) parse(raw string) (*token, error) {
	segments, err := p.split(raw)
	if err != nil {
		return nil, err
	}
	t := &token{raw: raw, signed: segments[0] + "." + segments[1]}
	if t.header, err = p.parseSegment(segments[0]); err != nil {
		return nil, err
	}
	if t.claims, err = p.parseSegment(segments[1]); err != nil {
		return nil, err
	}
	if t.signature, err = p.decode(segments[2]); err != nil {
		return nil, err
	}
	return t, nil
}

func (p *parts) parseSegment(segment string) (object, error) {
	text, err := p.decode(segment)
	if err != nil {
		return nil, err
	}
	return p.readObject(text)
}

// threeSegments: a JWS in compact form has exactly two dots (RFC 7515 5.2(1)). Encrypted tokens have four: none was
// agreed, so none is taken (BCL 2.6(1)).
func threeSegments(raw string) ([]string, error) {
	if strings.Count(raw, ".") != 2 {
		return nil, refused("the token does not have three segments")
	}
	return strings.Split(raw, "."), nil
}

var base64url = base64.RawURLEncoding.Strict()

// strictBase64 decodes base64url without padding, foreign letters or stray bits (RFC 7515 2). The alphabet is checked
// first because the decoder skips line breaks.
func strictBase64(segment string) ([]byte, error) {
	for i := range len(segment) {
		if !urlSafe(segment[i]) {
			return nil, refused("a segment is not base64url")
		}
	}
	b, err := base64url.DecodeString(segment)
	if err != nil {
		return nil, refused("a segment is not base64url")
	}
	return b, nil
}

func urlSafe(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}
