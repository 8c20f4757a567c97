package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

var update = flag.Bool("update", false, "write the golden files anew")

// documents are those that every format is compared on.
var documents = map[string]func() *run.Run{
	"conformant": conformantDoc, "mixed": mixedDoc, "unproved": unprovedDoc,
}

// formats are all ways to draw a document.
var formats = map[string]func(io.Writer, *run.Run) error{
	"json": WriteJSON,
	"xml":  func(w io.Writer, doc *run.Run) error { return WriteJUnit(w, doc) },
	"html": func(w io.Writer, doc *run.Run) error { return WriteHTML(w, doc) },
	"md":   func(w io.Writer, doc *run.Run) error { return WriteMarkdown(w, doc) },
	"txt":  func(w io.Writer, doc *run.Run) error { return drawn(w, doc, ConsoleOptions{}) },
	"color": func(w io.Writer, doc *run.Run) error {
		return drawn(w, doc, ConsoleOptions{Color: true, Verbose: true, Width: 72})
	},
}

func TestGolden(t *testing.T) {
	for name, document := range documents {
		for ending, write := range formats {
			t.Run(name+"."+ending, func(t *testing.T) {
				var got, again bytes.Buffer
				if err := write(&got, document()); err != nil {
					t.Fatal(err)
				}
				if err := write(&again, document()); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), again.Bytes()) {
					t.Error("the same document was drawn in two ways")
				}
				compare(t, filepath.Join("testdata", name+"."+ending), got.Bytes())
			})
		}
	}
}

func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run `go test ./internal/report -update` and read the difference. Now it is:\n%s", path, got)
	}
}
