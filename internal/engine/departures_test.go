package engine_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/loggedout/loggedout/internal/receiver"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/suites/cases"
)

// departures are where a defect comes out otherwise than its declaration says,
// each with the reason: by case, or by case and profile. The declarations were
// written before any run.
var departures = map[string]map[string]string{
	"nobody-means-everybody": {
		"sem-bystander-user":    "the bystanders are among everybody",
		"ser-proto-keys (oidc)": "its token still names a session",
	},
	"sid-ends-all-of-user": {
		"ok-sid-only": "a baseline asks for the named session alone; which others end is judged by sem-sid-ends-one",
	},
	"sub-ends-newest-only": {
		"ok-sub-only":                   "a baseline asks for the named session alone; which others end is judged by sem-sub-ends-all",
		"http-path-app-mismatch (oidc)": "its tokens name the session there",
	},
	"both-claims-end-newest": {
		"clm-sid-null-with-sub":  "the user has a second session, which ends in the place of the one that the twin names",
		"http-path-app-mismatch": "the user has a second session, which ends in the place of the one that the twin names",
	},
	"already-out-refused": {
		"rsp-success-status (shared-secret)": "a logout that finds nobody any more was done, and is answered with 400",
	},
	"unknown-session-crashes": {
		"rsp-success-status (shared-secret)": "a logout that finds nobody any more was done, and is answered with 500",
		"http-path-app-mismatch (oidc)":      "there aud is looked at first",
		"rsp-no-user-enumeration":            "forged tokens are refused before anybody is looked up; that genuine ones tell who is known is a note",
	},
	"aud-unchecked": {
		"rsp-refusal-status (oidc)":              "a token for another app is accepted, and finds nobody",
		"http-path-app-mismatch (shared-secret)": "every account has a secret of its own",
		"ser-case-claims-only (shared-secret)":   "aud may be missing",
	},
	"signature-ignored": {
		"rsp-refusal-status (shared-secret)":    "a forged token is accepted, and finds nobody",
		"jwe-inner-not-genuine (shared-secret)": noKeyToEncryptTo,
		"hdr-duplicate-members (oidc)":          "under the other profile tokens have no kid, so that one of the variants has none twice",
		"http-path-app-mismatch (oidc)":         "aud still tells the clients apart",
	},
	"alg-none-accepted": {
		"jwe-inner-not-genuine (shared-secret)": noKeyToEncryptTo,
	},
	"jwks-garbage-crashes": {
		"rsp-refusal-status": "what crashes is the answer to a token that has to be refused",
	},
	"keys-never-refetched": {
		"key-jwks-garbage":       "who never asks for the keys again sees no garbage, and the case notes that",
		"key-jwks-mixed-entries": "who never asks for the keys again sees no other entries, and the case notes that",
	},
}

// departure is why a case comes out otherwise, or nothing.
func departure(defect, id string, profile run.Profile) string {
	return cmp.Or(departures[defect][id], departures[defect][id+" ("+string(profile)+")"])
}

// hides are cases that a defect keeps from being judged, each with the reason.
var hides = map[string]map[string]string{
	"keys-never-refetched": {
		"key-removed":            "a key that was never learnt cannot be forgotten",
		"sig-alg-not-advertised": notLearnt,
		"sig-ecdsa-wrong-curve":  notLearnt,
		"sig-key-purpose":        notLearnt,
	},
	"jwks-all-or-nothing": {
		"sig-ecdsa-wrong-curve": "the set with the odd key is thrown away",
	},
	"sub-prefix-match": {
		"clm-sub-oversize": "beside it, a prefix ends the sessions of everybody whose name begins that way",
	},
}

const noKeyToEncryptTo = "nobody is registered for encryption, and what cannot be read is refused"

const notLearnt = "the key in question is never learnt"

// baselineFails is the reason of a whole class: a defect that stops every
// valid token is found by the baselines, and the other cases that expect
// success are inconclusive, as everything else that rests on a baseline.
var baselineFails = map[string]bool{"csrf-required": true, "late-death-70s": true}

// narrow are defects that meet the cases that catch them alone, also with -full,
// each with the reason.
var narrow = map[string]string{
	"late-death-70s": "every case would wait for sessions that die after more than a minute",
}

// onlyNoted are cases of sessions and keys that no defect makes fail, each with
// the reason.
var onlyNoted = map[string]string{
	"sem-offline-token": "BCL 2.7 has the token kept, and local policy may revoke it: a note",
}

// Every case of sessions and of keys is seen failing by some defect.
func TestCasesOfSessionsAndKeysCanFail(t *testing.T) {
	for _, c := range cases.All() {
		if group := c.Group(); group != "SEM" && group != "KEY" {
			continue
		}
		caught := slices.ContainsFunc(receiver.Defects(), func(d receiver.Defect) bool {
			return slices.ContainsFunc(d.Profiles, func(profile string) bool {
				departs := departure(d.Name, c.ID, run.Profile(profile)) != ""
				return slices.Contains(d.Caught, c.ID) != departs
			})
		})
		if why, noted := onlyNoted[c.ID]; noted == caught {
			t.Errorf("%s: seen failing: %v; excused: %q", c.ID, caught, why)
		}
	}
}
