package idp

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

func (s *Server) sessionCalls() []call {
	return []call{
		{"GET", "/sessions", "lists the sessions, those of ?sub= or ?issuer= alone", s.controlSessions},
		{"DELETE", "/sessions/{sid}", "ends a session, and says what each receiver answered", s.controlEnd},
		{"POST", "/logout", `ends the sessions of {"sub": …}, or with {"all": true} every one`, s.controlLogout},
	}
}

// controlSessions lists sessions. ID tokens made with a client's secret are
// shown without their signature.
func (s *Server) controlSessions(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	all := slices.DeleteFunc(s.Sessions(), func(one Session) bool {
		return query.Has("sub") && one.Sub != query.Get("sub") || query.Has("issuer") && one.Issuer != query.Get("issuer")
	})
	for n := range all {
		all[n] = redacted(all[n])
	}
	writeJSON(w, http.StatusOK, map[string]any{"sessions": all})
	return nil
}

func redacted(one Session) Session {
	one.Logins = slices.Clone(one.Logins)
	for n := range one.Logins {
		one.Logins[n].IDToken = elided(one.Logins[n].IDToken)
	}
	return one
}

// controlEnd finds the session at any issuer: a sid is drawn so that it occurs
// at one alone.
func (s *Server) controlEnd(w http.ResponseWriter, r *http.Request) error {
	sid := r.PathValue("sid")
	for _, i := range s.allIssuers() {
		if i.sessions.byName(sid) == nil {
			continue
		}
		ended, err := s.End(context.WithoutCancel(r.Context()), i.name, sid)
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, shownEnds([]Ended{ended})[0])
		return nil
	}
	return fmt.Errorf("session %s: %w: GET /sessions lists those there are", sid, ErrUnknown)
}

// An endedAnswer is an ended session with a word about who was told.
type endedAnswer struct {
	Ended
	Note string `json:"note,omitempty"`
}

func shownEnds(all []Ended) []endedAnswer {
	out := make([]endedAnswer, 0, len(all))
	for _, e := range all {
		e.Session = redacted(e.Session)
		answer := endedAnswer{Ended: e}
		switch {
		case len(e.Session.Logins) == 0:
			answer.Note = "no client was logged in within this session, so nobody was told"
		case len(e.Deliveries) == 0:
			answer.Note = "the logout had nowhere to go: no client of this session has a backchannel_logout_uri"
		}
		out = append(out, answer)
	}
	return out
}

func (s *Server) controlLogout(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Sub string `json:"sub"`
		All bool   `json:"all"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	if (body.Sub == "") != body.All {
		return invalid(`give {"sub": "alice"} or {"all": true}`)
	}
	// A caller who goes away must not keep clients from being told.
	ctx := context.WithoutCancel(r.Context())
	var ended []Ended
	if body.All {
		ended = s.EndAll(ctx)
	} else {
		ended = s.EndUser(ctx, body.Sub)
	}
	answer := map[string]any{"ended": shownEnds(ended)}
	if len(ended) == 0 {
		answer["note"] = "nobody was logged in, so nothing was ended"
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}
