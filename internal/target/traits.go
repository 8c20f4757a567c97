package target

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// traits works out what judges need to know of an answer and what may not be
// kept of it.
func (t *Target) traits(response *http.Response, body string, in inputs) []run.Trait {
	var found []run.Trait
	add := func(trait run.Trait, there bool) {
		if there {
			found = append(found, trait)
		}
	}
	add(run.LoginPage, hasPasswordField(body))
	add(run.LeaksToken, slices.ContainsFunc(in.tokens, func(token string) bool {
		return len(token) > 20 && strings.Contains(body, token)
	}))
	add(run.LeaksSecret, containsAny(body, t.hidden()))
	add(run.StackTrace, hasStackTrace(body))
	add(run.MentionsCSRF, containsAny(strings.ToLower(body), csrfWords))
	rest := in.without(body)
	add(run.LeaksKey, holdsKey(rest))
	add(run.LeaksExpected, t.holdsExpected(body, in))
	add(run.SQLError, sqlErrors.MatchString(rest))
	add(run.FilePath, !slices.Contains(found, run.StackTrace) && filePaths.MatchString(attributes.ReplaceAllString(rest, "")))
	add(run.VersionText, versions.MatchString(rest))
	add(run.VersionHeader, versions.MatchString(response.Header.Get("Server")))
	if isPage(response, body) {
		found = append(found, t.reflections(body, in)...)
	}
	if response.StatusCode >= http.StatusBadRequest {
		found = append(found, shape(body)...)
	}
	return found
}

// shape says of a body in what it is no error as Back-Channel Logout 1.0,
// section 2.8, describes one.
func shape(body string) []run.Trait {
	if body == "" {
		return nil
	}
	var object map[string]any
	if json.Unmarshal([]byte(body), &object) != nil || object == nil {
		return []run.Trait{run.NotJSON}
	}
	if text, ok := object["error"].(string); !ok || text == "" {
		return []run.Trait{run.NoErrorMember}
	}
	return nil
}

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
