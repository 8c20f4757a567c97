package cases_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources are the files of the catalogue, without its tests.
func sources(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			out[file] = string(text)
		}
	}
	return out
}

// A newcomer finds every file in the map at the top of cases.go, and none there
// that is gone.
func TestTheMapHasEveryFile(t *testing.T) {
	files := sources(t)
	guide, _, _ := strings.Cut(files["cases.go"], "\npackage ")
	named := map[string]bool{"cases.go": true}
	for _, name := range regexp.MustCompile(`[a-z_]+\.go`).FindAllString(guide, -1) {
		named[name] = true
		if files[name] == "" {
			t.Errorf("the map names %s, which is not there", name)
		}
	}
	for name := range files {
		if !named[name] {
			t.Errorf("%s is not in the map at the top of cases.go", name)
		}
	}
}

// Every example of the guide stands in the catalogue as it is.
func TestExamplesOfTheGuideAreReal(t *testing.T) {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, source := range sources(t) {
		all.WriteString(plainly(source) + "\n")
	}
	examples := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(examples) < 6 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, example := range examples {
		if !strings.Contains(all.String(), plainly(example[1])) {
			t.Errorf("CONTRIBUTING.md shows this, and no file of the catalogue has it:\n%s", example[1])
		}
	}
}

// plainly is a text without the blanks that only align it.
func plainly(text string) string { return strings.Join(strings.Fields(text), " ") }
