package engine_test

import (
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/engine"
	"github.com/loggedout/loggedout/internal/run"
)

// BenchmarkRun makes whole runs against the reference receiver. heap-MB is
// what the process has asked of the system for its heap.
func BenchmarkRun(b *testing.B) {
	for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
		b.Run(string(profile), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if doc := drive(b, demo.Options{Profile: profile}, engine.Filter{}); !doc.Summary.Conformant {
					b.Fatalf("%+v", doc.Summary)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapSys)/(1<<20), "heap-MB")
		})
	}
}

// BenchmarkPool shows how well exchanges overlap: eight workers and a receiver
// that answers each request 20 ms late. ratio is the wall time over the larger
// of the longest exchange and an eighth of all exchange times; the pool is good
// when it is at most 1.3. An exchange leaves its place in the pool while it waits:
// busy-ratio counts only the time that it held it, which is the harder measure.
func BenchmarkPool(b *testing.B) {
	const late = 20 * time.Millisecond
	slow := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			timer := time.NewTimer(late)
			defer timer.Stop()
			<-timer.C
			next.ServeHTTP(w, r)
		})
	}
	var wall, bound, hard time.Duration
	for b.Loop() {
		doc := drive(b, demo.Options{Profile: run.OIDC, Wrap: slow}, engine.Filter{}, func(c *config.Config) { c.Run.Workers = 8 })
		if !doc.Summary.Conformant {
			b.Fatalf("%+v", doc.Summary)
		}
		wall += doc.Duration.Duration()
		longest, sum := exchangeTimes(doc, func(e run.Evidence) time.Duration { return e.Duration.Duration() })
		bound += max(longest, sum/8)
		longest, sum = exchangeTimes(doc, busy)
		hard += max(longest, sum/8)
	}
	b.ReportMetric(float64(wall)/float64(bound), "ratio")
	b.ReportMetric(float64(wall)/float64(hard), "busy-ratio")
	b.ReportMetric(float64(wall.Milliseconds())/float64(b.N), "wall-ms")
	b.ReportMetric(float64(bound.Milliseconds())/float64(b.N), "bound-ms")
}

// exchangeTimes gives the longest exchange of a run and the sum of all.
// Variants that shared an exchange began at the same time.
func exchangeTimes(doc *run.Run, measure func(run.Evidence) time.Duration) (longest, sum time.Duration) {
	type job struct {
		id      string
		started time.Time
	}
	jobs := map[job]time.Duration{}
	for _, c := range doc.Cases {
		for _, v := range c.Variants {
			at := job{c.ID, v.Evidence.Started}
			jobs[at] = max(jobs[at], measure(v.Evidence))
		}
	}
	for _, d := range jobs {
		longest = max(longest, d)
		sum += d
	}
	return longest, sum
}

// busy is how long an exchange held its place in the pool: a wait leaves it to
// others.
func busy(e run.Evidence) time.Duration {
	took := e.Duration
	for _, event := range e.Events {
		if event.Wait != nil {
			took -= event.Wait.Took
		}
	}
	return took.Duration()
}
