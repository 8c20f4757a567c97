package config

import (
	"fmt"
	"strings"
)

// checkHooks looks at the hooks: a URL has to be one, and a store that is taken
// down has to come up again.
func (c Config) checkHooks() error {
	h := c.Target.Hooks
	for _, hook := range []struct{ key, text string }{
		{"target.hooks.restart", h.Restart}, {"target.hooks.store_down", h.StoreDown},
		{"target.hooks.store_up", h.StoreUp}, {"target.hooks.rotate_secret", h.RotateSecret},
	} {
		if IsURL(hook.text) {
			if err := checkURL(hook.key, hook.text); err != nil {
				return err
			}
		}
	}
	switch {
	case h.StoreDown != "" && h.StoreUp == "":
		return fmt.Errorf("target.hooks.store_up: is missing: what target.hooks.store_down takes down has to come up again")
	case h.StoreUp != "" && h.StoreDown == "":
		return fmt.Errorf("target.hooks.store_down: is missing: target.hooks.store_up alone is never needed")
	}
	return nil
}

// IsURL reports whether a hook is posted to; else it is a command.
func IsURL(hook string) bool {
	return strings.HasPrefix(hook, "http://") || strings.HasPrefix(hook, "https://")
}
