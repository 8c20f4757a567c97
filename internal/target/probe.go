package target

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// Probe asks whether the browser's session lives and names the user. It
// follows nothing, so that the issuer cannot heal a dead session.
func (b *Browser) Probe(ctx context.Context, user User) run.Probe {
	start := b.target.clock()
	probe := b.probe(ctx, user)
	probe.Took = run.ToMillis(b.target.clock().Sub(start))
	return probe
}

func (b *Browser) probe(ctx context.Context, user User) run.Probe {
	address, err := expandURL(b.target.probeURL, user)
	if err != nil {
		return run.Probe{State: run.Unknown, Why: b.target.reason(err)}
	}
	name, err := expand(b.target.alive, user)
	if err != nil {
		return run.Probe{State: run.Unknown, Why: b.target.reason(err)}
	}
	page, err := b.get(ctx, address)
	if err != nil {
		return run.Probe{State: run.Unknown, Why: b.target.reason(err)}
	}
	probe := run.Probe{Status: page.status}
	asAlive := slices.Contains(b.target.config.Target.Probe.Alive.Status, page.status)
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
	case b.target.guarded(page.status):
		probe.State = run.Unknown
		probe.Why = fmt.Sprintf("status %d, and a browser that never logged in got another: a guard may have answered", page.status)
	case page.status/100 == 3:
		probe.State, probe.Why = run.Dead, fmt.Sprintf("status %d, redirects elsewhere", page.status)
	default:
		probe.State, probe.Why = run.Dead, fmt.Sprintf("status %d", page.status)
	}
	return probe
}

// KnowAnonymous takes over the status that a browser without a session gets.
func (t *Target) KnowAnonymous(status int) { t.anonymous.Store(int32(status)) } //nolint:gosec // a status is small

// guarded reports whether a refusal of the probe may come from a guard, such as
// one that bans a sender of bad tokens, and so says nothing about the session.
// It is a 4xx that browsers without a session do not get.
func (t *Target) guarded(status int) bool {
	known := int(t.anonymous.Load())
	return known != 0 && status != known && status/100 == 4 && status != http.StatusUnauthorized
}
