package main_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// A newcomer learns what is sent, why, what was seen, what each verdict would
// mean, and how to send it by hand.
func TestExplain(t *testing.T) {
	for name, wants := range map[string][]string{
		"clm-exp-past/hour": {
			"A token whose exp has passed is refused.", "ASVS 9.2.1", "https://openid.net/specs/openid-connect-backchannel-1_0.html#rfc.section.2.6",
			"the session ended, by a token that had to be refused", "declares a leeway of 55m0s", `"exp": 1`,
			"POST (path) HTTP/1.1", "token=$(conformance mint clm-exp-past/hour --sub alice)", `--data "logout_token=$token"`,
		},
		"hdr-alg-none":                    {"CVE-2026-18569", `"alg": "none"`, "not at all"},
		"http-get":                        {"GET (path)?logout_token=(token) HTTP/1.1", `"$LOGOUT_URL?logout_token=$token"`, "warn            the session ended"},
		"xjwt-id-token/of-the-login":      {"the id_token of a login, as it was captured", "token=$(echo …)"},
		"xjwt-id-token/of-the-secret":     {"CONFORMANCE_SECRET_TEXT=…", "--profile shared-secret"},
		"ok-no-browser-context":           {"-H 'User-Agent:'"},
		"rsp-no-leak/sql":                 {"judged on the answers of all other cases", "ASVS 16.5.1"},
		"http-param-missing-or-empty":     {"--data 'foo=bar'", "\ncurl"},
		"key-rotate-new-kid":              {"with the key of the role next", "steps of its own"},
		"hdr-typ-other-kind/id-token-jwt": {"https://datatracker.ietf.org/doc/html/draft-ietf-oauth-rfc8725bis#section-3.11"},
	} {
		got := call(t, "explain", name)
		for _, want := range wants {
			if got.code != 0 || !strings.Contains(strings.ReplaceAll(got.out, "\n  by hand ", "\n"), want) {
				t.Errorf("explain %s lacks %q (%s):\n%s", name, want, got.err, got.out)
			}
		}
	}
}

func TestList(t *testing.T) {
	var rows []struct {
		ID, Group string
		Level     run.Level
		Clauses   []string
		Profiles  []run.Profile
		Variants  []string
		Requires  string
		Needs     []run.Need
	}
	got := call(t, "list", "--format", "json")
	if err := json.Unmarshal([]byte(got.out), &rows); err != nil || len(rows) != len(cases.All()) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, c := range cases.All() {
		r := rows[i]
		if r.ID != c.ID || r.Group != c.Group() || r.Level != c.Level || !slices.Equal(r.Clauses, c.Clauses) ||
			len(r.Variants) != len(c.Variants) || len(r.Profiles) == 0 || r.Requires == "" || r.Needs == nil {
			t.Errorf("%+v", r)
		}
	}
	for name, args := range map[string][]string{
		"rsp-": {"--group", "RSP"}, "clm-exp-": {"--case", "clm-exp-past,clm-exp-missing"},
		"key-": {"--group", "key", "--profile", "oidc", "--level", "must"},
	} {
		out := strings.TrimSpace(call(t, append([]string{"list"}, args...)...).out)
		for line := range strings.Lines(out) {
			if !strings.HasPrefix(line, name) {
				t.Errorf("%v lists %s", args, line)
			}
		}
		if out == "" {
			t.Errorf("%v lists nothing", args)
		}
	}
	if out := call(t, "list", "--profile", "shared-secret").out; strings.Contains(out, "key-rotate-new-kid") || !strings.Contains(out, "ok-sub-only") {
		t.Errorf("the cases with a shared secret are\n%s", out)
	}
}
