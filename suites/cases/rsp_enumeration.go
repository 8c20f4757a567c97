package cases

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// noEnumeration: the issuer may learn who has a session, and what it is told
// is only recorded. Whoever has no key may not.
func noEnumeration(seen run.Seen) []run.Finding {
	all := judged(seen, func(a answered) bool { return a.plain() && a.subject() != "" })
	if len(all) == 0 {
		return nothingSeen("nothing was answered")
	}
	if seen.Variant.Slug == "genuine" {
		known := keep(all, func(a answered) bool { return !a.forged() && a.ended && !a.hostile() })
		unknown := keep(all, func(a answered) bool { return !a.forged() && a.namesStranger() })
		if len(known) == 0 || len(unknown) == 0 || face(known[0]) == face(unknown[0]) {
			return nil
		}
		return []run.Finding{{
			Verdict: run.Note, Text: "the issuer can tell by the answer whether a user is known, which is allowed",
			Actual: tally(known[:1]) + ", and for a user whom nobody knows " + tally(unknown[:1]),
		}}
	}
	return tellsForgers(seen, keep(all, func(a answered) bool { return a.forged() && !a.ended }))
}

// tellsForgers compares forgeries of one kind. Only when all that name the user
// are answered alike does another answer for a stranger say anything.
func tellsForgers(seen run.Seen, forgeries []answered) []run.Finding {
	slices.SortStableFunc(forgeries, func(a, b answered) int { return cmp.Compare(a.Case.ID, b.Case.ID) })
	if len(forgeries) == 0 {
		return nothingSeen("nothing was forged")
	}
	for group := range chunks(forgeries) {
		known := keep(group, func(a answered) bool { return !a.namesStranger() })
		strangers := keep(group, answered.namesStranger)
		if len(known) < 2 || len(strangers) == 0 {
			continue
		}
		alike := !slices.ContainsFunc(known, func(a answered) bool { return face(a) != face(known[0]) })
		other := keep(strangers, func(a answered) bool { return face(a) != face(known[0]) })
		if alike && len(other) > 0 {
			return []run.Finding{{
				Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security,
				Text:     "somebody without a key can tell by the answer whether a user is known",
				Expected: "the same answer for a user who is known and for one who is not",
				Actual:   fmt.Sprintf("%s, and for a user whom nobody knows %s", tally(known[:1]), tally(other[:1])),
			}}
		}
	}
	return nil
}

// chunks are the runs of answers of one case.
func chunks(all []answered) func(func([]answered) bool) {
	return func(yield func([]answered) bool) {
		for len(all) > 0 {
			n := slices.IndexFunc(all, func(a answered) bool { return a.Case.ID != all[0].Case.ID })
			if n < 0 {
				n = len(all)
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// forged reports whether the token was made without the issuer's key.
func (a answered) forged() bool {
	r := a.sent.Recipe
	return foreignKey(r) || r.Write.Signature != "" || r.Sign.Input != ""
}

// subject is the user that the token names; empty when that cannot be read.
func (a answered) subject() string {
	var claims struct {
		Sub any `json:"sub"`
	}
	if json.Unmarshal([]byte(a.sent.Token.Payload), &claims) != nil {
		return ""
	}
	sub, _ := claims.Sub.(string)
	return sub
}

// namesStranger reports whether the token names a user who never logged in.
func (a answered) namesStranger() bool {
	return !slices.ContainsFunc(a.Evidence.Events, func(e run.Event) bool {
		return e.Login != nil && e.Login.Sub == a.subject()
	})
}

// face is what a sender sees of an answer, without the name it sent itself.
func face(a answered) string {
	return fmt.Sprint(a.answer.Status, " ", strings.ReplaceAll(a.answer.Body, a.subject(), "(sub)"))
}
