package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A Process is the receiver's own, started by the run.
type Process struct {
	command *exec.Cmd
	output  *tail
	grace   time.Duration
	ended   chan struct{}
	err     error // of Wait; read after ended is closed
}

// Start runs target.start, if there is one, with ISSUER, CLIENT_ID and
// CLIENT_SECRET in its environment. The process has to be stopped.
func (t *Target) Start(ctx context.Context) (*Process, error) {
	if t.config.Target.Start == "" {
		return nil, nil
	}
	p := &Process{output: &tail{limit: 8 << 10}, grace: t.grace, ended: make(chan struct{})}
	p.command = exec.Command("sh", "-c", t.config.Target.Start) //nolint:gosec,noctx // the user's own command; Stop ends it
	p.command.Dir = t.config.Dir
	p.command.Env = append(os.Environ(),
		"ISSUER="+t.config.Issuer.URL, "CLIENT_ID="+t.config.Client.ID, "CLIENT_SECRET="+t.config.Client.Secret)
	p.command.Stdout, p.command.Stderr = p.output, p.output
	p.command.WaitDelay = t.grace
	ownGroup(p.command)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start the target (target.start): %w", err)
	}
	go func() {
		p.err = p.command.Wait()
		close(p.ended)
	}()
	return p, nil
}

// Stop ends the process and all that it started. Nil has nothing to stop.
func (p *Process) Stop() {
	if p == nil {
		return
	}
	terminate(p.command)
	timer := time.NewTimer(p.grace)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		kill(p.command)
		<-p.ended
	}
	kill(p.command) // what outlived its parent
}

// AwaitReady asks target.ready until it answers, whatever the status. A
// receiver that was started and has ended is not waited for.
func (t *Target) AwaitReady(ctx context.Context, p *Process) error {
	address := t.config.Target.Ready
	if address == "" {
		if address = t.config.Target.Login.URL; address == "" {
			address = t.config.Target.LogoutURL
		}
		if p == nil {
			return nil
		}
	}
	within := startWithin
	if p == nil {
		within = time.Duration(t.config.Run.Timeout)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ended := make(<-chan struct{})
	if p != nil {
		ended = p.ended
	}
	var why string
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		page, err := t.NewBrowser().get(ctx, address)
		select {
		case <-ended: // what answered is then somebody else
			return t.endedEarly(p)
		default:
		}
		if err == nil && page.status < 500 {
			return nil
		}
		switch {
		case err == nil:
			why = fmt.Sprintf("status %d", page.status)
		case why == "" || ctx.Err() == nil: // else it was our own deadline
			why = t.reason(err)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ended:
			timer.Stop()
			return t.endedEarly(p)
		case <-ctx.Done():
			timer.Stop()
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return fmt.Errorf("the target was not ready within %v: %s answers: %s%s", within, address, why, t.lastWords(p))
		}
	}
}

// startWithin is how long a receiver may take to start: some compile first.
const startWithin = 2 * time.Minute

func (t *Target) endedEarly(p *Process) error {
	return fmt.Errorf("the target ended before it was ready (%w)%s", orDone(p.err), t.lastWords(p))
}

// lastWords are the end of what a process wrote, which may have printed its
// environment.
func (t *Target) lastWords(p *Process) string {
	if p == nil {
		return ""
	}
	text := strings.TrimSpace(t.keep(p.output.text(), p.output.limit))
	if text == "" {
		return ""
	}
	return "; its last words: " + text
}

func orDone(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// A tail keeps the end of what is written to it, from the beginning of a line.
type tail struct {
	mu    sync.Mutex
	limit int
	kept  []byte
	cut   bool
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.limit; over > 0 {
		t.kept, t.cut = bytes.Clone(t.kept[over:]), true
	}
	return len(p), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, whole, found := strings.Cut(string(t.kept), "\n"); found && t.cut {
		return whole
	}
	return string(t.kept)
}
