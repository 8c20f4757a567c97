package layering_test

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A goFile is a Go file of this module that takes part in a build.
type goFile struct {
	path   string // from the module's root, with slashes
	syntax *ast.File
}

func (f goFile) folder() string { return path.Dir(f.path) }
func (f goFile) test() bool     { return strings.HasSuffix(f.path, "_test.go") }

func (f goFile) imports() []string {
	var paths []string
	for _, each := range f.syntax.Imports {
		paths = append(paths, importPath(each))
	}
	return paths
}

func importPath(spec *ast.ImportSpec) string {
	text, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value
	}
	return text
}

// goFiles reads every Go file of the module that takes part in a build on some
// platform. Folders that the go command does not enter are left out.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the module's root is not two folders up: %v", err)
	}
	var files []goFile
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if name != root && outside(name) {
				return fs.SkipDir
			}
			return nil
		case filepath.Ext(name) != ".go":
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		if built(syntax) {
			files = append(files, goFile{filepath.ToSlash(relative), syntax})
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read the module's Go files: %v", err)
	}
	if len(files) == 0 {
		t.Fatal("the module has no Go files: this test looks in the wrong place")
	}
	return files
}

// outside reports whether a folder is no part of the module.
func outside(folder string) bool {
	base := filepath.Base(folder)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") ||
		base == "testdata" || base == "vendor" || base == "node_modules" {
		return true
	}
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil // a module of its own
}

// built reports whether a file takes part in a build on some platform. Files
// tagged ignore are programs of their own, and those tagged deps are only read
// for their imports.
func built(syntax *ast.File) bool {
	for _, group := range syntax.Comments {
		for _, line := range group.List {
			if line.Pos() > syntax.Package || !constraint.IsGoBuild(line.Text) {
				continue
			}
			rule, err := constraint.Parse(line.Text)
			if err != nil {
				return true // the compiler will say so
			}
			return rule.Eval(isPlatform) || rule.Eval(func(string) bool { return false })
		}
	}
	return true
}

func isPlatform(tag string) bool { return tag != "ignore" && tag != "deps" }

func TestBuilt(t *testing.T) {
	for source, want := range map[string]bool{
		"package x":                      true,
		"//go:build unix\n\npackage x":   true,
		"//go:build !unix\n\npackage x":  true,
		"//go:build ignore\n\npackage x": false,
		"//go:build deps\n\npackage x":   false,
		"package x\n//go:build ignore":   true, // no constraint: it stands after the package clause
	} {
		syntax, err := parser.ParseFile(token.NewFileSet(), "x.go", source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if got := built(syntax); got != want {
			t.Errorf("built(%q) = %v", source, got)
		}
	}
}
