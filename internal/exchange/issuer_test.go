package exchange

import (
	"context"
	"fmt"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// The world is the issuer of its own receiver.
var _ interface {
	Issuer
	Rotator
} = (*world)(nil)

// A hold is a token answer that is kept back.
type hold struct{ reached, released chan struct{} }

// issuerLog is what the issuer was told.
type issuerLog struct {
	did     []string
	wishes  map[string]Wish
	fetches int
	hits    map[string][]run.CanaryHit
	secret  string
}

func (w *world) Session(_ context.Context, at run.Place, sub string) (Session, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := Session{Sub: sub, IDToken: "id-token-of-" + sub, Place: "the issuer's own word"}
	for _, s := range w.sessions {
		if s.sub == sub && s.place == nameOf(at) {
			out.Sid = max(out.Sid, s.sid)
		}
	}
	if out.Sid == "" {
		out.Sid = "sid-at-the-issuer" // of a login whose tokens are held back
	}
	if w.wrong.forgetsSid {
		return out, fmt.Errorf("nobody of that name")
	}
	return out, nil
}

func nameOf(at run.Place) string {
	if at == run.AtSecondClient {
		return "second"
	}
	return "home"
}

func (w *world) Mint(_ context.Context, by run.Place, r fixtures.Recipe, about Session, values map[string]string) (fixtures.Token, error) {
	return fixtures.Mint(r, fixtures.Env{
		Issuer: "https://idp.example/" + nameOf(by), ClientID: nameOf(by), Sub: about.Sub, Sid: about.Sid,
		Keys: fixtures.FixedKeys(), Vars: values,
	})
}

func (w *world) Publish(_ context.Context, role fixtures.Role) error {
	w.did("publish " + string(role))
	return nil
}

func (w *world) Withdraw(_ context.Context, role fixtures.Role) error {
	w.did("withdraw " + string(role))
	return nil
}

func (w *world) Serve(_ context.Context, keys fixtures.JWKS, values map[string]string) error {
	body, err := fixtures.Fill(keys.Body, values)
	w.did("serve " + body)
	return err
}

func (w *world) ServeAsUsual(context.Context) error {
	w.did("serve as usual")
	return nil
}

func (w *world) Fetches(context.Context) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.issuer.fetches, nil
}

func (w *world) Foresee(_ context.Context, at run.Place, sub string, wish Wish) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.issuer.did = append(w.issuer.did, fmt.Sprintf("foresee %s %q %v %v", nameOf(at), wish.Sid, wish.WithoutSid, wish.IDToken != nil))
	w.issuer.wishes[sub] = wish
	return nil
}

func (w *world) Hold(context.Context, run.Place, string) (<-chan struct{}, func(), error) {
	h := &hold{make(chan struct{}), make(chan struct{})}
	w.mu.Lock()
	w.held = h
	w.mu.Unlock()
	return h.reached, func() { close(h.released) }, nil
}

func (w *world) Refresh(_ context.Context, _ run.Place, about Session) (run.RefreshToken, error) {
	return run.RefreshToken{Issued: true, Uses: len(about.Sub)}, nil
}

func (w *world) Canary(id string) map[string]string {
	return map[string]string{"canary": "http://canary/" + id, "canary.far": "http://far/" + id}
}

func (w *world) Hits(_ context.Context, id string) ([]run.CanaryHit, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.issuer.hits["http://canary/"+id], nil
}

func (w *world) Rotate(text string) error {
	w.did("rotate " + text)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.issuer.secret = text
	return nil
}
