package idp

import (
	"context"
	"fmt"
	"sync"
)

// Ended is a session that was ended, and what its clients said.
type Ended struct {
	Session Session `json:"session"`
	// Deliveries are the last attempts at each client that has a logout URI.
	Deliveries []Delivery `json:"deliveries"`
	// Untold are the clients that have none.
	Untold []string `json:"untold,omitempty"`
}

// End ends the session of a sid, which is that of any client in it, or the id of
// the session itself, and delivers a logout token to every client of the
// session (Back-Channel Logout 1.0, section 2.5). It returns when all have
// answered or the budget is used up.
func (s *Server) End(ctx context.Context, issuer, sid string) (Ended, error) {
	if i, ok := s.existing(issuer); ok {
		if found := i.sessions.byName(sid); found != nil {
			if ended := s.endSessions(ctx, ending{i, found}); len(ended) > 0 {
				return ended[0], nil
			}
		}
	}
	return Ended{}, fmt.Errorf("session %s of the issuer %q: %w", sid, issuer, ErrUnknown)
}

// EndUser ends all sessions of a user at every issuer. To have none is no error
// (RP-Initiated Logout 1.0, section 4).
func (s *Server) EndUser(ctx context.Context, sub string) []Ended {
	if sub == "" {
		return []Ended{}
	}
	return s.endMatching(ctx, sub)
}

// EndAll ends every session of every issuer.
func (s *Server) EndAll(ctx context.Context) []Ended { return s.endMatching(ctx, "") }

func (s *Server) endMatching(ctx context.Context, sub string) []Ended {
	var all []ending
	for _, i := range s.allIssuers() {
		for _, found := range i.sessions.matching(sub) {
			all = append(all, ending{i, found})
		}
	}
	return s.endSessions(ctx, all...)
}

// An ending is a session that shall end.
type ending struct {
	issuer  *issuer
	session *session
}

// maxParallel bounds the deliveries under way in one logout.
const maxParallel = 64

// endSessions ends sessions that live, and tells their clients side by side,
// within one budget.
func (s *Server) endSessions(ctx context.Context, all ...ending) []Ended {
	budget := s.options.Delivery.Budget
	ctx, cancel := context.WithTimeoutCause(ctx, budget, fmt.Errorf("the %s that a logout may take were used up", budget))
	defer cancel()
	var pending sync.WaitGroup
	places := make(chan struct{}, maxParallel)
	out := []Ended{}
	for _, e := range all {
		shown, lived := e.issuer.sessions.end(e.session)
		if !lived {
			continue
		}
		ended := Ended{Session: shown, Deliveries: []Delivery{}}
		var tell []Login
		for _, login := range shown.Logins {
			if c, _ := e.issuer.client(login.ClientID); c.BackchannelLogoutURI != "" {
				tell = append(tell, login)
			} else {
				ended.Untold = append(ended.Untold, login.ClientID)
			}
		}
		ended.Deliveries = make([]Delivery, len(tell))
		for n, login := range tell {
			pending.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				ended.Deliveries[n] = s.tell(ctx, e.issuer, shown.Sub, login)
			})
		}
		s.logEnded(ended)
		out = append(out, ended)
	}
	pending.Wait()
	return out
}

func (s *Server) logEnded(e Ended) {
	log := s.options.Log.With("issuer", e.Session.Issuer, "sub", e.Session.Sub, "told", len(e.Deliveries))
	if len(e.Untold) > 0 {
		log = log.With("untold", e.Untold)
	}
	if len(e.Deliveries) == 0 {
		log.Warn("a session ended and its logout had nowhere to go: no client in it has a backchannel_logout_uri")
		return
	}
	log.Info("a session ended")
}
