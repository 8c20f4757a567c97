// Package layering_test holds the table of the design: who may import whom,
// and the few calls that only a program's main may make. It reads the source
// and needs nothing else.
package layering_test

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/loggedout/loggedout"

// anything in a row lifts every limit.
const anything = "*"

// layers says of each folder what it may import of this module; whatever those
// may import in turn is allowed as well. A folder may be a pattern.
var layers = map[string][]string{
	"cmd/*":                {anything},
	"suites":               {"internal/engine", "suites/cases"},
	"suites/cases":         {"fixtures", "internal/run", "internal/verdict"},
	"fixtures":             {},
	"fixtures/issuer":      {"internal/idp"},
	"fixtures/receivers/*": {},
	"internal/run":         {"fixtures"},
	"internal/config":      {"internal/run"},
	"internal/clauses":     {},
	"internal/idp":         {"fixtures"},
	"internal/canary":      {"fixtures"},
	"internal/target":      {"internal/run", "internal/config"},
	"internal/exchange":    {"internal/target", "fixtures", "internal/run"},
	"internal/verdict":     {"internal/run"},
	"internal/engine":      {"internal/exchange", "internal/verdict", "suites/cases", "internal/idp", "internal/canary"},
	"internal/report":      {"internal/run"},
	"internal/vectors":     {"suites/cases"},
	"internal/receiver":    {}, // so that the receiver and the harness share no mistake
	"internal/demo":        {"internal/config", "internal/receiver"},
}

// ginkgoFolders are the only ones that may import Ginkgo and Gomega: the rest
// runs without them.
var ginkgoFolders = []string{"cmd/*", "suites"}

func TestEveryPackageImportsOnlyWhatItMay(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test() {
			continue
		}
		for _, problem := range importProblems(f.folder(), f.imports()) {
			t.Errorf("%s: %s", f.path, problem)
		}
	}
}

func TestNoLayerRestsOnItself(t *testing.T) {
	for folder := range layers {
		if slices.Contains(mayImport(folder), folder) {
			t.Errorf("the table lets %s import itself, by way of others", folder)
		}
	}
}

func TestImportProblems(t *testing.T) {
	for name, c := range map[string]struct {
		folder  string
		imports []string
		want    string // in the one problem; empty for none
	}{
		"named in the row":       {"internal/engine", []string{"internal/idp"}, ""},
		"by way of the row":      {"internal/engine", []string{"internal/config", "internal/target", "fixtures"}, ""},
		"by way of two":          {"suites", []string{"internal/config"}, ""},
		"of cmd":                 {"cmd/conformance", []string{"suites", "internal/report", "internal/receiver"}, ""},
		"of others":              {"internal/receiver", []string{"!net/http", "!github.com/go-jose/go-jose/v4"}, ""},
		"a module alike in name": {"internal/receiver", []string{"!" + module + "er/fixtures"}, ""},
		"Ginkgo in suites":       {"suites", []string{"!github.com/onsi/ginkgo/v2"}, ""},

		"upwards":              {"internal/run", []string{"internal/verdict"}, "may not import internal/verdict"},
		"sideways":             {"internal/report", []string{"internal/config"}, "may not import internal/config"},
		"the receiver of ours": {"internal/receiver", []string{"fixtures"}, "may not import fixtures"},
		"the fixtures of ours": {"fixtures", []string{"internal/run"}, "may not import internal/run"},
		"the module's root":    {"internal/run", []string{""}, "may not import the module's root"},
		"a folder within one":  {"internal/config", []string{"internal/run/deep"}, "may not import internal/run/deep"},
		"unlisted":             {"internal/helpers", nil, "add a row"},
		"unlisted below":       {"cmd/conformance/deep", nil, "add a row"},
		"Ginkgo in cases":      {"suites/cases", []string{"!github.com/onsi/ginkgo/v2/types"}, "Ginkgo"},
		"Gomega in the engine": {"internal/engine", []string{"!github.com/onsi/gomega"}, "Ginkgo"},
	} {
		t.Run(name, func(t *testing.T) {
			var imports []string
			for _, each := range c.imports {
				if foreign, ok := strings.CutPrefix(each, "!"); ok {
					imports = append(imports, foreign)
				} else {
					imports = append(imports, path.Join(module, each))
				}
			}
			expectProblem(t, importProblems(c.folder, imports), c.want)
		})
	}
}

func expectProblem(t *testing.T, got []string, want string) {
	t.Helper()
	switch {
	case want == "" && len(got) > 0:
		t.Errorf("problems where there are none: %q", got)
	case want != "" && (len(got) != 1 || !strings.Contains(got[0], want)):
		t.Errorf("got %q, want one problem with %q", got, want)
	}
}

// importProblems says what is wrong with the imports of a folder.
func importProblems(folder string, imports []string) []string {
	key := rowOf(folder)
	if key == "" {
		return []string{fmt.Sprintf("the folder %s is not in the table of layers: add a row to internal/layering/layers_test.go that says what it may import, or move the file to a folder that is there", folder)}
	}
	var problems []string
	allowed := mayImport(key)
	for _, each := range imports {
		if isGinkgo(each) && !slices.ContainsFunc(ginkgoFolders, func(p string) bool { return matches(p, folder) }) {
			problems = append(problems, fmt.Sprintf("%s may not import %s: only %s know of Ginkgo", folder, each, strings.Join(ginkgoFolders, " and ")))
		}
		if each != module && !strings.HasPrefix(each, module+"/") {
			continue
		}
		ours := strings.TrimPrefix(strings.TrimPrefix(each, module), "/")
		if slices.Contains(allowed, anything) || slices.Contains(allowed, rowOf(ours)) {
			continue
		}
		problems = append(problems, fmt.Sprintf("%s may not import %s; it may import %s", folder, orRoot(ours), orNothing(allowed)))
	}
	return problems
}

func rowOf(folder string) string {
	for pattern := range layers {
		if matches(pattern, folder) {
			return pattern
		}
	}
	return ""
}

func matches(pattern, folder string) bool {
	ok, err := path.Match(pattern, folder)
	return ok && err == nil
}

// mayImport gives the row of a folder and whatever that allows in turn.
func mayImport(key string) []string {
	found := map[string]bool{}
	var visit func(string)
	visit = func(from string) {
		for _, to := range layers[from] {
			if !found[to] {
				found[to] = true
				visit(to)
			}
		}
	}
	visit(key)
	return slices.Sorted(maps.Keys(found))
}

func isGinkgo(imported string) bool {
	return strings.HasPrefix(imported, "github.com/onsi/ginkgo") || strings.HasPrefix(imported, "github.com/onsi/gomega")
}

func orRoot(folder string) string {
	if folder == "" {
		return "the module's root"
	}
	return folder
}

func orNothing(allowed []string) string {
	if len(allowed) == 0 {
		return "nothing of this module"
	}
	return strings.Join(allowed, ", ")
}
