package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/report"
	"github.com/loggedout/loggedout/internal/run"
)

// binary is the program as users get it.
var binary string

func TestMain(m *testing.M) {
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover harms nobody
	binary = filepath.Join(dir, "conformance")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	parallel()
	return m.Run()
}

// parallel has tests run side by side even on a small machine: most of them
// wait for a program that itself waits.
func parallel() {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = flag.Set("test.parallel", strconv.Itoa(max(runtime.GOMAXPROCS(0), 6))) // it is a number
	}
}

// outcome is what a call of the program came to.
type outcome struct {
	code     int
	out, err string
}

// call runs the program to its end. It must never write a control byte when
// nobody watches.
func call(t *testing.T, args ...string) outcome {
	t.Helper()
	return callWith(t, nil, args...)
}

func callWith(t *testing.T, env []string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, binary, args...)
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), env...)
	return finish(t, command)
}

func finish(t *testing.T, command *exec.Cmd) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", command.Args, err)
	}
	if bytes.ContainsAny(out.Bytes(), "\x1b\x07\r") || bytes.ContainsAny(errs.Bytes(), "\x1b\x07\r") {
		t.Errorf("control bytes in the output of %v", command.Args)
	}
	return outcome{command.ProcessState.ExitCode(), out.String(), errs.String()}
}

// aimAt serves the reference receiver from this process and writes the
// configuration of a program that tests it.
func aimAt(t *testing.T, o demo.Options, changes ...func(*config.Config)) (file string) {
	t.Helper()
	o.Clock = time.Now
	d, err := demo.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if d.Issuer != nil {
		// The program listens there itself.
		if err := d.Issuer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d.Config.Report.Dir = filepath.Join(t.TempDir(), "out")
	for _, change := range changes {
		change(&d.Config)
	}
	return write(t, d.Config)
}

func write(t *testing.T, c config.Config) (file string) {
	t.Helper()
	text, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "conformance.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// document reads the run document that a configuration's run left behind.
func document(t *testing.T, file string) *run.Run {
	t.Helper()
	c, err := config.Load(file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	doc, err := report.ReadJSON(filepath.Join(c.Report.Dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// logoutOnly answers the logout endpoint in its own way and leaves the rest of
// the receiver as it is.
func logoutOnly(answer http.HandlerFunc) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if len(r.URL.Path) > 5 && r.URL.Path[:6] == "/auth/" {
				answer(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
