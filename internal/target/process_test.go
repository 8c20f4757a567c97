//go:build unix

package target

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/run"
)

// A line to a process and all that it starts: they hold the writing end of a
// pipe, so that its reader knows when the last of them is gone, whoever is
// there to bury them.
type lifeline struct {
	path  string
	lines chan string // what was said; closed when nobody is left
}

func newLifeline(t *testing.T, folder string) *lifeline {
	t.Helper()
	l := &lifeline{path: filepath.Join(folder, "lifeline"), lines: make(chan string, 100)}
	if err := syscall.Mkfifo(l.path, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(l.lines)
		pipe, err := os.Open(l.path) // waits for a writer
		if err != nil {
			return
		}
		defer func() { _ = pipe.Close() }()
		for scanner := bufio.NewScanner(pipe); scanner.Scan(); {
			l.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() { // let go of the reader when nobody ever wrote
		if pipe, err := os.OpenFile(l.path, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			_ = pipe.Close()
		}
	})
	return l
}

// hear waits for a line.
func (l *lifeline) hear(t *testing.T) string {
	t.Helper()
	select {
	case text, alive := <-l.lines:
		if !alive {
			t.Fatal("all processes ended")
		}
		return text
	case <-time.After(patience):
		t.Fatal("nothing was heard of the process")
	}
	return ""
}

// expectGone waits until nobody holds the line any more.
func (l *lifeline) expectGone(t *testing.T) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case _, alive := <-l.lines:
			if !alive {
				return
			}
		case <-timeout:
			t.Fatal("a process was left behind")
		}
	}
}

// expectDead polls a process until the system knows it no more, or only as one
// that nobody buried.
func expectDead(t *testing.T, pid string) {
	t.Helper()
	number, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for range 1000 {
		if syscall.Kill(number, 0) != nil {
			return
		}
		if stat, err := os.ReadFile("/proc/" + pid + "/stat"); err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
		<-ticker.C
	}
	t.Errorf("process %s is alive", pid)
}

