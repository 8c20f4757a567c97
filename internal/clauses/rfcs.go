package clauses

var base64url = map[string]string{
	"3.5": "Bits at the end that mean nothing are zero; a decoder may refuse others.",
}

var oauth = map[string]string{
	"3.2": "A parameter comes once at most, and one without a value counts as left out (said of the token endpoint).",
	"5.2": "An error is answered with 400 and JSON with a string error, as application/json (said of the token endpoint).",
	"A.1": "A client id, and with it a sid, is made of printable ASCII characters.",
}

var jwe = map[string]string{
	"4.1.3": "zip compresses the plaintext of encrypted tokens; signed ones have no such member.",
	"11.5":  "Whether an RSA1_5 key could be decrypted is not to be told, by message or by time: the work goes on with a key made up.",
}

var jwk = map[string]string{
	"4.2":     "use says whether a key is for signatures or for encryption.",
	"4.3":     "key_ops says what a key is for.",
	"4.4":     "alg says which algorithm a key is for.",
	"4.2-4.4": "use, key_ops and alg say what a key is for; it is used for nothing else.",
	"4.5":     "kid tells keys of a set apart; two may share one when their kty differ.",
	"5":       "A JWK set is an object with a list keys. Entries that are not understood, lack members or are out of range should be skipped, and the rest used.",
}

var jwa = map[string]string{
	"3.2":     "The key of an HMAC is as long as its hash at least.",
	"3.2-3.4": "A signature has exactly the length and form of its algorithm.",
	"3.3":     "RSA keys for signatures have 2048 bits or more.",
	"3.4":     "An ES256 signature is r and s, 32 bytes each, 64 in all; each algorithm has its own curve.",
}

var unencoded = map[string]string{
	"6": "b64 stands in crit, so that whoever does not know it refuses the token.",
	"7": "JWTs do not use b64 with the value false.",
}

var pkcs1 = map[string]string{
	"8.2.2": "A PKCS #1 v1.5 signature is checked as a whole: nothing may follow the hash.",
}

var jsonText = map[string]string{
	"8.1": "JSON is UTF-8. A byte order mark must not be written; a reader may ignore it.",
}

var push = map[string]string{
	"":    "Security event tokens that are pushed come bare, as application/secevent+jwt: another protocol than a logout request.",
	"2":   "Security event tokens that are pushed come bare, as application/secevent+jwt: another protocol than a logout request.",
	"2.1": "Security event tokens that are pushed come bare, as application/secevent+jwt: another protocol than a logout request.",
}

var semantics = map[string]string{
	"":    "What an HTTP message means does not depend on how it was framed, split or spelled.",
	"8.3": "Names and parameters of media types ignore case, and parameters may follow.",
	"8.4": "A body may be coded, such as with gzip; who does not take that answers 415.",
	"9":   "GET, HEAD and OPTIONS are safe: nobody is logged out by them.",
}

var messages = map[string]string{
	"": "A body comes with its length or in chunks; field names ignore case; a connection may be closed after any answer.",
}

var securityEvents = map[string]string{
	"2.2": "A security event token has iss, iat, jti and events, whose members are objects about one event. Unknown claims are ignored.",
	"2.3": "Its typ should be secevent+jwt (logout tokens have their own).",
	"3":   "A profile such as back-channel logout says what events may hold.",
	"4":   "Security event tokens and other tokens cannot pass for each other.",
	"4.2": "A security event token cannot pass for an access token.",
	"5.3": "Events may come in another order than they happened.",
	"5.4": "Events may come late, or after what they speak of has changed.",
}
