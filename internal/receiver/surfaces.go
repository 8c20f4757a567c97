package receiver

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Besides its page, an application shows who is logged in at three more surfaces. All of them ask for the session
// each time, so that all of them end with it (BCL 2.7).

// tokenCookie holds the API token that is minted with a session, for the path of the API that takes it.
func (a *app) tokenCookie() string { return "token_" + a.name }

// serveAPI answers who is logged in as JSON.
func (r *Receiver) serveAPI(w http.ResponseWriter, req *http.Request, a *app) {
	s, err := a.parts.findSession(w, req, a)
	answerAPI(w, s, err)
}

// serveTokenAPI does so for who brings the API token of a session, as bearer token or in its cookie. The token says
// nothing by itself, and dies with the session.
func (r *Receiver) serveTokenAPI(w http.ResponseWriter, req *http.Request, a *app) {
	s, err := a.parts.findByToken(req, a)
	answerAPI(w, s, err)
}

// serveEvents is an event stream, of one event: who is logged in.
func (r *Receiver) serveEvents(w http.ResponseWriter, req *http.Request, a *app) {
	s, err := a.parts.findSession(w, req, a)
	if err != nil {
		answerAPI(w, s, err)
		return
	}
	noStore(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	text, _ := json.Marshal(user{s.sub}) // a string is always fit for JSON
	_, _ = w.Write([]byte("event: user\ndata: " + string(text) + "\n\n"))
}

type user struct {
	User string `json:"user"`
}

func answerAPI(w http.ResponseWriter, s session, err error) {
	noStore(w)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	var body any = user{s.sub}
	switch {
	case errors.Is(err, errStoreDown):
		w.WriteHeader(http.StatusServiceUnavailable)
		body = map[string]string{"error": "temporarily_unavailable"}
	case err != nil:
		w.Header().Set("WWW-Authenticate", `Bearer realm="app"`)
		w.WriteHeader(http.StatusUnauthorized)
		body = map[string]string{"error": "login_required"}
	}
	_ = json.NewEncoder(w).Encode(body) // a client that hung up loses its answer
}

// sessionOfToken finds the session that an API token was minted from.
func sessionOfToken(r *http.Request, a *app) (session, error) {
	if err := a.store.reach(); err != nil {
		return session{}, err
	}
	key, ok := a.sessions.keyOfToken(apiToken(r, a))
	if !ok {
		return session{}, errNoSession
	}
	return a.session(key)
}

// apiToken is the token of a request, or empty, which is nobody's.
func apiToken(r *http.Request, a *app) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	cookie, err := r.Cookie(a.tokenCookie())
	if err != nil {
		return ""
	}
	return cookie.Value
}
