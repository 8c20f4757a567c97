package receiver

import (
	"errors"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// sessionCookie names the cookie per application: cookies ignore ports, and several applications share one host.
func (a *app) sessionCookie() string { return "session_" + a.name }

func (a *app) path() string { return "/app/" + a.name + "/" }

// secure: cookies are bound to TLS wherever browsers use it.
func (a *app) secure(r *http.Request) bool {
	return r.TLS != nil || (a.oidc != nil && strings.HasPrefix(a.oidc.BaseURL, "https://"))
}

func (a *app) setCookie(w http.ResponseWriter, r *http.Request, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: a.path(), MaxAge: seconds, HttpOnly: true,
		Secure: a.secure(r), SameSite: http.SameSiteLaxMode,
	})
}

// serveIndex lists the applications and says that the receiver is ready.
func (r *Receiver) serveIndex(w http.ResponseWriter, req *http.Request) {
	if !reads(w, req) {
		return
	}
	names := make([]string, 0, len(r.apps))
	for name := range r.apps {
		names = append(names, name)
	}
	slices.Sort(names)
	var list strings.Builder
	for _, name := range names {
		list.WriteString(`<li><a href="/app/` + name + `/me">` + name + `</a> (` + r.apps[name].profile + ")</li>\n")
	}
	page(w, http.StatusOK, "Reference receiver", "<ul>\n"+list.String()+"</ul>")
}

func (r *Receiver) servePage(w http.ResponseWriter, req *http.Request, a *app, name string) {
	pages := map[string]func(http.ResponseWriter, *http.Request, *app){
		"me": r.serveMe, "api/me": r.serveAPI, "api/token/me": r.serveTokenAPI, "events": r.serveEvents,
	}
	if a.profile == ProfileSharedSecret {
		pages["login"] = r.serveOwnLogin
	} else {
		pages["login"], pages["callback"], pages["refresh"] = r.serveLogin, r.serveCallback, r.serveRefresh
	}
	serve := pages[name]
	switch {
	case serve == nil:
		http.NotFound(w, req)
	case name == "login" && a.profile == ProfileSharedSecret || reads(w, req):
		serve(w, req, a)
	}
}

// serveMe shows who is logged in, or 401. It never redirects to the issuer: a silent new login would look like a
// session that survived its logout.
func (r *Receiver) serveMe(w http.ResponseWriter, req *http.Request, a *app) {
	s, err := a.parts.findSession(w, req, a)
	if err != nil {
		nobody(w, err)
		return
	}
	page(w, http.StatusOK, "Logged in as "+s.sub, "")
}

// nobody says that nobody is logged in, or that this cannot be told now.
func nobody(w http.ResponseWriter, err error) {
	if errors.Is(err, errStoreDown) {
		page(w, http.StatusServiceUnavailable, "Try again later", "")
		return
	}
	page(w, http.StatusUnauthorized, "Not logged in", "")
}

// serveOwnLogin is the login of a shared-secret application: it has users of its own, and believes everyone.
func (r *Receiver) serveOwnLogin(w http.ResponseWriter, req *http.Request, a *app) {
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		page(w, http.StatusMethodNotAllowed, "Log in with POST and uid", "")
		return
	}
	form, err := readForm(req)
	uid := form.Get("uid")
	if err != nil || uid == "" || !utf8.ValidString(uid) || utf8.RuneCountInString(uid) > maxSubject {
		page(w, http.StatusBadRequest, "Log in with a form-encoded uid", "")
		return
	}
	r.startSession(w, req, a, session{sub: uid, begun: a.sessions.tick()})
}

// startSession stores a session under a new random id, replaces the browser's old one and shows the page.
func (r *Receiver) startSession(w http.ResponseWriter, req *http.Request, a *app, s session) {
	id, err := r.random()
	if err != nil {
		r.failLogin(w, a, http.StatusInternalServerError, err)
		return
	}
	token, err := r.random()
	if err != nil {
		r.failLogin(w, a, http.StatusInternalServerError, err)
		return
	}
	if old, err := sessionOfCookie(w, req, a); err == nil {
		r.store.sessions.remove(old)
	}
	id = a.parts.newID(id, req, a)
	s.key, s.token, s.app, s.issuer, s.login = keyOf(id), keyOf(token), a.name, a.issuer, r.clock()
	if a.oidc != nil {
		s.clientID = a.oidc.ClientID
	}
	switch err := a.addSession(s); {
	case errors.Is(err, errEnded):
		// There is nobody to show: the way leads to the front page.
		r.log.Info("login overtaken by its logout", "app", a.name)
		http.Redirect(w, req, "/", http.StatusSeeOther)
		return
	case err != nil:
		r.log.Warn("login failed", "app", a.name, "reason", err.Error())
		page(w, http.StatusServiceUnavailable, "Try again later", "")
		return
	}
	a.setCookie(w, req, a.sessionCookie(), id, int(sessionLife.Seconds()))
	a.setCookie(w, req, a.tokenCookie(), token, int(sessionLife.Seconds()))
	noStore(w)
	http.Redirect(w, req, a.path()+"me", http.StatusSeeOther)
}

func (a *app) addSession(s session) error {
	if err := a.store.reach(); err != nil {
		return err
	}
	return a.sessions.add(s)
}

// freshID takes the random id: one that the browser had before could be known to others.
func freshID(fresh string, _ *http.Request, _ *app) string { return fresh }

// reads answers 405 to anything but GET and HEAD.
func reads(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	page(w, http.StatusMethodNotAllowed, "Method not allowed", "")
	return false
}

// page writes a small HTML page; title is text, body is HTML.
func page(w http.ResponseWriter, status int, title, body string) {
	noStore(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	title = html.EscapeString(title)
	// A browser that hung up loses its page; there is nobody left to tell.
	_, _ = io.WriteString(w, "<!doctype html>\n<meta charset=\"utf-8\">\n<title>"+title+"</title>\n<h1>"+title+"</h1>\n"+body+"\n")
}
