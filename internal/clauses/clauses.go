// Package clauses says in our own words what the texts demand that cases cite,
// and where they are to be read.
package clauses

import (
	"strings"
)

// A Clause is one place of a text.
type Clause struct {
	// Ref is how cases cite it: "BCL 2.6(4)".
	Ref string
	// Text is the name of the text with the place: "OpenID Connect Core 1.0,
	// section 3.1.3.7, item 9".
	Text string
	// Says is what it demands, in our own words.
	Says string
	// URL is where it is to be read; empty for "none".
	URL string
}

// None is the reference of what no text demands.
const None = "none"

// Find gives the clause of a reference.
func Find(ref string) (Clause, bool) {
	if ref == None {
		return Clause{Ref: ref, Text: "no text", Says: "No standard demands it: it is good practice, or keeps a receiver standing."}, true
	}
	short, place, _ := strings.Cut(ref, " ")
	d, ok := documents[short]
	if !ok {
		return Clause{}, false
	}
	says, ok := d.says[place]
	if !ok {
		return Clause{}, false
	}
	return Clause{Ref: ref, Text: d.at(place), Says: says, URL: d.link(place)}, true
}

// A document is a text that cases cite.
type document struct {
	title string
	// url is the address of the whole, and anchor stands before a section.
	url, anchor string
	// chapters are addresses of their own, by the number before the first dot.
	chapters map[string]string
	// says are its sentences by place.
	says map[string]string
}

// at names a place in words.
func (d document) at(place string) string {
	section, item, listed := strings.Cut(strings.TrimSuffix(place, ")"), "(")
	switch {
	case place == "":
		return d.title
	case !strings.ContainsAny(section[:1], "0123456789A"):
		return d.title + ", " + section
	case listed:
		return d.title + ", section " + section + ", item " + item
	case d.chapters != nil:
		return d.title + ", requirement " + section
	case section[0] == 'A':
		return d.title + ", appendix " + section
	}
	return d.title + ", section " + section
}

func (d document) link(place string) string {
	section, _, _ := strings.Cut(place, "(")
	section, _, _ = strings.Cut(section, "-") // of a range, the first
	if chapter, _, _ := strings.Cut(section, "."); d.chapters[chapter] != "" {
		return d.url + d.chapters[chapter]
	}
	switch {
	case section == "" || d.anchor == "" || !strings.ContainsAny(section[:1], "0123456789A"):
		return d.url
	case section[0] == 'A':
		return d.url + "#appendix-" + section
	}
	return d.url + "#" + d.anchor + section
}

// rfc is a text of the IETF.
func rfc(number, title string, says map[string]string) document {
	return document{
		title: "RFC " + number + " (" + title + ")", url: "https://www.rfc-editor.org/rfc/rfc" + number + ".html",
		anchor: "section-", says: says,
	}
}

// openID is a text of the OpenID Foundation.
func openID(file, title string, says map[string]string) document {
	return document{title: title, url: "https://openid.net/specs/" + file, anchor: "rfc.section.", says: says}
}

var documents = map[string]document{
	"BCL":  openID("openid-connect-backchannel-1_0.html", "OpenID Connect Back-Channel Logout 1.0, errata set 1", backChannel),
	"CORE": openID("openid-connect-core-1_0.html", "OpenID Connect Core 1.0", core),
	"DISC": openID("openid-connect-discovery-1_0.html", "OpenID Connect Discovery 1.0", discovery),
	"REG":  openID("openid-connect-registration-1_0.html", "OpenID Connect Dynamic Client Registration 1.0", registration),
	"SSF":  openID("openid-sharedsignals-framework-1_0-final.html", "OpenID Shared Signals Framework 1.0", sharedSignals),

	"4648": rfc("4648", "Base16, Base32 and Base64", base64url),
	"6749": rfc("6749", "OAuth 2.0", oauth),
	"7515": rfc("7515", "JSON Web Signature", jws),
	"7516": rfc("7516", "JSON Web Encryption", jwe),
	"7517": rfc("7517", "JSON Web Key", jwk),
	"7518": rfc("7518", "JSON Web Algorithms", jwa),
	"7519": rfc("7519", "JSON Web Token", jwt),
	"7797": rfc("7797", "JWS Unencoded Payload Option", unencoded),
	"8017": rfc("8017", "PKCS #1", pkcs1),
	"8259": rfc("8259", "JSON", jsonText),
	"8417": rfc("8417", "Security Event Token", securityEvents),
	"8725": rfc("8725", "JSON Web Token Best Current Practices", bestPractices),
	"8935": rfc("8935", "Push-Based Security Event Token Delivery", push),
	"9110": rfc("9110", "HTTP Semantics", semantics),
	"9112": rfc("9112", "HTTP/1.1", messages),

	"bis": {
		title: "Draft successor of RFC 8725 (rfc8725bis)", anchor: "section-", says: bestPracticesDraft,
		url: "https://datatracker.ietf.org/doc/html/draft-ietf-oauth-rfc8725bis",
	},
	"ASVS": {
		title: "OWASP ASVS 5.0", url: "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/", chapters: map[string]string{
			"2": "0x11-V2-Validation-and-Business-Logic.md", "4": "0x13-V4-API-and-Web-Service.md",
			"7": "0x16-V7-Session-Management.md", "9": "0x18-V9-Self-contained-Tokens.md",
			"10": "0x19-V10-OAuth-and-OIDC.md", "16": "0x25-V16-Security-Logging-and-Error-Handling.md",
		}, says: asvs,
	},
}
