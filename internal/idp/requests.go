package idp

import (
	"net"
	"net/http"
	"net/url"
	"time"
)

// A Request is one request that the protocol face got.
type Request struct {
	ID   int64     `json:"id"`
	Time time.Time `json:"time"` // of the base clock
	// Client is the client's address without the port.
	Client string `json:"client"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query,omitempty"`
	Agent  string `json:"user_agent,omitempty"`
	// Issuer is the name of the issuer that was asked.
	Issuer   string  `json:"issuer"`
	Status   int     `json:"status"`
	Duration float64 `json:"duration_ms"`
}

// Requests lists the newest requests, oldest first.
func (s *Server) Requests() []Request {
	return s.requests.all(func(Request) bool { return true })
}

// ClearRequests empties the list. Numbers go on.
func (s *Server) ClearRequests() { s.requests.clear() }

// maxRecorded bounds each text of a recorded request.
const maxRecorded = 2048

// record notes a request that was answered.
func (s *Server) record(r *http.Request, issuer string, status int, start time.Time) {
	s.requests.add(func(id int64) Request {
		return Request{
			ID: id, Time: start, Client: address(r), Method: r.Method, Issuer: issuer, Status: status,
			Path: truncated(r.URL.Path, maxRecorded), Query: shownQuery(r.URL), Agent: truncated(r.UserAgent(), maxRecorded),
			Duration: milliseconds(s.wall().Sub(start)),
		}
	})
}

// shownQuery is a query without a secret that a client put there by mistake.
func shownQuery(u *url.URL) string {
	if q := u.Query(); q.Has("client_secret") {
		q.Set("client_secret", "(not shown)")
		return truncated(q.Encode(), maxRecorded)
	}
	return truncated(u.RawQuery, maxRecorded)
}

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return truncated(r.RemoteAddr, maxRecorded)
	}
	return host
}

func truncated(text string, limit int) string {
	if len(text) > limit {
		return text[:limit] + "…"
	}
	return text
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// A statusWriter remembers the status that was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the real writer.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
