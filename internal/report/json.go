package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/loggedout/loggedout/internal/run"
)

// maxDocument bounds a run document that is read, in bytes.
const maxDocument = 256 << 20

// WriteJSON writes the run document. The same document gives the same bytes,
// and a list without members is [], never null.
func WriteJSON(w io.Writer, doc *run.Run) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(relisted(doc, true))
}

// ReadJSON reads a run document. An error names the file, and the line where
// it could not go on.
func ReadJSON(path string) (*run.Run, error) {
	return readJSON(path, maxDocument)
}

func readJSON(path string, limit int64) (*run.Run, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the run document: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read the run document: %w", err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s is larger than %d MiB: that is no run document", path, limit>>20)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, broken(path, text, err)
	}
	if head.Schema != run.Schema {
		return nil, fmt.Errorf("%s has the schema %q, and this version reads %q: take a run.json that 'conformance run' wrote", path, head.Schema, run.Schema)
	}
	doc := new(run.Run)
	if err := json.Unmarshal(text, doc); err != nil {
		return nil, broken(path, text, err)
	}
	return relisted(doc, false), nil
}

// broken says where a document could not be read.
func broken(path string, text []byte, err error) error {
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s is broken JSON at %s: %w", path, position(text, syntax.Offset), err)
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("%s is no run document: it holds a JSON %s where an object belongs", path, kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%s is no run document: %s at %s cannot be a JSON %s", path, kind.Field, position(text, kind.Offset), kind.Value)
	}
	return fmt.Errorf("%s is no run document: %w", path, err)
}

// position is a place in a text, as line and byte offset.
func position(text []byte, offset int64) string {
	before := text[:min(max(offset, 0), int64(len(text)))]
	return fmt.Sprintf("line %d (byte %d)", 1+bytes.Count(before, []byte("\n")), offset)
}

// relisted is a copy of the document whose lists without members are [] for
// files, and nil for what the program works with.
func relisted(doc *run.Run, written bool) *run.Run {
	out := *doc
	out.Terms.Declares.RefusalStatus = members(doc.Terms.Declares.RefusalStatus, written)
	out.Cases = members(slices.Clone(doc.Cases), written)
	for i, c := range out.Cases {
		c.Clauses = members(c.Clauses, written)
		c.Variants = members(slices.Clone(c.Variants), written)
		for j, v := range c.Variants {
			v.Evidence.Events = members(v.Evidence.Events, written)
			if v.First != nil {
				first := *v.First
				first.Events = members(first.Events, written)
				v.First = &first
			}
			c.Variants[j] = v
		}
		out.Cases[i] = c
	}
	return &out
}

func members[T any](list []T, written bool) []T {
	switch {
	case len(list) > 0:
		return list
	case written:
		return []T{}
	}
	return nil
}
