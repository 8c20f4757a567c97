package idp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// An endpoint is what an issuer serves at a path of its own.
type endpoint struct {
	methods []string
	cors    bool // scripts of other origins may call it
	serve   func(*issuer, http.ResponseWriter, *http.Request)
}

var get, getPost, post = []string{"GET", "HEAD"}, []string{"GET", "POST"}, []string{"POST"}

// endpoints are by path under the issuer.
var endpoints = map[string]endpoint{
	".well-known/openid-configuration":       {methods: get, cors: true, serve: (*issuer).serveDiscovery},
	".well-known/oauth-authorization-server": {methods: get, cors: true, serve: (*issuer).serveDiscovery},
	".well-known/jwks.json":                  {methods: get, cors: true, serve: (*issuer).serveJWKS},
	"jwks":                                   {methods: get, cors: true, serve: (*issuer).serveJWKS},
	"authorize":                              {methods: getPost, serve: (*issuer).serveAuthorize},
	"token":                                  {methods: post, cors: true, serve: (*issuer).serveToken},
	"revoke":                                 {methods: post, cors: true, serve: (*issuer).serveRevoke},
	"userinfo":                               {methods: getPost, cors: true, serve: (*issuer).serveUserinfo},
	"endsession":                             {methods: getPost, serve: (*issuer).serveEndSession},
	"end_session":                            {methods: getPost, serve: (*issuer).serveEndSession},
	"logout":                                 {methods: getPost, serve: (*issuer).serveEndSession},
	"healthz":                                {methods: get, serve: serveHealth},
	"health":                                 {methods: get, serve: serveHealth},
	"isalive":                                {methods: get, serve: serveHealth},
}

// needsNoIssuer are the endpoints that answer where no issuer is.
var needsNoIssuer = []string{"healthz", "health", "isalive"}

// Bounds of what comes in, in bytes.
const (
	maxQuery = 32 << 10
	maxBody  = 64 << 10
)

// serveProtocol answers a request and records how.
func (s *Server) serveProtocol(w http.ResponseWriter, r *http.Request) {
	start, answer := s.wall(), &statusWriter{ResponseWriter: w}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	name, path := s.route(r.URL.Path)
	if guest, mounted := s.mounted(r.URL.Path); mounted {
		name = ""
		guest.ServeHTTP(answer, r)
	} else {
		s.serveEndpoint(answer, r, name, path)
	}
	s.record(r, name, answer.status, start)
}

// mounted gives the handler that a path belongs to.
func (s *Server) mounted(path string) (guest http.Handler, found bool) {
	for segment := range strings.SplitSeq(path, "/") {
		if guest, found = s.options.Mount[segment]; found {
			break
		}
	}
	return guest, found
}

// route splits a path into the issuer's name and the path under the issuer.
func (s *Server) route(path string) (name, rest string) {
	if bare := strings.TrimPrefix(path, "/"); slices.Contains(needsNoIssuer, bare) {
		return "", bare
	}
	path, ok := strings.CutPrefix(path, s.basePath+"/")
	if !ok {
		return "", ""
	}
	if _, found := endpoints[path]; found {
		return "", path
	}
	// RFC 8414, section 3.1, puts the issuer's path behind the well-known one.
	for _, document := range []string{".well-known/openid-configuration", ".well-known/oauth-authorization-server"} {
		if name, ok := strings.CutPrefix(path, document+"/"); ok {
			return name, document
		}
	}
	name, rest, _ = strings.Cut(path, "/")
	return name, rest
}

func (s *Server) serveEndpoint(w http.ResponseWriter, r *http.Request, name, path string) {
	e, found := endpoints[path]
	switch {
	case !found:
		s.nothingHere(w, "there is no such endpoint")
		return
	case len(r.URL.RawQuery) > maxQuery:
		http.Error(w, "the query is too long", http.StatusRequestURITooLong)
		return
	case e.cors && preflight(w, r, e.methods):
		return
	case !slices.Contains(e.methods, r.Method):
		w.Header().Set("Allow", strings.Join(e.methods, ", "))
		http.Error(w, r.Method+" is not answered here: use "+strings.Join(e.methods, " or "), http.StatusMethodNotAllowed)
		return
	}
	i, err := s.at(name)
	if err != nil && !slices.Contains(needsNoIssuer, path) {
		s.nothingHere(w, err.Error())
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	e.serve(i, w, r)
}

// at gives the issuer that a path names. Other than in a call, no name is the
// root issuer and nothing else.
func (s *Server) at(name string) (*issuer, error) {
	i, err := s.issuer(name)
	if err == nil && i.name != name {
		return nil, fmt.Errorf("root issuer: %w", ErrUnknown)
	}
	return i, err
}

// nothingHere answers a path where nothing is, and says where something is.
func (s *Server) nothingHere(w http.ResponseWriter, why string) {
	http.Error(w, why+"\nThis is a mock identity provider. Its default issuer is described at\n"+
		s.IssuerURL(defaultIssuer)+"/.well-known/openid-configuration", http.StatusNotFound)
}

func serveHealth(_ *issuer, w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// preflight lets scripts of every origin call an endpoint, and answers the
// question of a browser whether they may.
func preflight(w http.ResponseWriter, r *http.Request, methods []string) (done bool) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodOptions {
		return false
	}
	header.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	header.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// writeJSON answers with a JSON document.
func writeJSON(w http.ResponseWriter, status int, document any) {
	body, err := json.Marshal(document)
	if err != nil {
		http.Error(w, "the answer cannot be written as JSON: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone; nobody is left to tell
}
