package main_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every command of the README is run, section by section, in an empty folder,
// with the ports moved to free ones. What make does is run by CI itself.
func TestReadmeCommands(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	for name, source := range map[string]string{"conformance": ".", "mockidp": "../mockidp"} {
		if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, name), source).CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", name, err, out)
		}
	}
	receiver, issuer, control := freePort(t), freePort(t), freePort(t)
	move := strings.NewReplacer("127.0.0.1:3000", receiver, "127.0.0.1:8080", issuer, "127.0.0.1:8081", control)
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(move.Replace(content)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	says := map[string]string{
		"Test your application":  "Conformant to the oidc profile",
		"Without OpenID Connect": "not logged in",
		"Use the fake issuer":    "400",
	}
	for _, section := range regexp.MustCompile(`(?m)^##+ `).Split(string(text), -1) {
		title, body, _ := strings.Cut(section, "\n")
		for _, yaml := range blocks(body, "yaml") {
			write("conformance.yaml", yaml)
		}
		script := strings.Join(blocks(body, "sh"), "")
		if script == "" || strings.Contains(script, "make demo") {
			continue
		}
		t.Run(title, func(t *testing.T) {
			write("script", "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n"+awaited(script))
			command := exec.CommandContext(t.Context(), "bash", "script")
			command.Dir = dir
			command.Env = append(os.Environ(), "CONFORMANCE_ISSUER_URL=http://"+issuer+"/default", "CONFORMANCE_ISSUER_LISTEN="+issuer,
				"CONFORMANCE_RECEIVER_LISTEN="+receiver, "CONFORMANCE_DECLARES_KEY_CACHE=1s", "MOCKIDP_LISTEN="+issuer, "MOCKIDP_CONTROL_LISTEN="+control)
			out, err := command.CombinedOutput()
			if err != nil || !strings.Contains(strings.ToLower(string(out)), strings.ToLower(says[title])) || says[title] == "" {
				t.Errorf("%v, want %q\n%s", err, says[title], out)
			}
			delete(says, title)
		})
	}
	for title := range says {
		t.Errorf("the README has no section %q with commands", title)
	}
}

// blocks are the fenced blocks of a language.
func blocks(text, language string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// awaited leaves out what only a clone can do, and waits for every server that
// the script starts, as somebody who types the commands does.
func awaited(script string) string {
	var out strings.Builder
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "make ") {
			continue
		}
		command, _, _ := strings.Cut(line, "#")
		out.WriteString(line)
		port := "127.0.0.1:3000"
		if strings.Contains(line, "mockidp") {
			port = "127.0.0.1:8081"
		}
		if strings.HasSuffix(strings.TrimSpace(command), "&") {
			out.WriteString("for i in $(seq 100); do curl -s -o /dev/null http://" + port + "/ && break; done\n")
		}
	}
	return out.String()
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only its address is wanted
	return l.Addr().String()
}

// Every relative link of the documents leads somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/decisions/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, link := range regexp.MustCompile(`\]\(([^):#]+)\)`).FindAllStringSubmatch(string(text), -1) {
				if _, err := os.Stat(filepath.Join(filepath.Dir(file), link[1])); err != nil {
					t.Errorf("%s links to %s: %v", file, link[1], err)
				}
			}
		}
	}
}
