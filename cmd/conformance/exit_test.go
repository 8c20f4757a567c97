package main_test

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/demo"
	"github.com/loggedout/loggedout/internal/run"
)

func TestExit0WhenConformant(t *testing.T) {
	for _, profile := range []run.Profile{run.OIDC, run.SharedSecret} {
		t.Run(string(profile), func(t *testing.T) {
			t.Parallel()
			file := aimAt(t, demo.Options{Profile: profile})
			got := call(t, "run", "-c", file)
			if got.code != 0 || !strings.Contains(got.out, "Conformant") {
				t.Fatalf("exit %d\n%s%s", got.code, got.out, got.err)
			}
			doc := document(t, file)
			if !doc.Summary.Conformant || len(doc.Cases) != 204 {
				t.Errorf("summary %+v of %d cases", doc.Summary, len(doc.Cases))
			}
		})
	}
}

func TestExit1WhenViolated(t *testing.T) {
	t.Parallel()
	file := aimAt(t, demo.Options{Profile: run.OIDC, Defect: "alg-none-accepted"})
	got := call(t, "run", "-c", file, "--group", "HDR")
	if got.code != 1 || !strings.Contains(got.out, "hdr-alg-none") || strings.Contains(got.out, "Conformant to") {
		t.Fatalf("exit %d\n%s%s", got.code, got.out, got.err)
	}
}

func TestExit1ForAWarningOnlyWhenStrict(t *testing.T) {
	t.Parallel()
	file := aimAt(t, demo.Options{Profile: run.SharedSecret, Defect: "cacheable-answers"})
	if got := call(t, "run", "-c", file, "--group", "OK,CLM,RSP"); got.code != 0 {
		t.Errorf("exit %d for a warning\n%s", got.code, got.out)
	}
	if got := call(t, "run", "-c", file, "--group", "OK,CLM,RSP", "--strict"); got.code != 1 {
		t.Errorf("exit %d for a warning under --strict\n%s", got.code, got.out)
	}
}

