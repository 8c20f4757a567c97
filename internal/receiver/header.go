package receiver

import "strings"

// nothingCritical refuses every crit: no extension is understood here (RFC 7515 4.1.11).
func nothingCritical(l *logout) error {
	if _, there := l.token.header["crit"]; there {
		return refused("the header demands an extension")
	}
	return nil
}

// plainPayload refuses what would make the payload something else than base64url JSON: b64 (RFC 7797 7 bans it from
// JWTs) and zip, which belongs to encryption.
func plainPayload(l *logout) error {
	for _, name := range []string{"b64", "zip"} {
		if _, there := l.token.header[name]; there {
			return refused("the header changes the payload's encoding")
		}
	}
	return nil
}

// logoutType takes a token without typ, a plain JWT and a logout token, and no other kind of JWT (BCL 2.4, 4.1;
// RFC 8725 3.11). Media types ignore case and the application/ prefix (RFC 7515 4.1.9).
func logoutType(l *logout) error {
	kind, present, err := mediaType(l.token.header)
	if err != nil {
		return err
	}
	if present && kind != "jwt" && kind != "logout+jwt" {
		return refused("the token is of another kind")
	}
	return nil
}

func mediaType(header object) (kind string, present bool, err error) {
	kind, present, err = header.text("typ")
	return strings.TrimPrefix(strings.ToLower(kind), "application/"), present, err
}
