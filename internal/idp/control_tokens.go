package idp

import "net/http"

func (s *Server) tokenCalls() []call {
	return []call{
		{"POST", "/tokens", "mints a token by a case or a recipe, and returns it", s.controlMint},
		{"POST", "/deliveries", "mints a token or takes one, sends it once, and says what the receiver answered", s.controlDeliver},
	}
}

func (s *Server) controlMint(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Issuer string `json:"issuer"`
		MintRequest
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	token, err := s.Mint(body.Issuer, body.MintRequest)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]string{
		"token": token.Wire, "header": token.Header, "payload": token.Payload, "jti": token.JTI,
	})
	return nil
}

func (s *Server) controlDeliver(w http.ResponseWriter, r *http.Request) error {
	body := DeliveryRequest{}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	d, err := s.Deliver(r.Context(), body)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, d)
	return nil
}
