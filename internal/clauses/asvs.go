package clauses

var asvs = map[string]string{
	"2.4.1":  "Functions that cost much are protected against being called without measure.",
	"4.1.1":  "Every answer with a body says by its Content-Type what the body is, with the character set of text.",
	"4.1.2":  "Only pages for people redirect from http to https; endpoints for programs do not.",
	"4.1.3":  "Header fields that a proxy sets cannot be set by the client.",
	"4.1.4":  "Only the HTTP methods that are wanted are answered; others are blocked.",
	"7.4.1":  "An ended session cannot be used any more, on the server; tokens that carry their state need a block list or the like.",
	"9.1.1":  "A token that carries its state is checked by its signature before anything in it is believed.",
	"9.1.2":  "Only algorithms of an allow-list make or check tokens, symmetric or asymmetric ones and never none.",
	"9.1.3":  "Keys come from sources that were configured for the issuer, and not from jku, x5u or jwk of the token.",
	"9.2.1":  "A token is taken only within its time, by nbf and exp.",
	"9.2.2":  "A token is taken only when it is of the right kind, and meant for this purpose.",
	"9.2.3":  "A token is taken only when it is meant for this service, by aud.",
	"9.2.4":  "An issuer that signs for several audiences with one key marks each token with its audience.",
	"10.5.2": "A user is known by sub, within the issuer.",
	"10.5.3": "The issuer in the metadata is exactly the one that was configured.",
	"10.5.4": "aud of an ID token is the client's id.",
	"10.5.5": "Against forced logout and confused tokens: typ is logout+jwt, the logout event is there, nonce is not; the life should be short.",
	"16.5.1": "When something unexpected happens, the message is a general one: no stack traces, queries, keys or tokens.",
	"16.5.2": "The application stays secure when something it relies on fails.",
	"16.5.3": "It fails closed: a check that could not be made is no check that was passed.",
}
