package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The numbers of the README are those of the catalogue.
func TestReadmeNumbers(t *testing.T) {
	got := call(t, "list", "--format", "json")
	var rows []struct {
		Profiles []string `json:"profiles"`
	}
	if err := json.Unmarshal([]byte(got.out), &rows); err != nil {
		t.Fatal(err)
	}
	of := func(profile string) int {
		n := 0
		for _, row := range rows {
			if slices.Contains(row.Profiles, profile) {
				n++
			}
		}
		return n
	}
	if of("oidc") != of("asvs") {
		t.Errorf("oidc has %d cases and asvs %d: the README gives one number", of("oidc"), of("asvs"))
	}
	text := strings.Join(strings.Fields(readme(t)), " ")
	for _, want := range []string{
		fmt.Sprintf("%d cases, of which %d bear on the `oidc` and `asvs` profiles", len(rows), of("oidc")),
		fmt.Sprintf("%d on receivers with a shared secret", of("shared-secret")),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the README does not say %q", want)
		}
	}
}

// The finding that the README shows is what the console draws.
func TestReadmeFinding(t *testing.T) {
	shown := blocks(readme(t), "text")
	if len(shown) != 1 {
		t.Fatalf("%d blocks of output", len(shown))
	}
	got := call(t, "demo", "--case", "clm-exp-past", "--defect", "exp-unchecked", "--out", filepath.Join(t.TempDir(), "out"))
	if !strings.Contains(got.out, shown[0]) {
		t.Errorf("the README shows\n%s\nand the console\n%s", shown[0], got.out)
	}
}

// The index of the decisions has every one of them.
func TestEveryDecisionIsListed(t *testing.T) {
	index, err := os.ReadFile("../../docs/decisions/README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../docs/decisions/0*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		name := filepath.Base(file)
		if line := fmt.Sprintf("- [%s](%s) %s\n", name[:3], name, title); !strings.Contains(string(index), line) {
			t.Errorf("docs/decisions/README.md lacks the line %s", line)
		}
	}
}
