package idp

import "net/http"

func (s *Server) recordCalls() []call {
	return []call{
		{"GET", "/deliveries", "lists the newest deliveries, oldest first", s.controlDeliveries},
		{"DELETE", "/deliveries", "empties that list", s.controlClearDeliveries},
		{"GET", "/requests", "lists the newest requests of the protocol face, oldest first", s.controlRequests},
		{"DELETE", "/requests", "empties that list", s.controlClearRequests},
		{"GET", "/stats", "counts who fetched discovery documents and JWKS", s.controlStats},
	}
}

func (s *Server) controlDeliveries(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"deliveries": s.Deliveries()})
	return nil
}

func (s *Server) controlClearDeliveries(w http.ResponseWriter, _ *http.Request) error {
	s.ClearDeliveries()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) controlRequests(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"requests": s.Requests()})
	return nil
}

func (s *Server) controlClearRequests(w http.ResponseWriter, _ *http.Request) error {
	s.ClearRequests()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) controlStats(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, s.Stats())
	return nil
}
