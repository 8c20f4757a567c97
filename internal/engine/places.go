package engine

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/target"
)

// places are those that a receiver may have.
var places = []run.Place{run.Home, run.AtSecondClient, run.AtSecondIssuer, run.AtEncrypted, run.AtReplica}

// targetsOf prepares to drive every place that is configured. An encrypted
// client that is the run's own is the same place.
func targetsOf(c config.Config, clock func() time.Time) (map[run.Place]*target.Target, error) {
	out := map[run.Place]*target.Target{}
	for _, place := range places {
		at, ok := c.At(place)
		if !ok {
			continue
		}
		if home := out[run.Home]; home != nil && place == run.AtEncrypted && at.Client.ID == c.Client.ID {
			out[place] = home
			continue
		}
		t, err := target.New(at, clock)
		if err != nil {
			return nil, inPlace(place, err)
		}
		out[place] = t
	}
	return out, nil
}

// nodesOf prepares to drive the nodes of the receiver beyond the first replica.
func nodesOf(c config.Config, clock func() time.Time) ([]*target.Target, error) {
	var out []*target.Target
	for _, node := range c.FurtherNodes() {
		t, err := target.New(node, clock)
		if err != nil {
			return nil, inPlace(run.AtReplica, err)
		}
		out = append(out, t)
	}
	return out, nil
}

func inPlace(place run.Place, err error) error {
	if place == run.Home {
		return err
	}
	return fmt.Errorf("at the %s of the target: %w", names[place], err)
}

// names are the places in words.
var names = map[run.Place]string{
	run.AtSecondClient: "second client (target.second.client)",
	run.AtSecondIssuer: "second issuer (target.second.issuer)",
	run.AtEncrypted:    "encrypted client (target.second.encrypted)",
	run.AtReplica:      "replica (target.replicas)",
}

// close drops the connections to all places.
func (e *Engine) close() {
	for _, t := range e.runner.Targets {
		t.Close()
	}
	for _, t := range e.runner.Nodes {
		t.Close()
	}
}

// valuesOf are what placeholders stand for in every exchange of a run.
func valuesOf(c config.Config) map[string]string {
	out := map[string]string{"client_secret": c.Client.Secret, "app": appOf(c)}
	if c.Profile == run.SharedSecret {
		out["client_secret"] = bytesOf(c)
	}
	if at, ok := c.At(run.AtSecondClient); ok {
		out["second.client_id"], out["second.secret"] = at.Client.ID, at.Client.Secret
		if c.Profile == run.SharedSecret {
			out["second.secret"] = bytesOf(at)
		}
	}
	return out
}

// appOf is what the application is called in the logout URL: its last segment.
func appOf(c config.Config) string {
	address, err := url.Parse(c.Target.LogoutURL)
	if err != nil { // which the check of the configuration finds
		return ""
	}
	return path.Base(address.Path)
}

// bytesOf is the shared secret as it signs.
func bytesOf(c config.Config) string {
	raw, err := c.Secret.Bytes()
	if err != nil { // which the check of the configuration finds
		return c.Secret.Text
	}
	return string(raw)
}

// proveFurther shows of every further place and surface that a browser without
// a session is dead there. It gives what it saw, and what is wrong.
func (e *Engine) proveFurther(ctx context.Context, sub string) (events []run.Event, problem string) {
	for _, place := range places {
		t, ok := e.runner.Targets[place]
		if !ok {
			continue
		}
		driven := []*target.Target{t}
		switch {
		case place == run.Home || t == e.target:
			driven = nil
		case place == run.AtReplica:
			driven = append(driven, e.runner.Nodes...)
		}
		for _, each := range driven {
			event := e.look(ctx, each.NewBrowser(), sub, "anonymous")
			event.Place = place
			events = append(events, event)
			if problem = problemAnonymous(*event.Probe); problem != "" {
				return events, fmt.Sprintf("at the %s: %s", names[place], problem)
			}
			each.KnowAnonymous(event.Probe.Status)
		}
		for _, surface := range t.Surfaces() {
			probe := t.NewBrowser().ProbeSurface(ctx, surface, target.User{Sub: sub})
			events = append(events, run.Event{Session: sub + "@" + surface, Label: "anonymous", Place: place, Probe: &probe})
			if problem = problemAnonymous(probe); problem != "" {
				return events, fmt.Sprintf("at the surface %s (target.surfaces.%s): %s", surface, surface, problem)
			}
			t.KnowAnonymousAt(surface, probe.Status)
		}
	}
	return events, ""
}
