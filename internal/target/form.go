package target

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// selfSubmitting is the request of a form that the page submits by script, as
// response_mode=form_post does (OAuth 2.0 Form Post Response Mode). Nil when
// the page has none.
func selfSubmitting(ctx context.Context, p *page) (*http.Request, error) {
	if !bytes.Contains(p.body, []byte("submit()")) && !bytes.Contains(p.body, []byte("submit ()")) {
		return nil, nil
	}
	root, err := html.Parse(bytes.NewReader(p.body))
	if err != nil {
		return nil, nil //nolint:nilerr // what is no HTML submits no form
	}
	form := find(root, atom.Form)
	if form == nil {
		return nil, nil
	}
	action, err := p.url.Parse(attribute(form, "action"))
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	for node := range form.Descendants() {
		if node.DataAtom == atom.Input && attribute(node, "name") != "" {
			values.Add(attribute(node, "name"), attribute(node, "value"))
		}
	}
	if !strings.EqualFold(attribute(form, "method"), "post") {
		action.RawQuery = values.Encode()
		return http.NewRequestWithContext(ctx, http.MethodGet, action.String(), http.NoBody)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, action.String(), strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request, nil
}

// hasPasswordField reports whether a page asks for a password: a login page.
func hasPasswordField(body []byte) bool {
	root, err := html.Parse(bytes.NewReader(body))
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

func find(root *html.Node, a atom.Atom) *html.Node {
	for node := range root.Descendants() {
		if node.DataAtom == a {
			return node
		}
	}
	return nil
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
