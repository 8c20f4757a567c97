package cases_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/clauses"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// A corpusRow is what the corpus fixes of a case: its level, and whether it
// goes to a receiver with a shared secret: Y and A always, P when the receiver
// declares that it looks, N never.
type corpusRow struct {
	ID           string    `json:"id"`
	Level        run.Level `json:"level"`
	SharedSecret string    `json:"shared_secret"`
}

func corpus(t *testing.T, file string) []corpusRow {
	t.Helper()
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here: the committed list stands alone", file)
	}
	var rows []corpusRow
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %d rows, %v", file, len(rows), err)
	}
	for i, row := range rows {
		rows[i].SharedSecret = row.SharedSecret[:1]
	}
	return rows
}

func TestTheCommittedListIsTheCorpus(t *testing.T) {
	if got, want := corpus(t, "testdata/corpus.json"), corpus(t, "../../../shared/corpus.json"); !slices.Equal(got, want) {
		t.Errorf("testdata/corpus.json differs from the corpus: %d rows, want %d", len(got), len(want))
	}
}

// departures are the cases that go to a receiver with a shared secret in the
// corpus and not here, or the other way round, each with the decision that says
// why.
var departures = map[string]string{
	"sem-refresh-token": "032",
	"sem-offline-token": "032",
	"sem-race-login":    "032",
	"sem-race-refresh":  "032",
}

// A departure is explained where the decisions are.
func TestDeparturesAreDecided(t *testing.T) {
	for id, number := range departures {
		files, err := filepath.Glob("../../docs/decisions/" + number + "-*.md")
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: decision %s is in %v, %v", id, number, files, err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil || !strings.Contains(string(text), id) {
			t.Errorf("decision %s does not name %s (%v)", number, id, err)
		}
	}
}

// The catalogue holds every case of the corpus in its order, or says why not.
func TestTheCatalogueIsTheCorpus(t *testing.T) {
	var want []string
	levels, shared := map[string]run.Level{}, map[string]string{}
	for _, row := range corpus(t, "testdata/corpus.json") {
		levels[row.ID], shared[row.ID] = row.Level, row.SharedSecret
		if cases.Retired[row.ID] == "" {
			want = append(want, row.ID)
		}
	}
	var got []string
	everything := run.Terms{Profile: run.SharedSecret, Alg: "HS256", Declares: run.DefaultDeclares(), Offers: run.Needs()}
	everything.Secret.Requires = []string{"iss", "sub", "aud", "iat", "exp", "jti", "sid", "events", "nonce", "typ"}
	for _, c := range cases.All() {
		got = append(got, c.ID)
		if levels[c.ID] != c.Level {
			t.Errorf("%s is %s, and in the corpus %q", c.ID, c.Level, levels[c.ID])
		}
		applies := slices.ContainsFunc(c.Variants, func(v run.Variant) bool { return c.Demand(v, everything).NotApplicable == "" })
		says, departs := departures[c.ID], departures[c.ID] != ""
		if same := applies == (shared[c.ID] != "N"); same == departs {
			t.Errorf("%s under the shared-secret profile: %v, and in the corpus %s (decision %q)", c.ID, applies, shared[c.ID], says)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the catalogue holds\n%v, want\n%v", got, want)
	}
}

func TestWhatIsRetiredIsGoneForAReason(t *testing.T) {
	for id, why := range cases.Retired {
		if why == "" || slices.ContainsFunc(cases.All(), func(c run.Case) bool { return c.ID == id }) {
			t.Errorf("%s is retired (%q)", id, why)
		}
	}
}

// A reader who asks why gets an answer and a link for every clause.
func TestEveryClauseIsExplained(t *testing.T) {
	for _, c := range cases.All() {
		for _, ref := range c.Clauses {
			if _, ok := clauses.Find(ref); !ok {
				t.Errorf("%s cites %q, which internal/clauses does not know", c.ID, ref)
			}
		}
	}
}
