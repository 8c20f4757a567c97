package idp

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
)

// rolePlaceholder finds the placeholders that name a key: ${rogue.jwk}.
var rolePlaceholder = regexp.MustCompile(`\$\{([a-z][a-z-]*)\.(kid|jwk|spki|pkcs1)\b`)

// bind makes a recipe, which names keys by role, mean the keys of this issuer at
// this moment. A recipe sees one ring, and takes the role fixtures.Issuer for
// the key that signs; an issuer whose keys come from several rings, or that has
// rotated, has the recipe name the right role, and fills in what its
// placeholders say about the others.
func (k *keyset) bind(r fixtures.Recipe, e *fixtures.Env) (fixtures.Recipe, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e.Keys = k.ring
	if k.rotations == 0 && k.first == (slot{k.ring, fixtures.Issuer}) && k.foreign == (slot{k.ring, fixtures.OtherIssuer}) {
		return r, nil
	}
	alg := r.Sign.Alg
	if alg == "" {
		alg = e.Alg
	}
	if r.Sign.Key == fixtures.ByText || symmetric(alg) {
		// A secret has no key id; the header then names the key in use.
		if !symmetric(e.Alg) {
			signing := k.resolve(fixtures.Issuer)
			key, err := signing.ring.Key(signing.role, orDefault(e.Alg, "RS256"))
			if err != nil {
				return r, err
			}
			kid := fixtures.Edit{Op: fixtures.OpSet, Name: "kid", Value: `"` + key.Kid + `"`}
			r.Header = append([]fixtures.Edit{kid}, r.Header...)
		}
	} else {
		at := k.resolve(r.Sign.Key)
		e.Keys, r.Sign.Key = at.ring, at.role
	}
	return k.fill(r, e)
}

// fill gives the placeholders of keys the values they have at this issuer.
func (k *keyset) fill(r fixtures.Recipe, e *fixtures.Env) (fixtures.Recipe, error) {
	vars := maps.Clone(e.Vars)
	if vars == nil {
		vars = map[string]string{}
	}
	var failed error
	r = eachText(r, func(text string) string {
		for _, found := range rolePlaceholder.FindAllStringSubmatch(text, -1) {
			name := found[1] + "." + found[2]
			if _, done := vars[name]; done {
				continue
			}
			value, err := keyText(k.resolve(fixtures.Role(found[1])), found[2], *e)
			if err != nil {
				failed = fmt.Errorf("placeholder ${%s}: %w", name, err)
				continue
			}
			if found[2] == "jwk" { // JSON text, which no variable can hold
				text = strings.ReplaceAll(text, "${"+name+"}", value)
				continue
			}
			vars[name] = value
		}
		return text
	})
	e.Vars = vars
	return r, failed
}

// keyText is what a placeholder of a key stands for: a token that consists of
// the placeholder alone, and is never signed.
func keyText(at slot, form string, e fixtures.Env) (string, error) {
	e.Keys = at.ring
	text := fixtures.Verbatim("${" + string(at.role) + "." + form + "}")
	token, err := fixtures.Mint(text.Stripped().SignedBy(at.role), e)
	return token.Wire, err
}

// eachText changes every text of a recipe that may hold placeholders.
func eachText(r fixtures.Recipe, change func(string) string) fixtures.Recipe {
	edits := func(in []fixtures.Edit) []fixtures.Edit {
		out := make([]fixtures.Edit, len(in))
		for i, e := range in {
			e.Value = change(e.Value)
			out[i] = e
		}
		return out
	}
	r.Claims, r.Header = edits(r.Claims), edits(r.Header)
	for _, text := range []*string{
		&r.Sign.Secret, &r.Sign.Input, &r.Write.Header, &r.Write.Payload, &r.Write.Token,
	} {
		*text = change(*text)
	}
	return r
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
