package exchange

import (
	"cmp"
	"fmt"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// furnish adds to values what a request may hold beside what a recipe may: the
// cookies of all sessions, ${bob.cookies}, and the further tokens of the
// request, ${token.NAME}. Those are minted now, and given as the evidence keeps
// them. About is the session that the request is about.
func (s *steps) furnish(q fixtures.Request, about string, values map[string]string) (map[string]run.Token, error) {
	var kept map[string]run.Token
	for _, further := range q.Tokens {
		of, ok := s.sessions[cmp.Or(further.Session, about)]
		if !ok {
			return nil, fmt.Errorf("the token %q is about a session %q that was never opened", further.Name, further.Session)
		}
		token, err := s.runner.Issuer.Mint(s.ctx, issuedAt(of.about.Place), further.Recipe, of.about, values)
		if err != nil {
			return nil, fmt.Errorf("the token %q: %w", further.Name, err)
		}
		token.Live = token.Live || namesSecret(textOf(further.Recipe))
		if kept == nil {
			kept = map[string]run.Token{}
		}
		values["token."+further.Name], kept[further.Name] = token.Wire, shown(token)
	}
	for name, session := range s.sessions {
		cookies, err := session.browser.Cookies(session.user())
		if err != nil {
			return nil, err
		}
		values[name+".cookies"] = cookies
	}
	return kept, nil
}
