package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// binary is the program as it is shipped.
var binary string

func TestMain(m *testing.M) { os.Exit(withBinary(m)) }

func withBinary(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mockidp")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system clears what is left
	binary = filepath.Join(dir, "mockidp")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=v-test", "-o", binary, ".")
	if text, err := build.CombinedOutput(); err != nil {
		panic(string(text))
	}
	return m.Run()
}

// run runs the program to its end.
func run(t *testing.T, env []string, args ...string) (code int, out, errors string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c := exec.CommandContext(t.Context(), binary, args...)
	c.Env, c.Stdout, c.Stderr = append([]string{"PATH=" + os.Getenv("PATH")}, env...), &stdout, &stderr
	code = exitOf(t, c.Run())
	return code, stdout.String(), stderr.String()
}

func exitOf(t *testing.T, err error) int {
	t.Helper()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

// A running program.
type running struct {
	issuer, control, banner string
	command                 *exec.Cmd
	log                     *bytes.Buffer
}

// start runs the server on free ports and reads the URLs that it prints.
func start(t *testing.T, env []string, args ...string) *running {
	t.Helper()
	r := &running{log: &bytes.Buffer{}}
	r.command = exec.Command(binary, args...)
	r.command.Env, r.command.Stderr = append([]string{"PATH=" + os.Getenv("PATH")}, env...), r.log
	out, err := r.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if r.command.ProcessState == nil {
			_ = r.command.Process.Kill()
			_ = r.command.Wait()
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		r.banner += line + "\n"
		if at, ok := strings.CutPrefix(line, "  issuer   "); ok && r.issuer == "" {
			r.issuer = at
		}
		if at, ok := strings.CutPrefix(line, "  control  "); ok {
			r.control = at
		}
		if strings.Contains(line, "/deliveries") { // the last line
			return r
		}
	}
	t.Fatalf("it ended: %s %s", r.banner, r.log)
	return nil
}

var freePorts = []string{"--listen", "127.0.0.1:0", "--control-listen", "127.0.0.1:0"}

func read(t *testing.T, answer *http.Response, err error) (int, string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func do(t *testing.T, method, target, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	return read(t, answer, err)
}

// login logs alice in at the client app and redeems the code.
func login(t *testing.T, issuer string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	const callback = "http://127.0.0.1:9/callback"
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(issuer + "/authorize?" + url.Values{
		"client_id": {"app"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"}, "login_hint": {"alice"},
	}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	at, err := answer.Location()
	if err != nil {
		t.Fatal(err)
	}
	answer, err = http.PostForm(issuer+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {at.Query().Get("code")}, "redirect_uri": {callback}, "client_id": {"app"},
	})
	if status, body := read(t, answer, err); status != http.StatusOK {
		t.Fatalf("token: %d %s", status, body)
	}
}
