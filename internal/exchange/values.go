package exchange

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// values are what placeholders stand for: those of the run, ${fresh}, which is
// unique to this exchange, those of all sessions, ${sibling.sid}, and what was
// sent: ${sent.case} is the token of that label.
func (s *steps) values() map[string]string {
	out := map[string]string{}
	maps.Copy(out, s.runner.Values)
	maps.Copy(out, s.changed.values)
	if s.fresh == "" {
		s.fresh = s.runner.Names.Next("fresh")
	}
	out["fresh"] = s.fresh
	for name, session := range s.sessions {
		out[name+".sub"], out[name+".sid"] = session.about.Sub, session.about.Sid
		out[name+".nonce"], out[name+".id_token"] = session.about.Nonce, session.about.IDToken
	}
	for label, sent := range s.sent {
		out["sent."+label] = sent.token.Wire
	}
	return out
}

// textOf is all that the texts of a recipe, a request or a document hold.
func textOf(data any) string {
	text, err := json.Marshal(data)
	if err != nil { // such data always marshals
		return ""
	}
	return string(text)
}

// namesSecret reports whether a text has a placeholder of a live secret, so that
// a signature made with it must be shown to nobody.
func namesSecret(text string) bool {
	return strings.Contains(text, "${client_secret") || strings.Contains(text, "${second.secret") ||
		strings.Contains(text, "${old.secret")
}

// A canary is an address that a token pointed at, and who hears of it.
type canary struct {
	id    string
	event run.Event
	at    span
}

// namesCanary reports whether a text has a placeholder of a canary.
func namesCanary(text string) bool { return strings.Contains(text, "${canary") }

// newCanary gives the placeholders of a canary of its own.
func (s *steps) newCanary(session, label string, at run.Place) map[string]string {
	id := s.runner.Names.Next("canary")
	values := s.runner.Issuer.Canary(id)
	s.canaries = append(s.canaries, canary{
		id: id, at: s.rec.onStage(),
		event: run.Event{Session: session, Label: label, Place: at, Canary: &run.Canary{URL: values["canary"]}},
	})
	return values
}

// collectCanaries records who came to the canaries of this exchange, and that
// nobody came.
func (s *steps) collectCanaries() {
	for _, c := range s.canaries {
		hits, err := s.runner.Issuer.Hits(s.ctx, c.id)
		if err != nil {
			s.stop(err)
			return
		}
		c.event.Canary.Hits = hits
		s.rec.addTo(c.at, s.rec.clock(), c.event)
	}
}
