package layering_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

func TestOnlyMainPrintsExitsAndSleeps(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, problem := range callProblems(f.path, f.syntax) {
			t.Errorf("%s: %s", f.path, problem)
		}
	}
}

func TestCallProblems(t *testing.T) {
	for name, c := range map[string]struct{ path, source, want string }{
		"print in main":        {"cmd/mockidp/main.go", `import "fmt"; func f() { fmt.Println() }`, ""},
		"exit in main":         {"cmd/mockidp/main.go", `import "os"; func f() { os.Exit(1) }`, ""},
		"to a writer":          {"internal/report/a.go", `import "fmt"; func f() { fmt.Fprintln(w) }`, ""},
		"something of our own": {"internal/report/a.go", `func f() { fmt.Println(); os.Exit(1) }`, ""},
		"print in a test":      {"internal/report/a_test.go", `import "fmt"; func f() { fmt.Println() }`, ""},
		"a receiver's program": {"fixtures/receivers/x/main.go", `import "os"; func f() { os.Exit(1) }`, ""},

		"print":          {"internal/report/a.go", `import "fmt"; func f() { fmt.Printf("") }`, "fmt.Printf"},
		"exit":           {"cmd/mockidp/serve.go", `import "os"; func f() { os.Exit(1) }`, "os.Exit"},
		"sleep":          {"internal/engine/a.go", `import "time"; func f() { time.Sleep(1) }`, "time.Sleep"},
		"sleep in tests": {"internal/engine/a_test.go", `import "time"; func f() { time.Sleep(1) }`, "time.Sleep"},
		"by other names": {"internal/engine/a.go", `import clock "time"; func f() { g(clock.Sleep) }`, "time.Sleep"},
		"dot import":     {"internal/engine/a.go", `import . "time"`, "dot import"},
	} {
		t.Run(name, func(t *testing.T) {
			syntax, err := parser.ParseFile(token.NewFileSet(), c.path, "package x\n"+c.source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			expectProblem(t, callProblems(c.path, syntax), c.want)
		})
	}
}

// callProblems finds the calls that only a program's main may make. Tests may
// print and exit (TestMain), and yet not sleep: they wait for what happens.
func callProblems(file string, syntax *ast.File) []string {
	if matches("cmd/*/main.go", file) || matches("fixtures/receivers/*/main.go", file) {
		return nil
	}
	names := map[string]string{} // what a package is called here
	var problems []string
	for _, each := range syntax.Imports {
		imported := importPath(each)
		if imported != "fmt" && imported != "os" && imported != "time" {
			continue
		}
		switch {
		case each.Name == nil:
			names[imported] = imported
		case each.Name.Name == ".":
			problems = append(problems, fmt.Sprintf("dot import of %s: name the package", imported))
		default:
			names[each.Name.Name] = imported
		}
	}
	inTest := strings.HasSuffix(file, "_test.go")
	ast.Inspect(syntax, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if name, ok := selector.X.(*ast.Ident); ok {
			used := names[name.Name] + "." + selector.Sel.Name
			if advice := forbidden(used, inTest); advice != "" {
				problems = append(problems, fmt.Sprintf("%s: %s", used, advice))
			}
		}
		return true
	})
	return problems
}

func forbidden(used string, inTest bool) string {
	switch {
	case used == "time.Sleep":
		return "wait for what happens, with a timer or a context"
	case inTest:
		return ""
	case strings.HasPrefix(used, "fmt.Print"):
		return "write to a writer that is passed in"
	case used == "os.Exit":
		return "return an error or a code; only main exits"
	}
	return ""
}
