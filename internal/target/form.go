package target

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// selfSubmitting is the request of a form that the page submits by script, as
// response_mode=form_post does (OAuth 2.0 Form Post Response Mode). Nil when
// the page has none.
func selfSubmitting(ctx context.Context, p *page) (*http.Request, error) {
	if !submitCall.Match(p.body) {
		return nil, nil
	}
	root, err := html.Parse(bytes.NewReader(p.body))
	if err != nil || !submits(root) {
		return nil, nil //nolint:nilerr // what is no HTML submits no form
	}
	form := submitted(root)
	if form == nil {
		return nil, nil
	}
	action, err := p.link("form action", strings.TrimSpace(attribute(form, "action")))
	if err != nil {
		return nil, err
	}
	values := fields(form).Encode()
	if !strings.EqualFold(attribute(form, "method"), http.MethodPost) {
		action.RawQuery = values
		return http.NewRequestWithContext(ctx, http.MethodGet, action.String(), http.NoBody)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, action.String(), strings.NewReader(values))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request, nil
}

// submitCall is a script's call to submit a form.
var submitCall = regexp.MustCompile(`[sS]ubmit\s*(\.call\s*)?\(`)

// submits reports whether a script of the page submits a form when it loads.
// One that waits for a click is an attribute of what is clicked.
func submits(root *html.Node) bool {
	for node := range root.Descendants() {
		text := ""
		switch {
		case node.DataAtom == atom.Body:
			text = attribute(node, "onload")
		case node.DataAtom == atom.Script && node.FirstChild != nil:
			text = node.FirstChild.Data
		}
		if submitCall.MatchString(text) {
			return true
		}
	}
	return false
}

// messages are the fields of forms that carry a login from one site to the
// next: requests and answers of OpenID Connect and SAML.
var messages = []string{
	"code", "id_token", "access_token", "error", "state", "response", "client_id", "SAMLRequest", "SAMLResponse", "wresult",
}

// submitted is the form that a page submits without its user: there is nothing
// in it to fill in, and it carries a login on, or is the only one. Any other,
// such as that of a logout button, is the user's.
func submitted(root *html.Node) *html.Node {
	var forms []*html.Node
	for node := range root.Descendants() {
		if node.DataAtom != atom.Form {
			continue
		}
		if !fillable(node) && slices.ContainsFunc(messages, fields(node).Has) {
			return node
		}
		forms = append(forms, node)
	}
	if len(forms) == 1 && !fillable(forms[0]) {
		return forms[0]
	}
	return nil
}

// fields are what a script submits of a form: no button, for none was pressed.
func fields(form *html.Node) url.Values {
	values := url.Values{}
	for node := range form.Descendants() {
		name := attribute(node, "name")
		if node.DataAtom != atom.Input || name == "" || has(node, "disabled") {
			continue
		}
		switch value := attribute(node, "value"); strings.ToLower(attribute(node, "type")) {
		case "submit", "button", "reset", "image", "file":
		case "checkbox", "radio":
			if has(node, "checked") {
				if !has(node, "value") {
					value = "on"
				}
				values.Add(name, value)
			}
		default:
			values.Add(name, value)
		}
	}
	return values
}

// fillable reports whether a form waits for a user.
func fillable(form *html.Node) bool {
	for node := range form.Descendants() {
		kind := strings.ToLower(attribute(node, "type"))
		if node.DataAtom == atom.Textarea || node.DataAtom == atom.Select ||
			(node.DataAtom == atom.Input && kind != "hidden" && kind != "submit") {
			return true
		}
	}
	return false
}

// hasPasswordField reports whether a page asks for a password: a login page.
func hasPasswordField(body string) bool {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return false
	}
	for node := range root.Descendants() {
		if node.DataAtom == atom.Input && strings.EqualFold(attribute(node, "type"), "password") {
			return true
		}
	}
	return false
}

func has(node *html.Node, name string) bool {
	return slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
