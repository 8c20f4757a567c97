package cases

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// noStore looks at the answers of the endpoint itself, not at those that a
// framework gives before it (405, 413, 415).
func noStore(seen run.Seen) []run.Finding {
	accepted := seen.Variant.Slug == "accepted"
	own := judged(seen, func(a answered) bool {
		return a.plain() && !frameworks(a.answer.Status) && (accepted && a.ended || !accepted && a.lived)
	})
	if len(own) == 0 {
		return nothingSeen("there was no such answer")
	}
	missing := keep(own, func(a answered) bool {
		return !strings.Contains(strings.ToLower(a.answer.Header["Cache-Control"]), "no-store")
	})
	if len(missing) == 0 {
		return nil
	}
	return []run.Finding{{
		Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Conformance,
		Text:     fmt.Sprintf("%d of %d answers lack Cache-Control: no-store", len(missing), len(own)),
		Expected: "Cache-Control: no-store", Actual: tally(missing),
	}}
}

// frameworks reports whether a status is one that answers before the endpoint
// itself is asked.
func frameworks(status int) bool {
	switch status {
	case 404, 405, 406, 408, 411, 413, 414, 415, 417, 426, 431:
		return true
	}
	return status >= 500
}

// errorShape: a body that is no JSON is worth a note and no more, since nobody
// acts on it. One that says it is the error of the specification has to be it.
func errorShape(seen run.Seen) []run.Finding {
	refused := judged(seen, func(a answered) bool { return a.plain() && a.lived })
	if len(refused) == 0 {
		return nothingSeen("nothing was refused")
	}
	var out []run.Finding
	say := func(v run.Verdict, text string, which func(answered) bool) {
		found := keep(refused, func(a answered) bool {
			return a.answer.Status == http.StatusBadRequest && a.answer.BodyBytes > 0 && which(a)
		})
		if len(found) > 0 {
			out = append(out, run.Finding{
				Verdict: v, Severity: run.Conformance, Text: text,
				Expected: `no body, or application/json with a string "error"`,
				Actual:   fmt.Sprintf("%s, as %q", tally(found), found[0].answer.Header["Content-Type"]),
			})
		}
	}
	broken := verdict.Broken(seen.Demand.Level)
	say(broken, `errors in JSON lack the member "error"`, func(a answered) bool { return declaresJSON(a) && a.has(run.NoErrorMember) })
	say(broken, "errors that are declared as JSON are none", func(a answered) bool { return declaresJSON(a) && a.has(run.NotJSON) })
	say(broken, "errors in JSON are not declared as application/json", func(a answered) bool {
		return !declaresJSON(a) && !a.has(run.NotJSON) && !a.has(run.NoErrorMember)
	})
	say(run.Note, "refusals have a body of another kind than the specification's", func(a answered) bool {
		return !declaresJSON(a) && (a.has(run.NotJSON) || a.has(run.NoErrorMember))
	})
	return out
}

func declaresJSON(a answered) bool {
	kind, _, err := mime.ParseMediaType(a.answer.Header["Content-Type"])
	return err == nil && kind == "application/json"
}

// given away: what an answer may hold that it should not, by variant.
var givenAway = map[string]struct {
	trait run.Trait
	what  string
}{
	"token":          {run.LeaksToken, "the token that was sent"},
	"secret":         {run.LeaksSecret, "a secret"},
	"key":            {run.LeaksKey, "a key"},
	"expected-value": {run.LeaksExpected, "what the token should have held"},
	"stack-trace":    {run.StackTrace, "a stack trace"},
	"sql":            {run.SQLError, "the error of a database"},
	"file-path":      {run.FilePath, "the path of a file"},
	"version":        {run.VersionText, "the version of a product"},
}

func noLeak(seen run.Seen) []run.Finding {
	all := judged(seen, func(answered) bool { return true })
	if len(all) == 0 {
		return nothingSeen("nothing was answered")
	}
	away := givenAway[seen.Variant.Slug]
	found := keep(all, func(a answered) bool { return a.has(away.trait) })
	if len(found) > 0 {
		return []run.Finding{{
			Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security,
			Text:     fmt.Sprintf("%d of %d answers hold %s", len(found), len(all), away.what),
			Expected: "generic messages", Actual: tally(found),
		}}
	}
	// The Server header is more often a proxy's than the endpoint's.
	if found = keep(all, func(a answered) bool { return a.has(run.VersionHeader) }); len(found) > 0 && away.trait == run.VersionText {
		return []run.Finding{{
			Verdict: run.Note, Text: "the Server header names a version",
			Expected: "no version", Actual: found[0].answer.Header["Server"],
		}}
	}
	return nil
}

var reflected = map[string]run.Trait{
	"claim": run.ReflectsClaim, "kid": run.ReflectsKid, "parameter": run.ReflectsParameter,
}

func noReflection(seen run.Seen) []run.Finding {
	all := judged(seen, func(answered) bool { return true })
	if len(all) == 0 {
		return nothingSeen("nothing was answered")
	}
	if found := keep(all, func(a answered) bool { return a.has(reflected[seen.Variant.Slug]) }); len(found) > 0 {
		return []run.Finding{{
			Verdict: verdict.Broken(seen.Demand.Level), Severity: run.Security,
			Text:     fmt.Sprintf("web pages echo a %s of the request (%d of %d answers)", seen.Variant.Slug, len(found), len(all)),
			Expected: "no echo in text/html", Actual: tally(found),
		}}
	}
	if found := keep(all, func(a answered) bool { return a.has(run.EscapesInput) }); len(found) > 0 && slices.Index(slugsOf(seen.Case), seen.Variant.Slug) == 0 {
		return []run.Finding{{Verdict: run.Note, Text: "web pages echo what the request brought, with its markup escaped", Actual: tally(found)}}
	}
	return nil
}

func slugsOf(c run.Case) []string {
	var out []string
	for _, v := range c.Variants {
		out = append(out, v.Slug)
	}
	return out
}
