package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// NewSecret is the value by which a hook is told a new secret. Whatever comes of
// it, that is a secret from then on.
const NewSecret = "NEW_SECRET"

// Hook calls for outside help: a command in the folder of the configuration, or
// a post to a URL. It gets values in its environment or as a form, and the
// time that a receiver has to start. An error says why there was no help.
func (t *Target) Hook(ctx context.Context, name run.HookName, values map[string]string) error {
	hook := t.hook(name)
	if hook == "" {
		return fmt.Errorf("no hook is configured: give target.hooks.%s", name)
	}
	if secret, rotates := values[NewSecret]; rotates {
		t.learn(secret)
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	call := t.command
	if config.IsURL(hook) {
		call = t.post
	}
	if err := call(ctx, hook, values); err != nil {
		return fmt.Errorf("target.hooks.%s: %w", name, err)
	}
	t.Close() // connections to what is no longer there
	return nil
}

func (t *Target) hook(name run.HookName) string {
	hooks := t.config.Target.Hooks
	switch name {
	case run.Restart:
		return hooks.Restart
	case run.StoreDown:
		return hooks.StoreDown
	case run.StoreUp:
		return hooks.StoreUp
	case run.RotateSecret:
		return hooks.RotateSecret
	}
	return ""
}

// command runs a hook in a shell. What it says goes to a file, which anything
// that it leaves running may keep on writing to.
func (t *Target) command(ctx context.Context, text string, values map[string]string) error {
	said, err := os.CreateTemp("", "hook-*.log")
	if err != nil {
		return err
	}
	defer os.Remove(said.Name())                          //nolint:errcheck // it is a temporary file
	defer said.Close()                                    //nolint:errcheck // nothing of it is needed any more
	command := exec.CommandContext(ctx, "sh", "-c", text) //nolint:gosec // the user's own command
	command.Dir = t.config.Dir
	command.Env = os.Environ()
	for name, value := range values {
		command.Env = append(command.Env, name+"="+value)
	}
	command.Stdout, command.Stderr = said, said
	ownGroup(command)
	command.Cancel = func() error {
		kill(command)
		return nil
	}
	err = command.Run()
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("the command was not through within %v", startWithin)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	words := make([]byte, 8<<10)
	n, _ := said.ReadAt(words, 0) // what there is of it
	if text := strings.TrimSpace(t.keep(string(words[:n]), len(words))); text != "" {
		return fmt.Errorf("the command failed (%w): %s", err, text)
	}
	return fmt.Errorf("the command failed (%w)", err)
}

// post calls a hook over HTTP.
func (t *Target) post(ctx context.Context, address string, values map[string]string) error {
	form := url.Values{}
	for name, value := range values {
		form.Set(name, value)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := t.sender.RoundTrip(request)
	if err != nil {
		return errors.New(t.reason(err))
	}
	body, _, err := read(response)
	if err != nil {
		return errors.New(t.reason(err))
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("was answered with status %d: %s", response.StatusCode, t.keepLine(string(body), 300))
	}
	return nil
}

// LogoutPath is the path of the logout endpoint, as it is written.
func (t *Target) LogoutPath() string {
	address, err := url.Parse(t.config.Target.LogoutURL)
	if err != nil {
		return ""
	}
	return address.EscapedPath()
}
