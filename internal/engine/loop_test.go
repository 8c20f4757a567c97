package engine_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
)

// BenchmarkAgainstPlainLoop sets a run of all that is neither slow nor load beside a loop that sends as many
// requests, with as many signatures, through as many workers, to a handler that
// does nothing. loop-ratio is the one over the other; what is above 1 is what
// the harness and the receiver cost, and what they wait.
func BenchmarkAgainstPlainLoop(b *testing.B) {
	for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
		b.Run(string(profile), func(b *testing.B) {
			var wall, plain, waited time.Duration
			requests := 0
			for b.Loop() {
				workers := 0
				doc := drive(b, demo.Options{Profile: profile}, engine.Filter{}, func(c *config.Config) { workers, c.Run.Slow = c.Run.Workers, false })
				wall += doc.Duration.Duration()
				work := workOf(doc)
				requests = work.requests
				plain += work.loop(b, workers)
				waited += work.waits / time.Duration(workers)
			}
			b.ReportMetric(float64(wall)/float64(plain), "loop-ratio")
			b.ReportMetric(float64(wall.Milliseconds())/float64(b.N), "wall-ms")
			b.ReportMetric(float64(plain.Milliseconds())/float64(b.N), "loop-ms")
			b.ReportMetric(float64(waited.Milliseconds())/float64(b.N), "waited-ms/worker")
			b.ReportMetric(float64(requests), "requests")
		})
	}
}

// work is what a run made: requests over HTTP, tokens that were sent with some
// of them, and ID tokens of logins.
type work struct {
	requests, sent, logins int
	waits                  time.Duration
	alg                    string
}

func workOf(doc *run.Run) work {
	w := work{alg: doc.Terms.Alg}
	seen := map[run.Event]bool{} // events that variants share count once
	for _, c := range doc.Cases {
		for _, v := range c.Variants {
			for _, e := range v.Evidence.Events {
				if seen[e] {
					continue
				}
				seen[e] = true
				switch {
				case e.Login != nil && doc.Profile == run.SharedSecret:
					w.requests += e.Login.Requests
				case e.Login != nil:
					w.requests += e.Login.Requests + 1 // the target redeems the code
					w.logins++
				case e.Probe != nil:
					w.requests++
				case e.Send != nil:
					w.requests++
					w.sent++
				case e.Wait != nil:
					w.waits += e.Wait.Took.Duration()
				}
			}
		}
	}
	return w
}

// loop does as much, and nothing with it.
func (w work) loop(b *testing.B, workers int) time.Duration {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what the client sends is ours
	}))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	env := fixtures.Env{
		Issuer: server.URL, ClientID: "app", Sub: "alice", Sid: "s", Alg: w.alg,
		Keys: fixtures.FixedKeys(), Secret: []byte(demo.Secret),
	}
	tasks := make(chan bool, w.requests)
	for i := range w.requests {
		tasks <- i < w.sent+w.logins
	}
	close(tasks)
	start := time.Now()
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for signs := range tasks {
				body := ""
				if signs {
					token, err := fixtures.Mint(fixtures.Valid(), env)
					if err != nil {
						b.Error(err)
						return
					}
					body = url.Values{fixtures.TokenParam: {token.Wire}}.Encode()
				}
				response, err := client.Post(server.URL, "application/x-www-form-urlencoded", strings.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body) // there is nothing in it
				_ = response.Body.Close()                 // it was read to its end
			}
		})
	}
	group.Wait()
	return time.Since(start)
}
