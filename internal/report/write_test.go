package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "oidc")
	for range 2 { // the second time over what is there
		if err := WriteAll(dir, mixedDoc(), Strict(true)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range Files(dir) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() == 0 || info.Mode().Perm() != 0o644 {
			t.Errorf("%s: %d bytes, mode %v", path, info.Size(), info.Mode())
		}
	}
	leftNothing(t, dir, len(files))
	text, err := os.ReadFile(filepath.Join(dir, "summary.md"))
	if err != nil || !strings.Contains(string(text), "--strict counts as broken") {
		t.Errorf("the option was lost: %v", err)
	}
}

// leftNothing checks that a folder holds n entries, and none that is half
// written.
func leftNothing(t *testing.T, dir string, n int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s was left behind", e.Name())
		}
	}
	if len(entries) != n {
		t.Errorf("%d entries, want %d", len(entries), n)
	}
}

func TestWriteAllNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "junit.xml")
	if err := os.MkdirAll(filepath.Join(blocked, "in-the-way"), 0o750); err != nil {
		t.Fatal(err)
	}
	err := WriteAll(dir, conformantDoc())
	if err == nil || !strings.Contains(err.Error(), blocked) || strings.Contains(err.Error(), "summary.md") {
		t.Errorf("the error is %v", err)
	}
	leftNothing(t, dir, len(files)) // the others are there
	file := filepath.Join(dir, "run.json")
	if err := WriteAll(file, conformantDoc()); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a folder that is a file gives %v", err)
	}
}

func TestInterruptedWriteLeavesTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	err := writeFile(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("half ", 4096)); err != nil {
			return err
		}
		return stop
	})
	text, readErr := os.ReadFile(path)
	if !errors.Is(err, stop) || readErr != nil || string(text) != "old" {
		t.Errorf("the error is %v; the file holds %q (%v)", err, text, readErr)
	}
	leftNothing(t, filepath.Dir(path), 1)
}
