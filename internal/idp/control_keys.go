package idp

import "net/http"

func (s *Server) keyCalls() []call {
	return []call{
		{"GET", "/keys", "lists the signing and the published keys of ?issuer=", s.controlKeys},
		{"POST", "/keys/rotate", `makes the next key sign; with {"overlap": true} the former stays published`, s.controlRotate},
	}
}

func (s *Server) controlKeys(w http.ResponseWriter, r *http.Request) error {
	return s.writeKeys(w, asked(r))
}

func (s *Server) writeKeys(w http.ResponseWriter, issuer string) error {
	all, err := s.Keys(issuer)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": all})
	return nil
}

func (s *Server) controlRotate(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Issuer  string `json:"issuer"`
		Overlap bool   `json:"overlap"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	if err := s.Rotate(body.Issuer, body.Overlap); err != nil {
		return err
	}
	return s.writeKeys(w, body.Issuer)
}
