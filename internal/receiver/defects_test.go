package receiver

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// catalogue are the ids of the cases that may catch a defect, read as text: this package imports nothing of ours.
func catalogue(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../suites/cases/testdata/corpus.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ ID string }
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	ids := map[string]bool{}
	for _, c := range cases {
		ids[c.ID] = true
	}
	return ids
}

func TestDefectsAreWellFormed(t *testing.T) {
	known, seen := catalogue(t), map[string]bool{}
	for _, d := range Defects() {
		if seen[d.Name] || !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(d.Name) {
			t.Errorf("%q is no name, or there twice", d.Name)
		}
		seen[d.Name] = true
		if d.Wrong == "" || d.apply == nil || len(d.Profiles) == 0 {
			t.Errorf("%s: incomplete", d.Name)
		}
		for _, id := range d.Caught {
			if !known[id] {
				t.Errorf("%s: %s is no case", d.Name, id)
			}
		}
		if wrongdoings[d.Name] == nil {
			t.Errorf("%s: no test shows what it does wrong", d.Name)
		}
	}
	if len(seen) != len(wrongdoings) {
		t.Errorf("%d defects, %d tests", len(seen), len(wrongdoings))
	}
}

// TestDefects does the same to the correct receiver and to the broken one, per profile: only the broken one does wrong.
func TestDefects(t *testing.T) {
	for _, d := range Defects() {
		for _, profile := range d.Profiles {
			t.Run(d.Name+"/"+profile, func(t *testing.T) {
				t.Parallel()
				for _, defect := range []string{"", d.Name} {
					w := newWorld(t, defect)
					w.shared = profile == ProfileSharedSecret
					if got := wrongdoings[d.Name](w); got != (defect != "") {
						t.Errorf("with defect %q: wrong %v", defect, got)
					}
					if !w.otherwiseFine(d) {
						t.Errorf("with defect %q: more is wrong than said", defect)
					}
				}
			})
		}
	}
}

// otherwiseFine: a good token works and a plain bad one does not, unless that is what the defect is about.
func (w *world) otherwiseFine(d Defect) bool {
	w.Helper()
	b, bystander := w.login("zoe", "s8"), w.login("yan", "s9")
	refusal := w.send("not a token")
	if !b.alive("zoe") || (refusal.StatusCode != 400 && !slices.Contains(d.Caught, "rsp-refusal-status") && d.Name != "csrf-required") {
		return false
	}
	token := w.token(object{"sub": "zoe"})
	ended := w.ends(token, b, "zoe") || d.Name == "csrf-required"
	if strings.HasPrefix(d.Name, "late-death-") {
		w.clock.advance(70 * time.Second)
		ended = !b.alive("zoe")
	}
	return ended && bystander.alive("yan")
}

// ends sends a token and says whether it ended the browser's session.
func (w *world) ends(token string, b *browser, sub string) bool {
	w.Helper()
	w.send(token)
	return !b.alive(sub)
}

// endsAlice is a wrongdoing that consists of a bad token ending a session.
func endsAlice(token func(*world) string) func(*world) bool {
	return func(w *world) bool { return w.ends(token(w), w.login("alice", "s1"), "alice") }
}

// claimEndsAlice is genuine but for a changed claim.
func claimEndsAlice(change func(now int64) object) func(*world) bool {
	return endsAlice(func(w *world) string {
		return w.token(object{"sub": "alice"}, change(w.clock.now().Unix()))
	})
}

func without(claim string) func(int64) object {
	return func(int64) object { return object{claim: nil} }
}

func forged(name string) func(*world) bool {
	return endsAlice(func(w *world) string { return w.forgeries(w.claims(object{"sub": "alice"}))[name] })
}

func all(do ...func(*world) bool) func(*world) bool {
	return func(w *world) bool {
		wrong := do[0](w)
		for _, each := range do[1:] {
			if each(w) != wrong {
				w.Error("not all of the wrongdoings were done, or some too many")
			}
		}
		return wrong
	}
}

