package idp

import (
	"net/http"
	"net/url"
)

// answer brings an authentication response to the client by the response mode
// that it asked for, with the state exactly as it came and with the issuer
// (RFC 9207).
func (i *issuer) answer(w http.ResponseWriter, r *http.Request, q *authRequest, values url.Values) {
	values.Set("iss", i.url)
	if q.state != "" {
		values.Set("state", q.state)
	}
	if q.mode == "form_post" {
		i.formPostPage(w, q.redirectURI, values)
		return
	}
	redirect(w, r, q.redirectURI, values)
}

// redirect sends the browser to a URI with further query parameters.
func redirect(w http.ResponseWriter, r *http.Request, uri string, values url.Values) {
	u, err := url.Parse(uri)
	if err != nil { // it was checked when it came
		http.Error(w, "the redirect URI cannot be read", http.StatusBadRequest)
		return
	}
	if query := values.Encode(); query != "" {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += query
	}
	status := http.StatusFound
	if r.Method == http.MethodPost {
		status = http.StatusSeeOther
	}
	w.Header().Set("Location", u.String())
	w.WriteHeader(status)
}