// started is a target with a command that runs in a folder of its own and is
// stopped in the end.
func started(t *testing.T, command string, changes ...func(*Target)) (*Target, *Process, *lifeline) {
	t.Helper()
	folder := t.TempDir()
	line := newLifeline(t, folder)
	target := aimed(t, "http://127.0.0.1:1", func(c *config.Config) {
		c.Dir, c.Target.Start = folder, "exec 9>lifeline; "+command
		c.Run.Timeout = run.Duration(patience)
	})
	target.grace = patience
	for _, change := range changes {
		change(target)
	}
	process, err := target.Start(within(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Stop)
	return target, process, line
}

func impatient(t *Target) { t.grace = 50 * time.Millisecond }

func TestNothingToStart(t *testing.T) {
	target := aimed(t, "http://127.0.0.1:1")
	process, err := target.Start(within(t))
	if process != nil || err != nil {
		t.Errorf("%v %v", process, err)
	}
	process.Stop()
	if err := target.AwaitReady(within(t), nil); err != nil { // nothing says how to know
		t.Error(err)
	}
}

func TestCommandThatCannotStart(t *testing.T) {
	target := aimed(t, "http://127.0.0.1:1", func(c *config.Config) {
		c.Target.Start, c.Dir = "true", filepath.Join(t.TempDir(), "none")
	})
	process, err := target.Start(within(t))
	if err == nil || process != nil || !strings.HasPrefix(err.Error(), "start the target (target.start): ") {
		t.Errorf("%v %v", process, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	target = aimed(t, "http://127.0.0.1:1", func(c *config.Config) { c.Target.Start = "true" })
	if process, err := target.Start(ctx); process != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v %v", process, err)
	}
}

func TestCommandKnowsIssuerAndClient(t *testing.T) {
	t.Setenv("LOGGEDOUT_TEST", "inherited")
	target, process, line := started(t, `printf '%s\n' "$ISSUER" "$CLIENT_ID" "$CLIENT_SECRET" "$LOGGEDOUT_TEST" "$(pwd -P)" >&9`)
	folder, err := filepath.EvalSymlinks(target.config.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"http://127.0.0.1:1/default", "app", clientSecret, "inherited", folder} {
		if got := line.hear(t); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	line.expectGone(t)
	process.Stop()
}

// A receiver is ready when it answers, whatever the status below 500.
func TestAwaitReady(t *testing.T) {
	for status, isReady := range map[int]bool{200: true, 302: true, 401: true, 404: true, 500: false, 503: false} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			ctx, cancel := context.WithCancel(within(t))
			var asked atomic.Int64
			base := served(t, func(w http.ResponseWriter, _ *http.Request) {
				switch asked.Add(1) {
				case 1:
					w.WriteHeader(http.StatusBadGateway)
				case 3:
					cancel()
					fallthrough
				default:
					w.WriteHeader(status)
				}
			})
			target, process, _ := started(t, "sleep 1000", func(target *Target) { target.config.Target.Ready = base + "/ready" })
			err := target.AwaitReady(ctx, process)
			if isReady && (err != nil || asked.Load() != 2) {
				t.Errorf("%v after %d", err, asked.Load())
			}
			if !isReady && !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Without target.ready it is the login page that is asked, or the logout
// endpoint where there is none.
func TestAwaitReadyAtTheLogin(t *testing.T) {
	for path, change := range map[string]func(*Target){
		"/login":  func(*Target) {},
		"/logout": func(target *Target) { target.config.Target.Login.URL = "" },
	} {
		t.Run(path, func(t *testing.T) {
			asked := make(chan string, 10)
			base := served(t, func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path })
			target, process, _ := started(t, "sleep 1000", func(target *Target) {
				target.config.Target.Login.URL, target.config.Target.LogoutURL = base+"/login", base+"/logout"
				change(target)
			})
			if err := target.AwaitReady(within(t), process); err != nil {
				t.Fatal(err)
			}
			if got := <-asked; got != path {
				t.Errorf("asked %s", got)
			}
		})
	}
}

func TestAwaitReadyGivesUp(t *testing.T) {
	base := served(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	target := aimed(t, base, func(c *config.Config) { c.Target.Ready, c.Run.Timeout = base, run.Duration(time.Second) })
	err := target.AwaitReady(within(t), nil)
	if err == nil || err.Error() != "the target was not ready within 1s: "+base+" answers: status 503" {
		t.Errorf("error %v", err)
	}
	silent := served(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	target = aimed(t, silent, hasty, func(c *config.Config) { c.Target.Ready = silent })
	if err := target.AwaitReady(within(t), nil); err == nil || !strings.Contains(err.Error(), "no whole answer before the deadline") {
		t.Errorf("error %v", err)
	}
}

func TestAwaitReadyIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(within(t))
	base := served(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	target, process, line := started(t, "echo up >&9; sleep 1000", func(target *Target) { target.config.Target.Ready = base })
	line.hear(t)
	if err := target.AwaitReady(ctx, process); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	process.Stop()
	line.expectGone(t)
}

func TestCommandThatDiesAtOnce(t *testing.T) {
	target, process, line := started(t, `printf 'first\n\033[31mno port\n' >&2; echo "secret is $CLIENT_SECRET"; exit 3`)
	err := target.AwaitReady(within(t), process)
	want := "the target ended before it was ready (exit status 3); its last words: first\n·[31mno port\nsecret is [redacted]"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	process.Stop()
	line.expectGone(t)

	target, process, _ = started(t, "exit 0")
	if err := target.AwaitReady(within(t), process); err == nil || err.Error() != "the target ended before it was ready (exit status 0)" {
		t.Errorf("error %v", err)
	}
}

// Something else that answers at its address, such as a receiver that an
// earlier run left behind, does not stand in for a command that has ended.
func TestSomebodyElseIsReady(t *testing.T) {
	base := served(t, func(http.ResponseWriter, *http.Request) {})
	target, process, _ := started(t, "echo address in use; exit 1", func(target *Target) { target.config.Target.Ready = base })
	<-process.ended
	if err := target.AwaitReady(within(t), process); err == nil || !strings.Contains(err.Error(), "address in use") {
		t.Errorf("error %v", err)
	}
}

func TestStopEndsTheWholeGroup(t *testing.T) {
	_, process, line := started(t, `sleep 1000 & echo $! >&9
		(sleep 1000 & echo $! >&9; sh -c 'echo $$ >&9; sleep 1000; true' & wait) &
		wait`)
	pids := []string{line.hear(t), line.hear(t), line.hear(t)}
	process.Stop()
	line.expectGone(t)
	for _, pid := range append(pids, strconv.Itoa(process.command.Process.Pid)) {
		expectDead(t, pid)
	}
	process.Stop() // once more does no harm
}

// A receiver that ends by itself when it is asked to is left the time.
func TestStopAsksFirst(t *testing.T) {
	_, process, line := started(t, `trap 'echo bye >&9; exit 0' TERM; sleep 1000 >/dev/null 2>&1 9>&- & echo up >&9; wait`)
	if got := line.hear(t); got != "up" {
		t.Fatalf("heard %q", got)
	}
	process.Stop()
	if got := line.hear(t); got != "bye" {
		t.Errorf("heard %q", got)
	}
	line.expectGone(t)
}

func TestStopKillsWhatDoesNotListen(t *testing.T) {
	for name, command := range map[string]string{
		"the command": `trap '' TERM; echo up >&9; while :; do sleep 1000; done`,
		"a child":     `(trap '' TERM; echo up >&9; while :; do sleep 1000; done) & wait`,
		"an orphan":   `(trap '' TERM; echo up >&9; while :; do sleep 1000; done) >/dev/null 2>&1 & exit 0`,
	} {
		t.Run(name, func(t *testing.T) {
			_, process, line := started(t, command, impatient)
			if got := line.hear(t); got != "up" {
				t.Fatalf("heard %q", got)
			}
			process.Stop()
			line.expectGone(t)
		})
	}
}

// A child that keeps the output open does not keep the end of its parent a
// secret.
func TestOrphanThatHoldsTheOutput(t *testing.T) {
	target, process, line := started(t, `sleep 1000 & echo gone; exit 7`, impatient)
	if err := target.AwaitReady(within(t), process); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("error %v", err)
	}
	process.Stop()
	line.expectGone(t)
}

func TestTail(t *testing.T) {
	tail := &tail{limit: 20}
	for _, text := range []string{"first line\n", "second line\n", "third"} {
		if n, err := io.WriteString(tail, text); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := tail.text(); got != "second line\nthird" {
		t.Errorf("got %q", got)
	}
	_, _ = io.WriteString(tail, strings.Repeat("x", 100))
	if got := tail.text(); got != strings.Repeat("x", 20) {
		t.Errorf("got %q", got)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			_, _ = fmt.Fprintf(tail, "\nline %d", i)
			_ = tail.text()
		})
	}
	group.Wait()
	if got := tail.text(); !strings.HasPrefix(got, "line ") || len(got) > 20 {
		t.Errorf("got %q", got)
	}
}