// oidcOnly does something else where a shared secret does not ask for the claim.
func oidcOnly(do, instead func(*world) bool) func(*world) bool {
	return func(w *world) bool {
		if w.shared {
			return instead(w)
		}
		return do(w)
	}
}

var (
	wrongAudience = claimEndsAlice(func(int64) object { return object{"aud": "other"} })
	longExpired   = claimEndsAlice(func(now int64) object { return object{"exp": now - hour} })
)

// wrongdoings holds for each defect what only the broken receiver does.
var wrongdoings = merged(tokenWrongdoings, sessionWrongdoings, deathWrongdoings, keyWrongdoings, encryptionWrongdoings)

func merged(all ...map[string]func(*world) bool) map[string]func(*world) bool {
	out := map[string]func(*world) bool{}
	for _, each := range all {
		maps.Copy(out, each)
	}
	return out
}

var tokenWrongdoings = map[string]func(*world) bool{
	"alg-none-accepted": forged("none"),
	"signature-ignored": all(forged("none"), forged("stripped"), forged("other claims"), forged("attacker, our kid"),
		forged("attacker, new kid"), forged("embedded key"), forged("PEM as secret"), forged("empty key"), forged("secret"),
		forged("tampered")),
	"pem-as-hmac-key":      forged("PEM as secret"),
	"empty-hmac-key":       all(forged("empty key"), forged("empty key, kid"), forged("zero bytes")),
	"embedded-jwk-trusted": all(forged("embedded key"), forged("embedded, kid"), forged("embedded secret"), embeddedPrivate),
	"weak-secret-fallback": all(forged("secret"), forged("changeme")),
	"keys-never-refetched": ignoresNewKeys,
	"crit-ignored": endsAlice(func(w *world) string {
		return w.tokenWith(object{"crit": []string{"x"}, "x": 1}, object{"sub": "alice"})
	}),
	"typ-unchecked": endsAlice(func(w *world) string { return w.tokenWith(object{"typ": "at+jwt"}, object{"sub": "alice"}) }),

	"iss-unchecked": all(claimEndsAlice(without("iss")),
		claimEndsAlice(func(int64) object { return object{"iss": "https://evil.example"} })),
	"aud-unchecked":   all(wrongAudience, oidcOnly(claimEndsAlice(without("aud")), wrongAudience)),
	"aud-string-only": refusesAudienceList,
	"exp-unchecked":   all(longExpired, oidcOnly(claimEndsAlice(without("exp")), longExpired)),
	"exp-optional": func(w *world) bool {
		if longExpired(w) {
			w.Error("an expired token was accepted")
		}
		return claimEndsAlice(without("exp"))(w)
	},
	"nbf-unchecked": claimEndsAlice(func(now int64) object { return object{"nbf": now + hour, "exp": now + 2*hour} }),
	"iat-optional":  claimEndsAlice(without("iat")),
	"events-unchecked": all(claimEndsAlice(without("events")),
		claimEndsAlice(func(int64) object { return object{"events": object{"urn:x": object{}}} })),
	"nonce-allowed": claimEndsAlice(func(int64) object { return object{"nonce": "n"} }),

	"nobody-means-everybody": func(w *world) bool {
		bob := w.login("bob", "s2")
		ended := w.ends(w.token(), w.login("alice", "s1"), "alice")
		return ended && !bob.alive("bob")
	},
	"sid-ends-all-of-user": func(w *world) bool {
		one, two := w.login("alice", "s1"), w.login("alice", "s2")
		w.accepts(w.token(object{"sid": "s1"}), one, "alice")
		return !two.alive("alice")
	},
	"both-claims-end-newest": func(w *world) bool {
		one, two := w.login("alice", "s1"), w.login("alice", "s2")
		w.send(w.token(object{"sub": "alice", "sid": "s1"}))
		return one.alive("alice") && !two.alive("alice")
	},
	"sub-ends-newest-only": func(w *world) bool {
		one, two := w.login("alice", "s1"), w.login("alice", "s2")
		w.accepts(w.token(object{"sub": "alice"}), two, "alice")
		return one.alive("alice")
	},
	"cookie-only-logout": func(w *world) bool {
		b := w.login("alice", "s1")
		old := b.copied()
		w.accepts(w.token(object{"sub": "alice"}), b, "alice")
		if b.alive("alice") {
			w.Error("the browser's own session came back")
		}
		return old.alive("alice")
	},
	"sub-prefix-match": func(w *world) bool {
		alice := w.login("alice", "s1")
		return w.ends(w.token(object{"sub": "ali"}), alice, "alice")
	},

	"get-accepted": func(w *world) bool {
		b := w.login("alice", "s1")
		res, err := http.Get(w.server.URL + "/auth/logout/" + w.app() + "?logout_token=" + w.token(object{"sub": "alice"}))
		w.done(res, err)
		return !b.alive("alice")
	},
	"csrf-required": func(w *world) bool {
		b := w.login("alice", "s1")
		if res := w.sendAs(b, w.token(object{"sub": "alice"}), "https://rp.example", "x"); res.StatusCode != 200 || b.alive("alice") {
			w.Error("not even a browser can log out")
		}
		b = w.login("alice", "s1")
		res := w.send(w.token(object{"sub": "alice"}))
		return res.StatusCode == 403 && b.alive("alice")
	},
	"user-agent-required": func(w *world) bool {
		b := w.login("alice", "s1")
		res := w.sendAs(b, w.token(object{"sub": "alice"}), "", "")
		return res.StatusCode == 403 && b.alive("alice")
	},
	"cacheable-answers": func(w *world) bool {
		bad, good := w.send("x"), w.send(w.token(object{"sub": "alice"}))
		if bad.StatusCode != 400 || good.StatusCode != 200 {
			w.Errorf("answered %d and %d", bad.StatusCode, good.StatusCode)
		}
		return bad.Header.Get("Cache-Control") == "" && good.Header.Get("Cache-Control") == ""
	},
	"answers-200-to-refusals": func(w *world) bool {
		b := w.login("alice", "s1")
		res := w.send(w.token(object{"sub": "alice", "exp": 1}))
		if !b.alive("alice") {
			w.Error("the session has ended")
		}
		return res.StatusCode == 200
	},
}

