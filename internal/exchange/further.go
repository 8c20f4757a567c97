package exchange

import (
	"cmp"
	"fmt"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// furnish gives what placeholders of a request stand for: those of all
// sessions, their cookies, and the further tokens of the request, which are
// minted now and shown as the evidence keeps them.
func (s *steps) furnish(q fixtures.Request, about string) (map[string]string, map[string]run.Token, error) {
	values := s.values()
	for name, session := range s.sessions {
		cookies, err := session.browser.Cookies(session.user())
		if err != nil {
			return nil, nil, err
		}
		values[name+".cookies"] = cookies
	}
	var kept map[string]run.Token
	for _, further := range q.Tokens {
		of, ok := s.sessions[cmp.Or(further.Session, about)]
		if !ok {
			return nil, nil, fmt.Errorf("the token %q is about a session %q that was never opened", further.Name, further.Session)
		}
		token, err := s.runner.Issuer.Mint(s.ctx, of.about.Place, further.Recipe, of.about, s.values())
		if err != nil {
			return nil, nil, fmt.Errorf("the token %q: %w", further.Name, err)
		}
		if kept == nil {
			kept = map[string]run.Token{}
		}
		values["token."+further.Name], kept[further.Name] = token.Wire, shown(token)
	}
	return values, kept, nil
}
