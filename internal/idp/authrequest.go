package idp

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An authRequest is an authentication request (OpenID Connect Core 1.0, section
// 3.1.2.1) that can be answered at its redirect URI.
type authRequest struct {
	client      Client
	redirectURI string
	mode        string
	state       string
	scope       string
	nonce       string
	challenge   string
	method      string
	loginHint   string
	idTokenHint string
	prompt      []string
	maxAge      time.Duration // negative: not asked for
}

func (q *authRequest) asks(prompt string) bool { return slices.Contains(q.prompt, prompt) }

// addressed reads what an answer depends on: who asks, and where the answer
// goes. An error here is shown on a page, for the redirect URI is not to be
// trusted (RFC 6749, section 4.1.2.1).
func (i *issuer) addressed(form url.Values) (*authRequest, *problem) {
	id := form.Get("client_id")
	if id == "" || len(id) > maxClientID {
		return nil, wrong("invalid_request", "client_id is missing or too long")
	}
	c, known := i.client(id)
	if !known && i.options.Strict {
		return nil, wrong("invalid_request", "the client %q is not registered at this issuer", id)
	}
	uri := form.Get("redirect_uri")
	if uri == "" {
		return nil, wrong("invalid_request", "redirect_uri is missing")
	}
	if err := checkURI(uri); err != nil {
		return nil, wrong("invalid_request", "redirect_uri: %v", err)
	}
	if (i.options.Strict || len(c.RedirectURIs) > 0) && !slices.Contains(c.RedirectURIs, uri) {
		return nil, wrong("invalid_request", "the redirect URI %q is not one of the client %q, whose are %q", uri, id, c.RedirectURIs)
	}
	return &authRequest{client: c, redirectURI: uri, mode: "query", state: form.Get("state"), maxAge: -1}, nil
}

// understand reads the rest of the request. An error here is answered at the
// redirect URI.
func (q *authRequest) understand(form url.Values) *problem {
	if mode := form.Get("response_mode"); mode != "" {
		if !slices.Contains(responseModes, mode) {
			return wrong("invalid_request", "response_mode %q: want one of %s", mode, strings.Join(responseModes, ", "))
		}
		q.mode = mode
	}
	for _, refused := range []string{"request", "request_uri", "registration"} {
		if form.Get(refused) != "" {
			return wrong(refused+"_not_supported", "the parameter %s is not taken here", refused)
		}
	}
	if kind := form.Get("response_type"); kind == "" {
		return wrong("invalid_request", "response_type is missing: want code")
	} else if kind != "code" {
		return wrong("unsupported_response_type", "response_type %q: want code", kind)
	}
	q.scope, q.nonce, q.loginHint = form.Get("scope"), form.Get("nonce"), form.Get("login_hint")
	q.idTokenHint = form.Get("id_token_hint")
	if !slices.Contains(strings.Fields(q.scope), "openid") {
		return wrong("invalid_scope", "scope must hold openid: this is an OpenID provider")
	}
	for _, name := range []string{"scope", "nonce", "login_hint"} {
		if len(form.Get(name)) > maxText {
			return wrong("invalid_request", "%s has more than %d bytes", name, maxText)
		}
	}
	if p := q.understandPrompt(form); p != nil {
		return p
	}
	return q.understandChallenge(form)
}

func (q *authRequest) understandPrompt(form url.Values) *problem {
	q.prompt = strings.Fields(form.Get("prompt"))
	for _, p := range q.prompt {
		if !slices.Contains(promptsSupported, p) {
			return wrong("invalid_request", "prompt %q: want some of %s", p, strings.Join(promptsSupported, ", "))
		}
	}
	if q.asks("none") && len(q.prompt) > 1 {
		return wrong("invalid_request", "prompt none excludes every other")
	}
	if text := form.Get("max_age"); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 32)
		if err != nil || seconds < 0 {
			return wrong("invalid_request", "max_age %q: want a number of seconds", text)
		}
		q.maxAge = time.Duration(seconds) * time.Second
	}
	return nil
}
