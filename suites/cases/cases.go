// Package cases is the catalogue: what is checked, one literal a case, a file
// per topic. Ids, levels, clauses and expectations are those of the corpus;
// ids and slugs are never reused or renumbered.
//
// To add a case, add a literal to the file of its topic. Most need nothing but
// a recipe for each variant; a case that takes more than "send this, then
// probe" has steps, and a judge of its own when the shared ones do not do.
//
// The files, by the beginning of the id. A topic's first file has its literals;
// those that follow have further literals, or scripts and judges:
//
//	ok-    ok.go            what has to work; all else rests on it
//	hdr-   hdr.go           alg, public keys taken for secrets, keys that a token brings along
//	       hdr_kid.go       kid
//	       hdr_members.go   crit, b64, zip, cty, typ, members twice
//	sig-   sig.go           signatures that do not fit, and the wrong algorithm or key
//	       sig_ecdsa.go     ECDSA
//	       sig_keys.go      keys that are published and must not be used
//	       sig_secrets.go   HMACs
//	ser-   ser.go           serialization, base64, nesting and size
//	       ser_names.go     claims that are there twice, or under nearly the right name
//	       ser_json.go      what is not quite JSON
//	jwe-   jwe.go           encryption
//	       jwe_oracle.go    scripts and judges: what a damaged JWE gives away
//	clm-   clm.go           iss, aud and azp
//	       clm_time.go      exp, iat and nbf
//	       clm_jti.go       jti
//	       clm_events.go    events and nonce
//	       clm_whom.go      sub and sid
//	       clm_judges.go, clm_whom_judges.go
//	xjwt-  xjwt.go          other JWTs in place of a logout token
//	       xjwt_reverse.go  a logout token in place of another
//	http-  http.go          methods, bodies, parameters and header fields
//	       http_wire.go     how the bytes are written: large, slow, compressed
//	       http_path.go     where the request goes, and where it says that it goes
//	       http_scripts.go
//	rsp-   rsp.go           rules for answers, judged on what all other cases saw
//	       rsp_answers.go   which answers a rule looks at
//	       rsp_status.go, rsp_body.go, rsp_enumeration.go, rsp_time.go
//	sem-   sem.go           who is logged out, and really so
//	       sem_scope.go     scripts and judges: whose sessions end
//	       sem_death.go     when and where a session is dead
//	       sem_again.go     what comes after a logout
//	       sem_races.go     tokens at an unlucky moment
//	       sem_faults.go    a restart, a store that is down
//	       sem_tokens.go    refresh tokens
//	       sem_bystander.go, sem_judging.go
//	key-   key.go           the issuer's keys change, or cannot be had
//	       key_changes.go   scripts and judges: rotation, withdrawal, secrets
//	       key_served.go    what the jwks_uri answers
//	       key_flood.go     tokens of ever new key ids
//
// Several topics share published.go (a case publishes a key of its own),
// replay.go (the very same token once more), spare.go (a token that names
// nobody), and retired.go has the ids that are gone.
package cases

import (
	"slices"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// Edition is the edition of the catalogue. It changes when a case or a variant
// is added, or when what one demands changes.
const Edition = "2026.2"

// Levels and expectations, for the literals.
const (
	must      = run.Must
	should    = run.Should
	may       = run.May
	hardening = run.Hardening

	revoke  = run.Revoke
	refuse  = run.Refuse
	either  = run.Either
	observe = run.Observe
)

// The baselines, for the literals.
var (
	valid   = fixtures.Valid
	sidOnly = fixtures.ValidSidOnly
	subOnly = fixtures.ValidSubOnly
)

// All is the whole catalogue in the order of the corpus.
func All() []run.Case {
	return slices.Concat(
		baselines, headers, signatures, serializations, encrypted, claims, confusion, requests, wires, destinations, responses, sessions, keys)
}

// Recipes gives every recipe of the catalogue by the full name of its variant
// (clm-exp-past/hour), and that of a case's first variant by the case's id.
func Recipes() map[string]fixtures.Recipe {
	out := map[string]fixtures.Recipe{}
	for _, c := range All() {
		for i, v := range c.Variants {
			if c.Demand(v, run.Terms{}).Expect == observe {
				continue
			}
			out[c.Name(v)] = v.Recipe
			if i == 0 {
				out[c.ID] = v.Recipe
			}
		}
	}
	return out
}

func refs(clauses ...string) []string { return clauses }

func wild(seen ...string) []string { return seen }

func variants(vs ...run.Variant) []run.Variant { return vs }

// v is a variant that posts a token.
func v(slug string, r fixtures.Recipe) run.Variant {
	return run.Variant{Slug: slug, Recipe: r}
}

// by is a variant that brings a valid token in a request of its own.
func by(slug string, q fixtures.Request) run.Variant {
	return run.Variant{Slug: slug, Recipe: valid(), Request: &q}
}

// brought has a variant brought in a request of its own.
func brought(v run.Variant, q fixtures.Request) run.Variant {
	v.Request = &q
	return v
}

// oddly marks a request that a server or a proxy may turn away before the
// endpoint sees it, and odd all of a list.
func oddly(v run.Variant) run.Variant {
	v.Odd = true
	return v
}

func odd(vs ...run.Variant) []run.Variant {
	for i := range vs {
		vs[i] = oddly(vs[i])
	}
	return vs
}

// large writes a long token to the socket by hand: a server may turn it away
// before it has read all of it, and its answer must not be lost.
func large(v run.Variant) run.Variant { return oddly(brought(v, post().OnWire(fixtures.Wire{}))) }

// unless adds terms under which a variant does not apply.
func unless(v run.Variant, excluded ...run.Condition) run.Variant {
	v.Excluded = excluded
	return v
}

// instead gives a variant an expectation and a level of its own.
func instead(v run.Variant, e run.Expect, l run.Level) run.Variant {
	v.Expect, v.Level = e, l
	return v
}

// needing adds what a variant needs beyond its case.
func needing(v run.Variant, needs ...run.Need) run.Variant {
	v.Needs = needs
	return v
}

// in has a variant done at another place of the receiver.
func in(at run.Place, v run.Variant) run.Variant {
	v.At = at
	return v
}

// atSecondClient has a variant done at the second client.
func atSecondClient(v run.Variant) run.Variant {
	return needing(in(run.AtSecondClient, v), run.SecondClient)
}

// needs lists what a case needs.
func needs(ns ...run.Need) []run.Need { return ns }

// bob is another user, whose session is looked at beside the named one.
var bob = run.Companion{Session: "bob", Who: run.Visitor{User: "bob"}}

// company lists the sessions beside the named one.
func company(cs ...run.Companion) []run.Companion { return cs }

// not lists terms under which a case does not apply.
func not(excluded ...run.Condition) []run.Condition { return excluded }

// given lists expectations that hold under terms.
func given(gs ...run.Given) []run.Given { return gs }

// when is an expectation that holds under a condition.
func when(c run.Condition, e run.Expect, l run.Level) run.Given {
	return run.Given{If: c, Expect: e, Level: l}
}

// event is a valid token whose events claim has another member.
func event(uri string) fixtures.Recipe {
	return valid().With("events", `{"`+uri+`":{}}`)
}
