package idp

import (
	"encoding/json"
	"net/http"

	"github.com/go-jose/go-jose/v4"

	"github.com/loggedout/loggedout/fixtures"
)

// document is the text of the JWKS: public keys and nothing else (OpenID Connect
// Discovery 1.0, section 3).
func (i *issuer) document() (string, error) {
	keys, err := i.keys.list(i.asymmetric())
	if err != nil {
		return "", err
	}
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, key := range keys {
		if key.Published {
			set.Keys = append(set.Keys, key.Public)
		}
	}
	text, err := json.Marshal(set)
	return string(text) + "\n", err
}

// serveJWKS answers with the issuer's keys, or as it was told to ([Server.Serve]).
// Every fetch counts, whatever comes of it.
func (i *issuer) serveJWKS(w http.ResponseWriter, r *http.Request) {
	i.jwks.count(address(r), i.server.wall())
	told := i.told.Load()
	if told != nil && !told.await(r.Context()) {
		told = nil
	}
	honest, err := i.document()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if told == nil {
		writeText(w, http.StatusOK, nil, honest)
		return
	}
	if told.keys.Drop {
		drop(w)
		return
	}
	text, header, err := told.answer(honest)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	status := told.keys.Status
	setDefault(&status, http.StatusOK)
	writeText(w, status, header, text)
}

// writeText answers with JSON, unless the fields say otherwise.
func writeText(w http.ResponseWriter, status int, fields []fixtures.Field, text string) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	given := map[string]bool{}
	for _, f := range fields {
		name := http.CanonicalHeaderKey(f.Name)
		if !given[name] {
			header[name] = nil // which also keeps the type from being guessed
		}
		given[name] = true
		if f.Value != "" {
			header.Add(name, f.Value)
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) //nolint:gosec // the text is what a case asks for; the client may be gone
}

// drop closes the connection without an answer.
func drop(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // ends what cannot be taken over
	}
	_ = connection.Close() // there is nothing to be lost
}
