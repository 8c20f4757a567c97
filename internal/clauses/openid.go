package clauses

// Sections of Back-Channel Logout 1.0.
var backChannel = map[string]string{
	"2.1":     "A sid is an opaque string of printable ASCII that is unique within its issuer, and nowhere beyond it.",
	"2.2":     "The logout URI is absolute and has no fragment; a query part of its own survives. It should be https.",
	"2.4":     "A logout token carries iss, aud, iat, exp, jti and an events object with the logout member; sub, sid or both; no nonce. Without sid, all sessions of the user are meant. It is signed and may be encrypted; typ logout+jwt is recommended. Claims that are not understood are ignored.",
	"2.5":     "The logout request is a POST to the logout URI with the token as logout_token in a form body. Other fields are ignored. A sender may try again when delivery failed.",
	"2.6":     "Whoever receives a logout token checks it by the list that follows; if any check fails, the token is refused with 400 and nobody is logged out.",
	"2.6(1)":  "An encrypted token is decrypted with what was registered; one that is not encrypted although that was registered should be refused.",
	"2.6(2)":  "The signature is checked as that of an ID token is.",
	"2.6(3)":  "The algorithm is checked as that of an ID token is: the registered one, or RS256. It is never none.",
	"2.6(4)":  "iss, aud, iat and exp are checked as those of an ID token are. (exp came with errata set 1.)",
	"2.6(5)":  "The token has sub, sid, or both.",
	"2.6(6)":  "events is an object with the member of back-channel logout.",
	"2.6(7)":  "The token has no nonce claim. That it is there is enough to refuse it, whatever its value.",
	"2.6(8)":  "Whether the jti was seen lately may be checked.",
	"2.6(9)":  "Whether iss is that of a current or recent session may be checked.",
	"2.6(10)": "Whether sub is that of a current or recent session may be checked.",
	"2.6(11)": "Whether sid is that of a current or recent session may be checked.",
	"2.7":     "The receiver finds the sessions by iss with sub, sid or both, and clears all their state. A session that is over already counts as a success. Refresh tokens of the session should be revoked, those with offline_access normally kept.",
	"2.8":     "A logout that was done is answered with 200 (a sender should take 204 as well), an invalid or failed one with 400. A body is JSON with a string error. Cache-Control: no-store should be there.",
	"3":       "Whoever supports back-channel logout does everything that the text marks as REQUIRED or MUST.",
	"4":       "The signature is there so that strangers cannot log users out. The exp should be two minutes ahead at most.",
	"4.1":     "The measures of RFC 8725 against confusing kinds of tokens apply. Explicit typing helps; demanding it would break most deployments.",
}

// Sections of OpenID Connect Core 1.0.
var core = map[string]string{
	"2":           "iss, sub and aud are compared exactly; sub has at most 255 ASCII characters. A small leeway for clocks is allowed. The header should have no x5u, x5c, jku or jwk.",
	"3.1.3.7":     "How an ID token is checked, item by item.",
	"3.1.3.7(1)":  "A token that is not encrypted although encryption was agreed should be refused.",
	"3.1.3.7(2)":  "iss is exactly the issuer's identifier.",
	"3.1.3.7(3)":  "aud holds the client's id; a token with audiences that the client does not trust is refused.",
	"3.1.3.7(4)":  "azp is looked at only where an extension uses it.",
	"3.1.3.7(5)":  "Where azp is used, it may be checked against the client's id.",
	"3.1.3.7(6)":  "The signature is checked with the issuer's own keys.",
	"3.1.3.7(7)":  "The algorithm should be RS256, or the registered one.",
	"3.1.3.7(8)":  "The key of a MAC is the client secret as UTF-8. What a MAC with several audiences means is not said.",
	"3.1.3.7(9)":  "Now is before exp.",
	"3.1.3.7(10)": "A token whose iat is too far from now may be refused; how far is the client's choice.",
	"3.1.3.7(11)": "The nonce of the login stands in the ID token.",
	"9":           "A client's own assertion carries iss, sub, aud, jti and exp; its jti is used once.",
	"10.1":        "With several keys in the JWKS a token names its key by kid. Public clients never use MACs.",
	"10.1.1":      "A kid that is not known is a reason to fetch the keys again. Withdrawn keys stay published for a while.",
	"10.2":        "A token that is signed and encrypted is signed first; keys for encryption are found as those for signatures are.",
	"16.14":       "A signed token is encrypted as a whole, so that its signature is hidden too.",
	"16.15":       "Issuer identifiers are compared character by character, so that one cannot pass for another.",
	"16.19":       "A client secret that keys a MAC is as long as the MAC at least (32 bytes for HS256) and has the entropy of a key.",
}

var discovery = map[string]string{
	"jwks_uri":                              "The issuer's keys stand in a JWKS under jwks_uri: public ones only, none that is symmetric or private, each marked with its use once there are several uses.",
	"id_token_signing_alg_values_supported": "The issuer lists the algorithms it signs with; RS256 is among them.",
	"4.3":                                   "The issuer in the document is the one that the document was asked for.",
}

var registration = map[string]string{
	"id_token_signed_response_alg":    "The algorithm that the client's ID tokens are signed with; RS256 unless registered otherwise. It holds for logout tokens too.",
	"id_token_encrypted_response_alg": "The algorithms that the client's ID tokens are encrypted with, if any. They hold for logout tokens too.",
}

var sharedSignals = map[string]string{
	"set-profile": "Its security event tokens have typ secevent+jwt and a sub_id, and neither sub nor exp, so that they cannot pass for other tokens.",
}
