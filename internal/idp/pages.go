package idp

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
)

//go:embed templates/*.html
var templateFiles embed.FS

// The pages, each laid out by layout.html. Everything in them is escaped by
// html/template.
var (
	loginTemplate    = page("login")
	messageTemplate  = page("message")
	confirmTemplate  = page("confirm")
	formPostTemplate = page("formpost")
)

func page(name string) *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/layout.html", "templates/"+name+".html"))
}

// submitScript is the one script there is; the policy names its hash.
const submitScript = "document.forms[0].submit()"

var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(submitScript))
	return "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// A field is a hidden field of a form.
type field struct{ Name, Value string }

// hidden keeps every parameter of a request in a form, but those of our own.
func hidden(form url.Values, own ...string) []field {
	var out []field
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if slices.Contains(own, name) {
			continue
		}
		for _, value := range form[name] {
			out = append(out, field{name, value})
		}
	}
	return out
}

// showPage answers with a page.
func (i *issuer) showPage(w http.ResponseWriter, status int, t *template.Template, data map[string]any) {
	data["Issuer"] = i.url
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", pagePolicy)
	header.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	if err := t.ExecuteTemplate(w, "layout.html", data); err != nil {
		i.server.options.Log.Error("a page was not written whole", "error", err)
	}
}

// maxButtons bounds the users that the login page offers.
const maxButtons = 50

func (i *issuer) loginPage(w http.ResponseWriter, r *http.Request, q *authRequest) {
	var users []User
	for _, u := range i.allUsers() {
		if len(users) < maxButtons {
			users = append(users, u)
		}
	}
	i.showPage(w, http.StatusOK, loginTemplate, map[string]any{
		"Title": "Log in", "Client": q.client.ID, "Kept": hidden(r.Form, loginField, cancelField),
		"Users": users, "Suggested": q.loginHint,
	})
}

func (i *issuer) errorPage(w http.ResponseWriter, p *problem) {
	i.showPage(w, http.StatusBadRequest, messageTemplate, map[string]any{
		"Title": "This request cannot be answered", "Text": p.Description, "Code": p.Code,
	})
}

func (i *issuer) confirmPage(w http.ResponseWriter, r *http.Request, q *endRequest, s *session) {
	i.showPage(w, http.StatusOK, confirmTemplate, map[string]any{
		"Title": "Log out?", "Sub": s.sub, "Client": q.client.ID, "Confirm": s.confirm,
		"Kept": hidden(r.Form, confirmField, answerField),
	})
}

func (i *issuer) stayedPage(w http.ResponseWriter, q *endRequest) {
	i.showPage(w, http.StatusOK, messageTemplate, map[string]any{
		"Title": "You are still logged in", "Text": "Nothing was ended.", "Onward": q.onward(),
	})
}

func (i *issuer) loggedOutPage(w http.ResponseWriter, q *endRequest, ended []Ended) {
	data := map[string]any{"Title": "You are logged out", "Onward": q.onward()}
	for _, e := range ended {
		data["Deliveries"], data["Untold"] = e.Deliveries, e.Untold
		if len(e.Deliveries) == 0 {
			data["Text"] = "No client of this session has a back-channel logout URI, so nobody was told."
		}
	}
	i.showPage(w, http.StatusOK, messageTemplate, data)
}

// formPostPage brings values to a client by a form that submits itself (OAuth
// 2.0 Form Post Response Mode, section 2).
func (i *issuer) formPostPage(w http.ResponseWriter, uri string, values url.Values) {
	// The URI was checked by our own rules, which allow the schemes of
	// applications; those of the template would replace it.
	i.showPage(w, http.StatusOK, formPostTemplate, map[string]any{
		"Title": "One moment", "Target": template.URL(uri), "Kept": hidden(values), //nolint:gosec // checked by checkURI
		"Script": template.JS(submitScript), //nolint:gosec // a constant
	})
}
