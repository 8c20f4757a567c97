package idp

import (
	"crypto/subtle"
	"fmt"
	"mime"
	"net"
	"net/http"
	"slices"
	"strings"
)

// A call is one thing the control face does.
type call struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Does   string `json:"does"`
	serve  func(http.ResponseWriter, *http.Request) error
}

// calls are all of them, in the order they are listed.
func (s *Server) calls() []call {
	return slices.Concat(
		[]call{
			{"GET", "/healthz", "says that the server is ready", s.controlHealth},
			{"DELETE", "/state", "resets everything to how it was at the start", s.controlReset},
		},
		s.registryCalls(), s.sessionCalls(), s.tokenCalls(), s.recordCalls(), s.keyCalls(), s.clockCalls(),
	)
}

// Control is the face that tests and people drive the server with: JSON over
// HTTP, never to be served where the protocol face is.
func (s *Server) Control() http.Handler {
	mux, calls := http.NewServeMux(), s.calls()
	for _, c := range calls {
		mux.HandleFunc(c.Method+" "+c.Path, func(w http.ResponseWriter, r *http.Request) {
			if err := c.serve(w, r); err != nil {
				writeFault(w, err)
			}
		})
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"calls": calls})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { writeFault(w, notServed(mux, r)) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		if err := s.admit(r); err != nil {
			if err.status == http.StatusUnauthorized {
				header.Set("WWW-Authenticate", `Bearer realm="mockidp control"`)
			}
			writeFault(w, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxControlBody)
		mux.ServeHTTP(w, r)
	})
}

// maxControlBody bounds what is sent to a control call, in bytes.
const maxControlBody = 1 << 20

// admit keeps out web pages (by Host and content type) and whoever lacks the
// token.
func (s *Server) admit(r *http.Request) *fault {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) && !slices.Contains(s.options.Control.Hosts, host) {
		return &fault{
			http.StatusForbidden, "host_not_allowed",
			fmt.Sprintf("the request is addressed to %q: use a loopback address, or have the server allow this host", host),
		}
	}
	if token := s.options.Control.Token; token != "" {
		given, _ := bearerToken(r)
		if subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			return &fault{
				http.StatusUnauthorized, "token_required",
				"send the control token that the server was started with: Authorization: Bearer TOKEN",
			}
		}
	}
	if r.ContentLength != 0 {
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "application/json" {
			return &fault{
				http.StatusUnsupportedMediaType, "not_json",
				fmt.Sprintf("the content type is %q: send JSON with Content-Type: application/json", r.Header.Get("Content-Type")),
			}
		}
	}
	return nil
}

// notServed tells a wrong path from a wrong method.
func notServed(mux *http.ServeMux, r *http.Request) *fault {
	var allowed []string
	for _, method := range []string{"GET", "PUT", "POST", "DELETE"} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		return &fault{
			http.StatusMethodNotAllowed, "method_not_allowed",
			fmt.Sprintf("%s does not take %s: use %s", r.URL.Path, r.Method, strings.Join(allowed, " or ")),
		}
	}
	return &fault{http.StatusNotFound, "no_such_call", "there is no call " + r.URL.Path + ": GET / lists all calls"}
}

func (s *Server) controlHealth(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	return nil
}

func (s *Server) controlReset(w http.ResponseWriter, _ *http.Request) error {
	if err := s.Reset(); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
