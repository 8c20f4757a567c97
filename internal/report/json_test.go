package report

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

func TestJSONIsReadAsItWasWritten(t *testing.T) {
	for name, document := range documents {
		doc := document()
		path := filepath.Join(t.TempDir(), "run.json")
		write(t, path, doc)
		got, err := ReadJSON(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, doc) {
			t.Errorf("%s: read back\n%+v\nand not\n%+v", name, got, doc)
		}
	}
}

func write(t *testing.T, path string, doc *run.Run) {
	t.Helper()
	var text bytes.Buffer
	if err := WriteJSON(&text, doc); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestJSONHasListsInsteadOfNull(t *testing.T) {
	doc := unprovedDoc()
	doc.Cases = append(doc.Cases, run.CaseResult{ID: "empty"})
	doc.Cases[0].Variants[0].First = &run.Evidence{}
	var text strings.Builder
	if err := WriteJSON(&text, doc); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "null") {
		t.Errorf("null in\n%s", text.String())
	}
	if doc.Cases[0].Variants[0].First.Events != nil || doc.Cases[0].Variants[0].Evidence.Events != nil {
		t.Error("writing changed the document")
	}
	text.Reset()
	if err := WriteJSON(&text, &run.Run{}); err != nil || !strings.Contains(text.String(), `"cases": []`) {
		t.Errorf("an empty document is written as %s (%v)", text.String(), err)
	}
}

func TestReadJSONSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"syntax":       {"{\n \"schema\": \"run/v1\",\n \"cases\": [}\n}", "is broken JSON at line 3 (byte 35)"},
		"cut off":      {"{\"schema\": \"run/v1\", \"cases\": [", "unexpected end of JSON input"},
		"empty":        {"", "is broken JSON at line 1"},
		"two":          {`{"schema": "run/v1"} {}`, "after top-level value"},
		"other schema": {`{"schema": "run/v9"}`, `has the schema "run/v9", and this version reads "run/v1"`},
		"no schema":    {`{"cases": []}`, `has the schema ""`},
		"null":         {`null`, `has the schema ""`},
		"a list":       {`[]`, "a JSON array where an object belongs"},
		"type":         {"{\"schema\": \"run/v1\",\n\"cases\": [{\"id\": 7}]}", "cases.id at line 2"},
		"span":         {`{"schema": "run/v1", "terms": {"declares": {"leeway": "soon"}}}`, `"soon" is no duration`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "given.json")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadJSON(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("the error is %v; it should name the file and say %q", err, c.want)
			}
		})
	}
	missing := filepath.Join(t.TempDir(), "missing.json")
	if _, err := ReadJSON(missing); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file gives %v", err)
	}
}

func TestReadJSONIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.json")
	write(t, path, conformantDoc())
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readJSON(path, info.Size()); err != nil {
		t.Errorf("a document of just the allowed size: %v", err)
	}
	if _, err := readJSON(path, info.Size()-1); err == nil || !strings.Contains(err.Error(), "is larger than") {
		t.Errorf("a document that is too large gives %v", err)
	}
}
