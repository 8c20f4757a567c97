package idp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/fixtures"
)

// A MintRequest says which token to make. Either Case or Recipe is given;
// neither means a valid logout token.
type MintRequest struct {
	// Case is the name of a recipe: "clm-exp-past" or "clm-exp-past/hour".
	Case string `json:"case,omitempty"`
	// Recipe is the recipe itself.
	Recipe *fixtures.Recipe `json:"recipe,omitempty"`
	// ClientID is whom the token is for. Empty: a client of the session.
	ClientID string `json:"client_id,omitempty"`
	// Sub, Sid and Nonce are the session that the token names. What is left
	// out is taken from the newest login that fits the rest; where none fits, a
	// sid is made up.
	Sub   string `json:"sub,omitempty"`
	Sid   string `json:"sid,omitempty"`
	Nonce string `json:"nonce,omitempty"`
	// Vars are further placeholders. Unless they are given, id_token and
	// access_token are those of the login, other_client is the id of some other
	// client, jwks the document of the issuer's keys, and logout_url where the
	// client's logout tokens go.
	Vars map[string]string `json:"vars,omitempty"`
}

// Mint makes any token, valid or hostile, about a session of an issuer. Its
// times follow the server's clock.
func (s *Server) Mint(issuer string, m MintRequest) (fixtures.Token, error) {
	i, err := s.issuer(issuer)
	if err != nil {
		return fixtures.Token{}, err
	}
	made, err := i.make(m)
	return made.token, err
}

// A minted token, and whom it is about.
type minted struct {
	token    fixtures.Token
	client   Client
	sub, sid string
}

func (i *issuer) make(m MintRequest) (minted, error) {
	recipe, err := i.server.recipe(m)
	if err != nil {
		return minted{}, err
	}
	if err := i.complete(&m); err != nil {
		return minted{}, err
	}
	c, known := i.client(m.ClientID)
	if !known && i.options.Strict {
		return minted{}, fmt.Errorf("client %s of the issuer %q: %w", m.ClientID, i.name, ErrUnknown)
	}
	if _, given := m.Vars["logout_url"]; !given {
		m.Vars["logout_url"] = c.BackchannelLogoutURI
	}
	if c.WithoutSid && recipe.Base != fixtures.SidOnly {
		recipe.Base = fixtures.SubOnly // the client was never told a sid
	}
	env := i.env(c)
	env.Sub, env.Sid, env.Nonce, env.Vars = m.Sub, m.Sid, m.Nonce, m.Vars
	token, err := fixtures.Mint(recipe, env)
	if err != nil {
		return minted{}, err
	}
	return minted{token: token, client: c, sub: m.Sub, sid: m.Sid}, nil
}

// recipe finds what a request wants minted.
func (s *Server) recipe(m MintRequest) (fixtures.Recipe, error) {
	switch {
	case m.Case != "" && m.Recipe != nil:
		return fixtures.Recipe{}, errors.New("mint: give a case or a recipe, not both")
	case m.Recipe != nil:
		return *m.Recipe, nil
	case m.Case == "":
		return fixtures.Valid(), nil
	}
	if r, ok := s.recipes[m.Case]; ok {
		return r, nil
	}
	return fixtures.Recipe{}, fmt.Errorf("mint: case %q: %w%s", m.Case, ErrUnknown, s.similar(m.Case))
}

// similar names the cases of the same topic, for an error.
func (s *Server) similar(name string) string {
	if len(s.recipes) == 0 {
		return ": no cases were given to this server; give a recipe"
	}
	topic, _, _ := strings.Cut(name, "-")
	var out []string
	for _, known := range slices.Sorted(maps.Keys(s.recipes)) {
		if strings.HasPrefix(known, topic+"-") && !strings.Contains(known, "/") {
			out = append(out, known)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; there are " + strings.Join(out, ", ")
}

// complete takes what a request leaves out from the newest login that fits.
func (i *issuer) complete(m *MintRequest) error {
	vars, err := i.vars()
	if err != nil {
		return err
	}
	session, login, found := i.sessions.find(m.Sub, m.Sid, m.ClientID)
	switch {
	case found:
		m.Sub, m.Sid = session.Sub, login.Sid
		m.ClientID, m.Nonce = login.ClientID, orDefault(m.Nonce, login.Nonce)
		vars["id_token"], vars["access_token"] = login.IDToken, login.access
	case m.ClientID == "":
		return errors.New("mint: no login fits, so give a client_id: whom is the token for?")
	case m.Sub == "" && m.Sid == "":
		return fmt.Errorf("mint: nobody is logged in at %s, so give a sub or a sid", m.ClientID)
	case m.Sid == "":
		sid, err := i.server.identifier()
		if err != nil {
			return err
		}
		m.Sid = sid
	}
	maps.Copy(vars, m.Vars)
	m.Vars = vars
	return nil
}

// vars are the placeholders that every token of the issuer knows.
func (i *issuer) vars() (map[string]string, error) {
	keys, err := i.document()
	return map[string]string{"other_client": fixtures.OtherClient, "jwks": keys}, err
}

// env is the environment of everything that is minted for a client.
func (i *issuer) env(c Client) fixtures.Env {
	return fixtures.Env{
		Issuer:   i.url,
		ClientID: c.ID,
		Alg:      i.algOf(c),
		Secret:   []byte(c.Secret),
		Keys:     i.keys,
		Now:      i.server.now(),
		Rand:     i.server.options.Rand,

		Encryption: c.encryption(),
	}
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
