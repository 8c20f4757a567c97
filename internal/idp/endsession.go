package idp

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
)

// Fields of the page that asks before it logs out.
const (
	confirmField = "confirm"
	answerField  = "answer"
)

// An endRequest is a logout request (RP-Initiated Logout 1.0, section 2).
type endRequest struct {
	hint   *hint
	client Client
	known  bool   // who asks is known, by the hint or by client_id
	target string // where the browser goes afterwards, checked; or empty
	state  string
}

// serveEndSession is the end-session endpoint. Clients are told before the
// browser is sent on.
func (i *issuer) serveEndSession(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := params(r); err != nil {
		i.errorPage(w, wrong("invalid_request", "%v", err))
		return
	}
	q, bad := i.understandEnd(r.Form)
	if bad != nil {
		i.server.options.Log.Info("logout request refused", "issuer", i.name, "error", bad.Error())
		i.errorPage(w, bad)
		return
	}
	current := i.sessions.ofCookie(cookies(r))
	if current != nil && r.Method == http.MethodPost && r.PostForm.Has(answerField) {
		given := r.PostForm.Get(confirmField)
		if subtle.ConstantTimeCompare([]byte(given), []byte(current.confirm)) != 1 {
			i.confirmPage(w, r, q, current)
			return
		}
		if r.PostForm.Get(answerField) != "yes" {
			i.stayedPage(w, q)
			return
		}
		i.finish(w, r, q, current, true)
		return
	}
	session, sure := i.meant(q, current)
	if session != nil && !sure {
		i.confirmPage(w, r, q, session)
		return
	}
	// Without a hint and without a question nobody vouches for the redirect.
	i.finish(w, r, q, session, q.hint != nil)
}

// understandEnd reads and checks a logout request. An error leads to a page and
// never to a redirect (RP-Initiated Logout 1.0, sections 2 and 3).
func (i *issuer) understandEnd(form url.Values) (*endRequest, *problem) {
	q := &endRequest{state: form.Get("state")}
	id := form.Get("client_id")
	if raw := form.Get("id_token_hint"); raw != "" {
		h, err := i.readHint(raw)
		if err != nil {
			return nil, wrong("invalid_request", "id_token_hint: %v", err)
		}
		switch {
		case id == "":
			id = h.Audience[0]
		case !slices.Contains(h.Audience, id):
			return nil, wrong("invalid_request", "client_id is %q, but the id_token_hint was made for %q", id, h.Audience)
		}
		q.hint = &h
	}
	if len(id) > maxClientID {
		return nil, wrong("invalid_request", "client_id is too long")
	}
	if id != "" {
		registered := false
		q.client, registered = i.client(id)
		if !registered && i.options.Strict {
			return nil, wrong("invalid_request", "the client %q is not registered at this issuer", id)
		}
		q.known = true
	}
	uri := form.Get("post_logout_redirect_uri")
	if uri == "" {
		return q, nil
	}
	if err := checkURI(uri); err != nil {
		return nil, wrong("invalid_request", "post_logout_redirect_uri: %v", err)
	}
	registered := q.client.PostLogoutRedirectURIs
	switch {
	case !q.known:
		return nil, wrong("invalid_request", "post_logout_redirect_uri without id_token_hint or client_id: whose is it?")
	case (i.options.Strict || len(registered) > 0) && !slices.Contains(registered, uri):
		return nil, wrong("invalid_request", "the post-logout redirect URI %q is not one of the client %q, whose are %q",
			uri, q.client.ID, registered)
	}
	q.target = uri
	return q, nil
}

// meant finds the session to end, and whether the request alone is reason
// enough: a hint of the browser's own session is, and a hint of a living session
// when the browser has none. Otherwise the user is asked (RP-Initiated Logout
// 1.0, section 2).
func (i *issuer) meant(q *endRequest, current *session) (s *session, sure bool) {
	if q.hint == nil {
		return current, false
	}
	var hinted *session
	if q.hint.Sid != "" {
		hinted = i.sessions.byName(q.hint.Sid)
	}
	switch {
	case current == nil:
		return hinted, true
	case q.hint.Sid == "": // a client without sid knows the user alone
		return current, current.sub == q.hint.Sub
	}
	return current, current == hinted
}

// finish ends the session, tells the clients, and sends the browser on. The
// redirect needs somebody who vouches for it: a hint, or the user.
func (i *issuer) finish(w http.ResponseWriter, r *http.Request, q *endRequest, s *session, vouched bool) {
	var ended []Ended
	if s != nil {
		// A browser that goes away must not keep clients from being told.
		ended = i.server.endSessions(context.WithoutCancel(r.Context()), ending{i, s})
	}
	i.setCookie(w, "")
	if q.target == "" || !vouched {
		i.loggedOutPage(w, q, ended)
		return
	}
	values := url.Values{}
	if q.state != "" {
		values.Set("state", q.state)
	}
	redirect(w, r, q.target, values)
}

// onward is the link of a page to where the client wants the browser to go.
func (q *endRequest) onward() string {
	u, err := url.Parse(q.target)
	if q.target == "" || err != nil {
		return ""
	}
	if q.state != "" {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += url.Values{"state": {q.state}}.Encode()
	}
	return u.String()
}
