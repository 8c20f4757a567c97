package target

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"text/template"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// A prober asks at one URL whether a session lives.
type prober struct {
	url, name *template.Template
	alive     []int
	// anonymous is the status without a session; 0 before it is known.
	anonymous atomic.Int32
}

func newProber(key string, c config.Probe) (*prober, error) {
	p := &prober{alive: c.Alive.Status}
	var err error
	if p.url, err = parse(key+".url", c.URL); err != nil {
		return nil, err
	}
	p.name, err = parse(key+".alive.contains", c.Alive.Contains)
	return p, err
}

// Probe asks whether the browser's session lives and names the user. It
// follows nothing, so that the issuer cannot heal a dead session.
func (b *Browser) Probe(ctx context.Context, user User) run.Probe {
	return b.timed(ctx, b.target.probe, user, nil)
}

// Surfaces are the names of the further ways to use a session.
func (t *Target) Surfaces() []string { return slices.Sorted(maps.Keys(t.surfaces)) }

// ProbeSurface asks at one of them.
func (b *Browser) ProbeSurface(ctx context.Context, surface string, user User) run.Probe {
	at, ok := b.target.surfaces[surface]
	if !ok {
		return run.Probe{State: run.Unknown, Why: "there is no such surface"}
	}
	return b.timed(ctx, at, user, nil)
}

// timed probes and takes the time; more are further header fields.
func (b *Browser) timed(ctx context.Context, at *prober, user User, more http.Header) run.Probe {
	start := b.target.clock()
	probe := b.ask(ctx, at, user, more)
	probe.Took = run.ToMillis(b.target.clock().Sub(start))
	return probe
}

func (b *Browser) ask(ctx context.Context, at *prober, user User, more http.Header) run.Probe {
	request, name, err := at.request(ctx, user)
	if err != nil {
		return run.Probe{State: run.Unknown, Why: b.target.reason(err)}
	}
	maps.Copy(request.Header, more)
	page, err := b.do(request)
	if err != nil {
		return run.Probe{State: run.Unknown, Why: b.target.reason(err)}
	}
	probe := run.Probe{Status: page.status}
	asAlive := slices.Contains(at.alive, page.status)
	switch {
	case asAlive && bytes.Contains(page.body, []byte(name)):
		probe.State, probe.Why = run.Alive, fmt.Sprintf("status %d, names %s", page.status, name)
	case asAlive && page.truncated:
		probe.State = run.Unknown
		probe.Why = fmt.Sprintf("status %d, and the first %d bytes do not name %s", page.status, maxBody, name)
	case asAlive:
		probe.State, probe.Why = run.Dead, fmt.Sprintf("status %d, does not name %s", page.status, name)
	case page.status >= 500 || page.status == http.StatusTooManyRequests:
		probe.State, probe.Why = run.Unknown, fmt.Sprintf("status %d says nothing about the session", page.status)
	case at.guarded(page.status):
		probe.State = run.Unknown
		probe.Why = fmt.Sprintf("status %d, and a browser that never logged in got another: a guard may have answered", page.status)
	case page.status/100 == 3:
		probe.State, probe.Why = run.Dead, fmt.Sprintf("status %d, redirects elsewhere", page.status)
	default:
		probe.State, probe.Why = run.Dead, fmt.Sprintf("status %d", page.status)
	}
	return probe
}

// request is the probe of a user, and the text that names them in the answer.
func (p *prober) request(ctx context.Context, user User) (*http.Request, string, error) {
	address, err := expandURL(p.url, user)
	if err != nil {
		return nil, "", err
	}
	name, err := expand(p.name, user)
	if err != nil {
		return nil, "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	return request, name, err
}

// KnowAnonymous takes over the status that a browser without a session gets.
func (t *Target) KnowAnonymous(status int) { t.probe.anonymous.Store(int32(status)) } //nolint:gosec // a status is small

// KnowAnonymousAt does so for a surface.
func (t *Target) KnowAnonymousAt(surface string, status int) {
	if at, ok := t.surfaces[surface]; ok {
		at.anonymous.Store(int32(status)) //nolint:gosec // a status is small
	}
}

// guarded reports whether a refusal of the probe may come from a guard, such as
// one that bans a sender of bad tokens, and so says nothing about the session.
// It is a 4xx that browsers without a session do not get.
func (p *prober) guarded(status int) bool {
	known := int(p.anonymous.Load())
	return known != 0 && status != known && status/100 == 4 && status != http.StatusUnauthorized
}
