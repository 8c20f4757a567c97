package idp

import (
	"fmt"
	"net/http"
)

// asked is the issuer that a control call names in its query.
func asked(r *http.Request) string { return r.URL.Query().Get("issuer") }

func (s *Server) registryCalls() []call {
	return []call{
		{"GET", "/clients", "lists the clients of ?issuer=", s.controlClients},
		{"GET", "/clients/{id}", "shows a client, without its secret", s.controlClient},
		{"PUT", "/clients/{id}", "registers a client, with the names of RFC 7591", s.controlPutClient},
		{"DELETE", "/clients/{id}", "forgets a client", s.controlDeleteClient},
		{"GET", "/users", "lists the users of ?issuer=", s.controlUsers},
		{"GET", "/users/{sub}", "shows a user", s.controlUser},
		{"PUT", "/users/{sub}", "adds a user with any claims", s.controlPutUser},
		{"DELETE", "/users/{sub}", "forgets a user", s.controlDeleteUser},
	}
}

func (s *Server) controlClients(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Clients(asked(r))
	if err != nil {
		return err
	}
	for n := range all {
		all[n].Secret = ""
	}
	writeJSON(w, http.StatusOK, map[string]any{"clients": all})
	return nil
}

func (s *Server) controlClient(w http.ResponseWriter, r *http.Request) error {
	i, err := s.issuer(asked(r))
	if err != nil {
		return err
	}
	c, known := i.client(r.PathValue("id"))
	if !known {
		return fmt.Errorf("client %s: %w", c.ID, ErrUnknown)
	}
	c.Secret = ""
	writeJSON(w, http.StatusOK, c)
	return nil
}

func (s *Server) controlPutClient(w http.ResponseWriter, r *http.Request) error {
	c := Client{}
	if err := readJSON(r, &c); err != nil {
		return err
	}
	id := r.PathValue("id")
	if c.ID != "" && c.ID != id {
		return invalid("the path names the client %q and the body %q", id, c.ID)
	}
	c.ID = id
	if err := s.PutClient(asked(r), c); err != nil {
		return err
	}
	c.Secret = ""
	writeJSON(w, http.StatusOK, c)
	return nil
}

func (s *Server) controlDeleteClient(w http.ResponseWriter, r *http.Request) error {
	if err := s.DeleteClient(asked(r), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) controlUsers(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Users(asked(r))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"users": all})
	return nil
}

func (s *Server) controlUser(w http.ResponseWriter, r *http.Request) error {
	i, err := s.issuer(asked(r))
	if err != nil {
		return err
	}
	u, known := i.user(r.PathValue("sub"))
	if !known {
		return fmt.Errorf("user %s: %w", u.Sub, ErrUnknown)
	}
	writeJSON(w, http.StatusOK, u)
	return nil
}

func (s *Server) controlPutUser(w http.ResponseWriter, r *http.Request) error {
	u := User{}
	if err := readJSON(r, &u); err != nil {
		return err
	}
	sub := r.PathValue("sub")
	if u.Sub != "" && u.Sub != sub {
		return invalid("the path names the user %q and the body %q", sub, u.Sub)
	}
	u.Sub = sub
	if err := s.PutUser(asked(r), u); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, u)
	return nil
}

func (s *Server) controlDeleteUser(w http.ResponseWriter, r *http.Request) error {
	if err := s.DeleteUser(asked(r), r.PathValue("sub")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
