package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/loggedout/loggedout/internal/run"
)

// Option changes how a report is drawn.
type Option func(*options)

type options struct{ strict bool }

// Strict makes a warning count as broken, as `conformance run --strict` does.
func Strict(on bool) Option { return func(o *options) { o.strict = on } }

func optionsOf(list []Option) options {
	var o options
	for _, option := range list {
		option(&o)
	}
	return o
}

// files are the reports that [WriteAll] writes.
var files = []struct {
	name  string
	write func(io.Writer, *run.Run, ...Option) error
}{
	{"run.json", func(w io.Writer, doc *run.Run, _ ...Option) error { return WriteJSON(w, doc) }},
	{"junit.xml", WriteJUnit},
	{"report.html", WriteHTML},
	{"summary.md", WriteMarkdown},
}

// Files are the paths that [WriteAll] writes to in that folder.
func Files(dir string) []string {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(dir, f.name)
	}
	return paths
}

// WriteAll writes run.json, junit.xml, report.html and summary.md into a
// folder, which is made when it is missing. Each file appears whole or not at
// all. When one cannot be written the others still are, and the error names
// those that were not.
func WriteAll(dir string, doc *run.Run, list ...Option) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // reports are there to be read by others
		return fmt.Errorf("make the folder for the reports: %w", err)
	}
	var failed []error
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		err := writeFile(path, func(w io.Writer) error { return f.write(w, doc, list...) })
		if err != nil {
			failed = append(failed, fmt.Errorf("write the report %s: %w", path, err))
		}
	}
	return errors.Join(failed...)
}

// writeFile writes beside the path and renames, so that nobody ever sees half
// a file.
func writeFile(path string, write func(io.Writer) error) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	if err := fill(temp, write); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

func fill(f *os.File, write func(io.Writer) error) error {
	buffered := bufio.NewWriter(f)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	return f.Sync()
}
