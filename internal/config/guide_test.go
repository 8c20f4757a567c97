package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/loggedout/loggedout/internal/config"
)

const guide = "../../docs/configuration.md"

// examples are the files that the guide shows.
func examples(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	if len(out) != 3 {
		t.Fatalf("%d examples in %s", len(out), guide)
	}
	return out
}

// What somebody copies from the guide is taken as it stands.
func TestExamplesOfTheGuideAreTaken(t *testing.T) {
	for i, example := range examples(t) {
		c := config.Default()
		if err := config.Parse(guide, []byte(example), &c); err != nil {
			t.Error(err)
		}
		if c.Profile == "shared-secret" {
			c.Secret.Text = "it comes from the environment, and is long enough"
		}
		if err := c.Check(); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
	}
}

// The first example shows the defaults where there are any.
func TestTheGuideShowsTheDefaults(t *testing.T) {
	shown, usual := config.Default(), config.Default()
	if err := config.Parse(guide, []byte(examples(t)[0]), &shown); err != nil {
		t.Fatal(err)
	}
	usual.Target = shown.Target
	for _, s := range allSettings() {
		if got, want := text(s.read(shown).Interface()), text(s.read(usual).Interface()); got != want {
			t.Errorf("%s is %s in the guide, and by default %s", s.variable, got, want)
		}
	}
}

// Every key is in the guide, and the guide has no key that is gone.
func TestTheGuideHasEveryKey(t *testing.T) {
	shown := map[string]bool{}
	for _, example := range examples(t) {
		var tree map[string]any
		if err := yaml.Unmarshal([]byte(example), &tree); err != nil {
			t.Fatal(err)
		}
		collect(tree, "CONFORMANCE", shown)
	}
	known := map[string]bool{}
	for _, s := range allSettings() {
		name := unplaced(s.variable)
		known[name] = true
		if !shown[name] && !strings.Contains(name, "_LOGIN_REQUEST_") {
			t.Errorf("%s is not in %s", s.variable, guide)
		}
	}
	for name := range shown {
		if !known[name] {
			t.Errorf("%s shows a key for %s, which there is none", guide, name)
		}
	}
	for _, key := range []string{"METHOD", "URL", "FORM", "HEADER"} { // json stands in a comment, for one of the two is enough
		if name := "CONFORMANCE_TARGET_LOGIN_REQUEST_" + key; !shown[name] {
			t.Errorf("%s is not in %s", name, guide)
		}
	}
}

// unplaced is a variable of a further part of the target, whichever it is: all of
// them have the same keys.
func unplaced(variable string) string {
	return regexp.MustCompile(`_SECOND_(CLIENT|ISSUER|ENCRYPTED)_`).ReplaceAllString(variable, "_SECOND_PART_")
}

// collect notes the variable of every key of a tree. Names within a map that
// may hold anything are none.
func collect(tree map[string]any, prefix string, into map[string]bool) {
	for key, value := range tree {
		name := prefix + "_" + strings.ToUpper(key)
		table, isTable := value.(map[string]any)
		switch {
		case !isTable, key == "surfaces", key == "form", key == "json", key == "header":
			into[unplaced(name)] = true
		default:
			collect(table, name, into)
		}
	}
}

func text(value any) string {
	out, err := yaml.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(out))
}
