package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestServeEndASessionAndStop(t *testing.T) {
	told := make(chan string, 1)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.PostFormValue("logout_token") }))
	defer app.Close()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		r := start(t, nil, append(freePorts, "--client", "app="+app.URL+"/out")...)
		if !strings.Contains(r.banner, "permissive") || !strings.Contains(r.banner, app.URL+"/out") || strings.Contains(r.banner, "WARNING") {
			t.Errorf("banner %s", r.banner)
		}
		if code, out, _ := run(t, nil, "healthcheck", "--url", strings.TrimSuffix(r.issuer, "/default")+"/healthz"); code != 0 || out != "ok\n" {
			t.Errorf("health: %d %s", code, out)
		}
		login(t, r.issuer)
		_, body := do(t, "GET", r.control+"/sessions?sub=alice", "")
		var list struct {
			Sessions []struct {
				Logins []struct{ Sid string }
			}
		}
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Sessions) != 1 {
			t.Fatalf("sessions %s %v", body, err)
		}
		status, body := do(t, "DELETE", r.control+"/sessions/"+list.Sessions[0].Logins[0].Sid, "")
		if token := <-told; status != http.StatusOK || !strings.Contains(body, token) || !strings.Contains(body, `"status":200`) {
			t.Errorf("ended: %d %s", status, body)
		}
		// The named cases are there.
		if status, body := do(t, "POST", r.control+"/tokens", `{"case":"clm-exp-past/hour","client_id":"app","sub":"alice"}`); status != http.StatusOK {
			t.Errorf("a case: %d %s", status, body)
		}
		login(t, r.issuer)
		if status, body := do(t, "DELETE", r.control+"/clients/app", ""); status != http.StatusNoContent {
			t.Errorf("forget the client: %d %s", status, body)
		}
		if _, body := do(t, "POST", r.control+"/logout", `{"sub":"alice"}`); !strings.Contains(body, "nowhere to go") {
			t.Errorf("nowhere to go: %s", body)
		}
		if err := r.command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if code := exitOf(t, r.command.Wait()); code != 0 {
			t.Errorf("%v: exit code %d %s", signal, code, r.log)
		}
		if !strings.Contains(r.log.String(), "nowhere to go") {
			t.Errorf("log %s", r.log)
		}
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mockidp.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWrongCommandLines(t *testing.T) {
	taken := httptest.NewServer(http.NotFoundHandler())
	defer taken.Close()
	file := func(text string) []string { return []string{"-c", write(t, text)} }
	tests := []struct {
		name string
		env  []string
		args []string
		code int
		want string
	}{
		{"unknown flag", nil, []string{"--nonsense"}, 2, "unknown flag: --nonsense"},
		{"unknown command", nil, []string{"serve"}, 2, `unknown command "serve"`},
		{"client without a URI", nil, []string{"--client", "app"}, 2, "want ID=LOGOUT_URI"},
		{"client with a bad URI", nil, append([]string{"--client", "app=/out"}, freePorts...), 2, "http or https"},
		{"listen", nil, []string{"--listen", "8080"}, 2, "want HOST:PORT"},
		{"control beyond loopback", nil, []string{"--control-listen", ":8081"}, 2, "give a --control-token"},
		{"issuer URL", nil, []string{"--issuer-url", "idp"}, 2, "want a URL"},
		{"strict and empty", nil, []string{"--strict"}, 2, "nothing is"},
		{"no file", nil, []string{"-c", "/nowhere.yaml"}, 2, "/nowhere.yaml"},
		{"unknown key", nil, file("clients:\n  - client_id: a\n    backchannel_logout_url: x\n"), 2, `mockidp.yaml:3:5: unknown field "backchannel_logout_url"`},
		{"wrong type", nil, file("issuers:\n  - name: a\n    clients:\n      - client_id: a\n        redirect_uris: http://x\n"), 2, "mockidp.yaml:5:24:"},
		{"key twice", nil, file("users: []\nusers: []\n"), 2, "mockidp.yaml:2:1:"},
		{"two documents", nil, file("users: []\n---\nusers: []\n"), 2, "one YAML document"},
		{"user without sub", nil, file("users:\n  - {name: x}\n"), 2, "users[0]: want a sub"},
		{"issuer name", nil, append(file("issuers: [{name: token}]"), freePorts...), 2, "name is that of an endpoint"},
		{"PORT", []string{"PORT=x"}, nil, 2, `PORT is "x"`},
		{"variable", []string{"MOCKIDP_STRICT=maybe"}, nil, 2, "MOCKIDP_STRICT"},
		{"port taken", nil, []string{"--listen", taken.Listener.Addr().String()}, 1, "address already in use"},
		{"not healthy", nil, []string{"healthcheck", "--url", taken.URL}, 1, "404"},
		{"nobody there", []string{"MOCKIDP_LISTEN=127.0.0.1:1"}, []string{"healthcheck"}, 1, "not healthy"},
	}
	for _, tt := range tests {
		if code, out, errors := run(t, tt.env, tt.args...); code != tt.code || !strings.Contains(errors, tt.want) || out != "" {
			t.Errorf("%s: exit code %d, want %d: %s %s", tt.name, code, tt.code, out, errors)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	if code, out, _ := run(t, nil, "version"); code != 0 || out != "mockidp v-test\n" {
		t.Errorf("version: %d %s", code, out)
	}
	if code, out, _ := run(t, nil, "--help"); code != 0 || !strings.Contains(out, "MOCKIDP_CONTROL_LISTEN") || !strings.Contains(out, "curl -X POST") {
		t.Errorf("help: %d %s", code, out)
	}
}

func TestFileAndEnvironment(t *testing.T) {
	path := write(t, `
clients:
  - client_id: app
    client_secret: hidden-secret
    backchannel_logout_uri: http://127.0.0.1:9/out
users:
  - {sub: alice, name: Alice, groups: [staff, {deep: 1}]}
issuers:
  - name: tenant
    strict: true
    signing_algs: [ES256]
`)
	r := start(t, []string{
		"MOCKIDP_CONFIG=" + path, "PORT=0", "MOCKIDP_CONTROL_LISTEN=127.0.0.1:0", "MOCKIDP_CLIENT=b=http://127.0.0.1:9/b,c=http://127.0.0.1:9/c",
		"MOCKIDP_ISSUER_URL=http://idp.example/sso", "MOCKIDP_CONTROL_TOKEN=t0ken", "MOCKIDP_QUIET=true",
	})
	for _, want := range []string{
		"http://idp.example/sso/default\n", "http://idp.example/sso/tenant\n", "app of", "b of", "c of", "Only the configured issuers", `Bearer $TOKEN`,
	} {
		if !strings.Contains(r.banner, want) {
			t.Errorf("the banner lacks %q: %s", want, r.banner)
		}
	}
	if strings.Contains(r.banner, "hidden-secret") || strings.Contains(r.banner, "t0ken") {
		t.Errorf("the banner shows a secret: %s", r.banner)
	}
	if status, _ := do(t, "GET", r.control+"/users", ""); status != http.StatusUnauthorized {
		t.Errorf("without the token: %d", status)
	}
	request, err := http.NewRequest(http.MethodGet, r.control+"/users", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer t0ken")
	answer, err := http.DefaultClient.Do(request)
	if status, body := read(t, answer, err); status != 200 || !strings.Contains(body, `"deep":1`) {
		t.Errorf("users: %d %s", status, body)
	}
}

func TestBeyondLoopbackWarns(t *testing.T) {
	r := start(t, nil, "--listen", ":0", "--control-listen", "127.0.0.1:0")
	if strings.Count(r.banner, "WARNING") != 2 || !strings.Contains(r.issuer, "http://127.0.0.1:") {
		t.Errorf("banner %s", r.banner)
	}
	if status, _ := do(t, "GET", r.issuer+"/jwks", ""); status != http.StatusOK {
		t.Errorf("JWKS: %d", status)
	}
}
