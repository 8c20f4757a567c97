package receiver

import (
	"errors"
	"io"
	"net/http"
)

// answerVariations answer in other words (BCL 2.8).
func answerVariations() []Variation {
	return []Variation{
		{
			Name: "answers-204", Profiles: both, apply: func(p *parts) { p.accept = withStatus(http.StatusNoContent) },
			Does: "A logout is answered with 204.", Because: "BCL 2.8: senders should take 204 too",
		},
		{
			Name: "accepts-with-a-body", Profiles: both, apply: func(p *parts) { p.accept = withBody },
			Does: "A logout is answered with 200 and a page of text.", Because: "BCL 2.8 says nothing about the body",
		},
		{
			Name: "refuses-with-empty-400", Profiles: both, apply: func(p *parts) { p.refuse = barely },
			Does: "A refusal is a 400 without a body.", Because: "BCL 2.8: a body is optional",
		},
		{
			Name: "refuses-with-own-error", Profiles: both, apply: func(p *parts) { p.refuse = inOwnWords },
			Does: "A refusal has an error value of the receiver's own.", Because: "BCL 2.8: only invalid_request is named, as an option",
		},
		{
			Name: "refuses-with-401", Profiles: both, apply: func(p *parts) { p.refuse = asUnauthorized },
			Does: "A bad token is answered with 401.", Because: "BCL 2.8 asks for 400; who wants to know why may say 401",
		},
		{
			Name: "refuses-with-403", Profiles: both, apply: func(p *parts) { p.refuse = asForbidden },
			Does: "A bad token is answered with 403.", Because: "BCL 2.8 asks for 400",
		},
		{
			Name: "unavailable-503", Profiles: both, apply: func(p *parts) { p.refuse = whenStoreIsDown(http.StatusServiceUnavailable) },
			Does: "While the session store is down a logout is answered with 503.", Because: "it has senders try again, where BCL 2.8 asks for 400",
		},
		{
			Name: "unavailable-504", Profiles: both, apply: func(p *parts) { p.refuse = whenStoreIsDown(http.StatusGatewayTimeout) },
			Does: "While the session store is down a logout is answered with 504.", Because: "drafts of BCL up to 07 had it for what failed further down",
		},
	}
}

func withStatus(status int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		noStore(w)
		w.WriteHeader(status)
	}
}

func withBody(w http.ResponseWriter) {
	noStore(w)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	// A sender that hung up loses its answer; there is nobody left to tell.
	_, _ = io.WriteString(w, "The user was logged out.\n")
}

func barely(w http.ResponseWriter, err error) {
	noStore(w)
	w.WriteHeader(statusOf(err))
}

func inOwnWords(w http.ResponseWriter, err error) {
	noStore(w)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(statusOf(err))
	// A sender that hung up loses its answer; there is nobody left to tell.
	_, _ = io.WriteString(w, `{"error":"logout_token_not_usable"}`)
}

func asUnauthorized(w http.ResponseWriter, err error) { refuseAs(http.StatusUnauthorized, w, err) }

func asForbidden(w http.ResponseWriter, err error) { refuseAs(http.StatusForbidden, w, err) }

// refuseAs gives bad tokens another status, and leaves the answers to other requests alone.
func refuseAs(status int, w http.ResponseWriter, err error) {
	if statusOf(err) == http.StatusBadRequest {
		err = refusal{status, err.Error()}
	}
	refuseLogout(w, err)
}

// whenStoreIsDown gives failures of the store a status of their own.
func whenStoreIsDown(status int) func(http.ResponseWriter, error) {
	return func(w http.ResponseWriter, err error) {
		if errors.Is(err, errStoreDown) {
			err = refusal{status, err.Error()}
		}
		refuseLogout(w, err)
	}
}