func embeddedPrivate(w *world) bool {
	return endsAlice(func(w *world) string {
		return rawToken(object{"jwk": jose.JSONWebKey{Key: testKeys().other}}, w.claims(object{"sub": "alice"}),
			func(s string) []byte { return rs256(testKeys().other, s) })
	})(w)
}

func ignoresNewKeys(w *world) bool {
	w.send(w.token(object{"sub": "nobody"}))
	b := w.login("alice", "s1")
	w.bothKeys()
	return !w.ends(w.newKey(object{"sub": "alice"}), b, "alice")
}

func refusesAudienceList(w *world) bool {
	audience := "app"
	if w.shared {
		audience = "forum"
	}
	if !w.ends(w.token(object{"sub": "alice", "aud": audience}), w.login("alice", "s1"), "alice") {
		w.Error("a plain audience is refused")
	}
	return !w.ends(w.token(object{"sub": "alice", "aud": []string{audience}}), w.login("alice", "s1"), "alice")
}

// sendAs sends a token with the browser's cookies off and the given Origin and User-Agent.
func (w *world) sendAs(b *browser, token, origin, agent string) *http.Response {
	w.Helper()
	form := url.Values{"logout_token": {token}}.Encode()
	req, err := http.NewRequest("POST", w.server.URL+"/auth/logout/"+b.app, strings.NewReader(form))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", agent)
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	res, err := http.DefaultClient.Do(req)
	return w.done(res, err)
}
