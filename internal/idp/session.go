package idp

import (
	"slices"
	"time"
)

// A Session is one user logged in with one browser at one issuer.
type Session struct {
	ID string `json:"id"`
	// Issuer is the issuer's name.
	Issuer   string    `json:"issuer"`
	Sub      string    `json:"sub"`
	AuthTime time.Time `json:"auth_time"`
	// Logins are the clients in the session, by their newest login, oldest
	// first.
	Logins []Login `json:"logins"`
}

// A Login is a client's part in a session.
type Login struct {
	ClientID string `json:"client_id"`
	// Sid is the session id that this client knows (Front-Channel Logout 1.0,
	// section 1.2). Each client of a session has its own.
	Sid string `json:"sid"`
	// WithoutSid says that its ID token did not tell it.
	WithoutSid bool   `json:"without_sid,omitempty"`
	Nonce      string `json:"nonce,omitempty"`
	// IDToken is the newest one as it was sent. It may have been made with a
	// client's real secret.
	IDToken string    `json:"id_token"`
	Time    time.Time `json:"time"`

	access string // its newest access token; never shown
}

// Login gives a client's part in the session.
func (s Session) Login(clientID string) (Login, bool) {
	for _, l := range s.Logins {
		if l.ClientID == clientID {
			return l, true
		}
	}
	return Login{}, false
}

// SessionsOf lists a user's sessions at an issuer, newest last. A client is in
// a session from the moment it is given an ID token.
func (s *Server) SessionsOf(issuer, sub string) []Session {
	i, ok := s.existing(issuer)
	if !ok {
		return nil
	}
	return i.sessions.of(sub)
}

// Sessions lists the sessions of all issuers, by issuer and age.
func (s *Server) Sessions() []Session {
	out := []Session{}
	for _, i := range s.allIssuers() {
		out = append(out, i.sessions.all()...)
	}
	return out
}

// maxClientsPerSession bounds what one browser can make a session hold.
const maxClientsPerSession = 256

// A session is a provider session. Its fields belong to the lock of the
// sessions it is in; cookie, id, confirm and sub never change.
type session struct {
	id      string
	cookie  string // what the browser holds; never shown
	confirm string // proves that a logout was confirmed on our page
	sub     string

	authTime time.Time
	logins   []Login
	ended    bool
}

func (s *session) shown(issuer string) Session {
	return Session{
		ID: s.id, Issuer: issuer, Sub: s.sub, AuthTime: s.authTime, Logins: slices.Clone(s.logins),
	}
}