func TestExit2ForUsageAndConfiguration(t *testing.T) {
	unknown := filepath.Join(t.TempDir(), "unknown.yaml")
	if err := os.WriteFile(unknown, []byte("profile: oidc\ntarget:\n  logout_uri: http://127.0.0.1/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := aimAt(t, demo.Options{Profile: run.SharedSecret})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	taken := aimAt(t, demo.Options{Profile: run.OIDC}, func(c *config.Config) { c.Issuer.Listen = listener.Addr().String() })
	tests := map[string]struct {
		args []string
		says []string
	}{
		"unknown key":              {[]string{"run", "-c", unknown}, []string{unknown + ":3:3", "logout_uri"}},
		"no such file":             {[]string{"run", "-c", "nowhere.yaml"}, []string{"nowhere.yaml"}},
		"nothing configured":       {[]string{"run"}, []string{"target.logout_url"}},
		"unknown flag":             {[]string{"run", "--colour"}, []string{"--colour"}},
		"unknown command":          {[]string{"walk"}, []string{"walk"}},
		"pattern without match":    {[]string{"run", "-c", good, "--case", "clm-exp-passed"}, []string{"clm-exp-passed", "conformance list"}},
		"group without match":      {[]string{"run", "-c", good, "--group", "ABC"}, []string{"ABC"}},
		"level without match":      {[]string{"demo", "--level", "COULD"}, []string{"COULD"}},
		"empty pattern":            {[]string{"run", "-c", good, "--case", ""}, []string{"--case", "empty"}},
		"mint of a rule":           {[]string{"mint", "rsp-success-status"}, []string{"sends nothing"}},
		"demo with odd workers":    {[]string{"demo", "--workers", "1000"}, []string{"run.workers"}},
		"port in use":              {[]string{"run", "-c", taken}, []string{"issuer.listen"}},
		"everything skipped":       {[]string{"run", "-c", good, "--case", "clm-exp-past", "--skip", "clm-exp-past"}, []string{"no case at all"}},
		"workers out of range":     {[]string{"run", "-c", good, "--workers", "1000"}, []string{"run.workers", "1000"}},
		"unknown profile":          {[]string{"run", "-c", good, "--profile", "saml"}, []string{"saml", "shared-secret"}},
		"unknown defect":           {[]string{"demo", "--defect", "nothing"}, []string{"nothing", "alg-none-accepted"}},
		"replay of nothing":        {[]string{"replay", "nowhere.json"}, []string{"nowhere.json"}},
		"replay of something else": {[]string{"replay", unknown}, []string{unknown}},
		"mint of all and of one":   {[]string{"mint", "--all", "clm-exp-past"}, []string{"--all", "clm-exp-past", "either"}},
		"mint of an unknown case":  {[]string{"mint", "clm-exp-passed"}, []string{"clm-exp-passed"}},
		"mint without a secret":    {[]string{"mint", "ok-sub-only", "--profile", "shared-secret"}, []string{"CONFORMANCE_SECRET_TEXT"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call(t, tt.args...)
			if got.code != 2 {
				t.Errorf("exit %d, want 2\n%s%s", got.code, got.out, got.err)
			}
			for _, say := range tt.says {
				if !strings.Contains(got.err, say) {
					t.Errorf("the error does not say %q: %s", say, got.err)
				}
			}
		})
	}
}

func TestExit2ForABadVariable(t *testing.T) {
	t.Parallel()
	file := aimAt(t, demo.Options{Profile: run.SharedSecret})
	got := callWith(t, []string{"CONFORMANCE_RUN_WORKERS=many"}, "run", "-c", file)
	if got.code != 2 || !strings.Contains(got.err, "CONFORMANCE_RUN_WORKERS") {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
}

func TestExit3WhenTheTargetIsDown(t *testing.T) {
	t.Parallel()
	down := "http://" + freePort(t)
	file := aimAt(t, demo.Options{Profile: run.SharedSecret}, func(c *config.Config) {
		c.Target.LogoutURL = down + "/logout"
		c.Target.Probe.URL = down + "/me"
		c.Target.Login.Request.URL = down + "/login"
	})
	got := call(t, "run", "-c", file)
	if got.code != 3 || !strings.Contains(got.out, "nothing listens there") {
		t.Fatalf("exit %d\n%s%s", got.code, got.out, got.err)
	}
	doc := document(t, file)
	if doc.Summary.Pass != 0 || doc.Summary.Conformant {
		t.Errorf("a dead target passed: %+v", doc.Summary)
	}
}

func TestExit4WhenReportsCannotBeWritten(t *testing.T) {
	t.Parallel()
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := aimAt(t, demo.Options{Profile: run.SharedSecret})
	got := call(t, "run", "-c", file, "--group", "OK", "-o", filepath.Join(blocked, "out"))
	if got.code != 4 || !strings.Contains(got.err, blocked) {
		t.Fatalf("exit %d\n%s%s", got.code, got.out, got.err)
	}
}

func TestExit130WhenInterrupted(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			reached, release := make(chan struct{}, 100), make(chan struct{})
			t.Cleanup(func() { close(release) })
			file := aimAt(t, demo.Options{Profile: run.SharedSecret, Wrap: logoutOnly(func(_ http.ResponseWriter, r *http.Request) {
				reached <- struct{}{}
				select {
				case <-release:
				case <-r.Context().Done():
				}
			})})
			command := exec.Command(binary, "run", "-c", file)
			var out bytes.Buffer
			command.Stdout, command.Stderr = &out, &out
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- command.Wait() }()
			select {
			case <-reached:
			case err := <-ended:
				t.Fatalf("it ended before it was interrupted: %v\n%s", err, out.String())
			}
			if err := command.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := <-ended; !errors.As(err, &exit) {
				t.Errorf("it ended with %v", err)
			}
			if code := command.ProcessState.ExitCode(); code != 130 {
				t.Errorf("exit %d\n%s", code, out.String())
			}
			doc := document(t, file)
			if !doc.Interrupted || doc.Summary.Conformant || doc.Summary.Pass > 0 {
				t.Errorf("the document of an interrupted run: interrupted %v, %+v", doc.Interrupted, doc.Summary)
			}
			for _, name := range []string{"junit.xml", "report.html", "summary.md"} {
				c, _ := config.Load(file, func(string) string { return "" })
				if info, err := os.Stat(filepath.Join(c.Report.Dir, name)); err != nil || info.Size() == 0 {
					t.Errorf("%s is not there: %v", name, err)
				}
			}
		})
	}
}

func TestExit3WhenTheBudgetIsUsedUp(t *testing.T) {
	t.Parallel()
	file := aimAt(t, demo.Options{Profile: run.SharedSecret, Wrap: logoutOnly(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	})}, func(c *config.Config) { c.Run.Budget = run.Duration(5e8) })
	got := call(t, "run", "-c", file)
	if got.code != 3 || !strings.Contains(got.out, "run.budget") {
		t.Errorf("exit %d\n%s%s", got.code, got.out, got.err)
	}
	if doc := document(t, file); doc.Summary.Pass > 0 || doc.Summary.Conformant {
		t.Errorf("%+v", doc.Summary)
	}
}

func TestExit4WhenNobodyCanBeTold(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	t.Cleanup(func() { _ = full.Close() })
	command := exec.CommandContext(t.Context(), binary, "run", "-c", aimAt(t, demo.Options{Profile: run.SharedSecret}))
	command.Stdout = full
	_ = command.Run() // the exit code is looked at below
	if code := command.ProcessState.ExitCode(); code != 4 {
		t.Errorf("exit %d", code)
	}
}
