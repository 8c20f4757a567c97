package exchange

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// noted is a hook that writes a line into a file.
func noted(line string) string { return "printf '%s\\n' \"" + line + "\" >>noted" }

func notes(t *testing.T, w *world) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.config.Dir, "noted"))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text))
}

// A store that was taken down comes up again, however the script ends.
func TestTheStoreComesUpAgain(t *testing.T) {
	for name, row := range map[string]struct {
		script func(run.Steps)
		want   []string
	}{
		"left down":  {func(s run.Steps) { s.Hook(run.StoreDown) }, []string{"down", "up"}},
		"brought up": {func(s run.Steps) { s.Hook(run.StoreDown); s.Hook(run.StoreUp) }, []string{"down", "up"}},
		"broken off": {func(s run.Steps) { s.Hook(run.StoreDown); s.Probe("nobody", "x") }, []string{"down", "up"}},
		"not called": {func(run.Steps) {}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *config.Config) {
				c.Target.Hooks.StoreDown, c.Target.Hooks.StoreUp = noted("down"), noted("up")
			})
			e := w.act(t, row.script)
			if got := notes(t, w); !slices.Equal(got, row.want) {
				t.Errorf("the hooks were called as %q, want %q", got, row.want)
			}
			var told []string
			for _, event := range e.Events {
				if event.Hook != nil {
					told = append(told, strings.TrimPrefix(string(event.Hook.Name), "store_"))
				}
			}
			if !slices.Equal(told, row.want) {
				t.Errorf("the evidence says %q", told)
			}
		})
	}
}

func TestHooksThatFail(t *testing.T) {
	for name, hook := range map[string]string{
		"a command": "echo no such store >&2; exit 3", "a URL": "http://127.0.0.1:1/", "none": "",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *config.Config) { c.Target.Hooks.StoreDown, c.Target.Hooks.StoreUp = hook, "true" })
			after := false
			e := w.act(t, func(s run.Steps) {
				s.Hook(run.StoreDown)
				after = !s.Stopped()
			})
			expectFault(t, e, run.ByTarget, "target.hooks.store_down")
			if after || name == "a command" && !strings.Contains(e.Fault.Text, "no such store") {
				t.Errorf("went on: %v, %s", after, e.Fault.Text)
			}
		})
	}
}

// The new secret is what target and issuer have, until the old one is given back.
func TestRotateSecret(t *testing.T) {
	for name, hook := range map[string]string{"a command": noted("$NEW_SECRET"), "a URL": ""} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if hook == "" {
				hook = strings.TrimSuffix(w.config.Target.LogoutURL, "logout") + "hook"
			}
			given := newWorld(t, func(c *config.Config) { c.Target.Hooks.RotateSecret = hook })
			var during string
			whole(t, given.act(t, func(s run.Steps) {
				s.Enter(run.Named, alice)
				s.Hook(run.RotateSecret)
				during = given.issuer.secret
				s.Send(run.Sending{Recipe: fixtures.Valid().With("note", `"${client_secret} ${old.secret}"`)})
			}))
			old := given.config.Secret.Text
			if len(during) < 40 || during == old || given.issuer.secret != old {
				t.Errorf("%q in the meantime, %q in the end", during, given.issuer.secret)
			}
			if got := given.logouts[0].Note; got != during+" "+old {
				t.Errorf("the placeholders stand for %q", got)
			}
			told := notes(t, given)
			for _, each := range w.dids("hook ") {
				told = append(told, strings.TrimPrefix(each, "hook "))
			}
			if !slices.Equal(told, []string{during, old}) {
				t.Errorf("the target was told %q", told)
			}
		})
	}
}

// A hook that breaks off may have changed the secret all the same: the old one is
// given back.
func TestARotationThatFailsIsUndone(t *testing.T) {
	w := newWorld(t, func(c *config.Config) { c.Target.Hooks.RotateSecret = noted("$NEW_SECRET") + "; exit 1" })
	e := w.act(t, func(s run.Steps) { s.Hook(run.RotateSecret) })
	expectFault(t, e, run.ByTarget, "target.hooks.rotate_secret")
	if told := notes(t, w); len(told) != 2 || told[1] != w.config.Secret.Text {
		t.Errorf("the target was told %q", told)
	}
}

// A restart may cost everybody's session: no token did that.
func TestRestartsAreNoDeaths(t *testing.T) {
	w := newWorld(t, func(c *config.Config) { c.Target.Hooks.Restart = "true" })
	e := whole(t, w.act(t, func(s run.Steps) {
		w.mu.Lock()
		clear(w.sessions)
		w.sessions["others"] = login{}
		w.mu.Unlock()
		s.Hook(run.Restart)
	}))
	expectState(t, e, run.Bystander, run.Before, run.Alive)
	expectState(t, e, run.Bystander, run.After, run.Alive)
	again := whole(t, w.act(t, func(run.Steps) {}))
	if again.LastProbe(run.Bystander, run.Lost) != nil {
		t.Error("a bystander is said to be lost")
	}
}
