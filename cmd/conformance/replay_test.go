package main_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/report"
	"github.com/loggedout/loggedout/internal/run"
)

// A stored run gives the same verdicts and findings when the target is gone:
// the document holds everything that a judge needs.
func TestReplayGivesTheSameVerdicts(t *testing.T) {
	tests := map[string]struct {
		receiver demo.Options
		groups   string // empty: all
	}{
		"correct":        {demo.Options{Profile: run.OIDC}, ""},
		"shared secret":  {demo.Options{Profile: run.SharedSecret}, ""},
		"a breach":       {demo.Options{Profile: run.OIDC, Defect: "nobody-means-everybody"}, "OK,CLM,RSP"},
		"dead baselines": {demo.Options{Profile: run.SharedSecret, Defect: "csrf-required"}, "OK,HDR,RSP"},
		"a bad status":   {demo.Options{Profile: run.OIDC, Defect: "answers-200-to-refusals"}, "OK,HDR,RSP"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := aimAt(t, tt.receiver)
			args := []string{"run", "-c", file}
			if tt.groups != "" {
				args = append(args, "--group", tt.groups)
			}
			first := call(t, args...)
			stored := document(t, file)
			c, err := config.Load(file, func(string) string { return "" })
			if err != nil {
				t.Fatal(err)
			}
			again := filepath.Join(t.TempDir(), "again")
			second := call(t, "replay", filepath.Join(c.Report.Dir, "run.json"), "-o", again)
			if first.code != second.code {
				t.Errorf("exit %d, and %d when replayed", first.code, second.code)
			}
			replayed, err := report.ReadJSON(filepath.Join(again, "run.json"))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(stored, replayed) {
				for i, c := range stored.Cases {
					if i < len(replayed.Cases) && !reflect.DeepEqual(c, replayed.Cases[i]) {
						t.Errorf("%s: %s (%s), replayed %s (%s)", c.ID, c.Verdict, c.Finding, replayed.Cases[i].Verdict, replayed.Cases[i].Finding)
					}
				}
				t.Errorf("the documents differ: %+v and %+v", stored.Summary, replayed.Summary)
			}
		})
	}
}

// A judge that did not look at the evidence would replay anything as it was.
func TestReplayBelievesTheEvidence(t *testing.T) {
	t.Parallel()
	file := aimAt(t, demo.Options{Profile: run.SharedSecret})
	call(t, "run", "-c", file, "--case", "clm-exp-past")
	doc := document(t, file)
	for i := range doc.Cases {
		for j := range doc.Cases[i].Variants {
			for k := range doc.Cases[i].Variants[j].Evidence.Events {
				e := &doc.Cases[i].Variants[j].Evidence.Events[k]
				if doc.Cases[i].ID == "clm-exp-past" && e.Session == run.Named && e.Probe != nil && e.Label == run.After {
					e.Probe.State = run.Dead
				}
			}
		}
	}
	dir := t.TempDir()
	if err := report.WriteAll(dir, doc); err != nil {
		t.Fatal(err)
	}
	if got := call(t, "replay", filepath.Join(dir, "run.json")); got.code != 1 {
		t.Errorf("exit %d for evidence of an expired token that ended a session\n%s", got.code, got.out)
	}
}
