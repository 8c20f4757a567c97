package engine_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
)

// A target that goes to the address in a token long after its answer is seen
// all the same.
func TestLateVisitorsAreSeen(t *testing.T) {
	t.Parallel()
	const late = time.Second // longer than the exchange, shorter than the run
	wrap := before(func(w http.ResponseWriter, r *http.Request, header, _ string, next http.Handler) {
		var names struct {
			JKU string `json:"jku"`
		}
		if json.Unmarshal([]byte(header), &names) == nil && names.JKU != "" {
			time.AfterFunc(late, func() {
				request, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), http.MethodGet, names.JKU, http.NoBody)
				if err != nil {
					return
				}
				if answer, err := http.DefaultClient.Do(request); err == nil {
					_ = answer.Body.Close() // nobody reads it
				}
			})
		}
		next.ServeHTTP(w, r)
	})
	doc := drive(t, demo.Options{Profile: run.OIDC, Wrap: wrap},
		engine.Filter{Cases: []string{"hdr-remote-key-canary", "sem-server-side-death"}})
	for _, c := range doc.Cases {
		if c.ID == "hdr-remote-key-canary" && c.Verdict != run.Fail {
			t.Errorf("%s is %s: %s", c.ID, c.Verdict, c.Finding)
		}
	}
}
