package cases_test

import (
	"testing"

	"github.com/loggedout/loggedout/internal/run"
)

func TestKeysThatChange(t *testing.T) {
	scouted := begun().saw("scout", run.Before, run.Alive).sent("scout", "scout", 200)
	old := named().saw(run.Named, "restarted", run.Alive)
	judgeAll(t, []judgedRow{
		{name: "at once", variant: "key-rotate-new-kid/published", evidence: named().ended(), want: run.Pass},
		{name: "later", variant: "key-rotate-new-kid/published", evidence: named().refused().sent(run.Named, "second-try", 200).saw(run.Named, "second-try", run.Dead), want: run.Note, says: "after a pause"},
		{name: "never", variant: "key-rotate-new-kid/published", evidence: named().refused().sent(run.Named, "second-try", 400).saw(run.Named, "second-try", run.Alive), want: run.Fail, severity: run.Interop, says: "was refused"},

		{name: "refused", variant: "key-removed/withdrawn", evidence: scouted.saw("scout", "learnt", run.Dead).saw(run.Named, run.Before, run.Alive).refused().twin(200, run.Dead), want: run.Pass},
		{name: "still taken", variant: "key-removed/withdrawn", evidence: scouted.saw("scout", "learnt", run.Dead).saw(run.Named, run.Before, run.Alive).ended(), want: run.Warn, severity: run.Conformance, says: "ended the session"},
		{name: "never learnt", variant: "key-removed/withdrawn", evidence: scouted.saw("scout", "learnt", run.Alive).saw(run.Named, run.Before, run.Alive).refused().twin(200, run.Dead), want: run.Inconclusive, says: "never accepted"},

		{name: "new", variant: "key-secret-rotation/new-secret", evidence: old.ended(), with: sharing("sub"), want: run.Pass},
		{name: "new later", variant: "key-secret-rotation/new-secret", evidence: old.refused().sent(run.Named, "second-try", 200).saw(run.Named, "second-try", run.Dead), with: sharing("sub"), want: run.Note, says: "a new secret was accepted only after"},
		{name: "new never", variant: "key-secret-rotation/new-secret", evidence: old.refused().sent(run.Named, "second-try", 400).saw(run.Named, "second-try", run.Alive), with: sharing("sub"), want: run.Warn, severity: run.Interop, says: "was refused"},
		{name: "old refused", variant: "key-secret-rotation/old-secret", evidence: old.refused().twin(200, run.Dead), with: sharing("sub"), want: run.Pass},
		{name: "old accepted", variant: "key-secret-rotation/old-secret", evidence: old.ended(), with: sharing("sub"), want: run.Warn, severity: run.Conformance, says: "ended the session"},
		{name: "old and new accepted", variant: "key-secret-rotation/old-secret", evidence: old.ended().twin(200, run.Dead), with: sharing("sub"), want: run.Warn, severity: run.Conformance, says: "ended the session"},
		{name: "old accepted, new not", variant: "key-secret-rotation/old-secret", evidence: old.ended().twin(400, run.Alive), with: sharing("sub"), want: run.Inconclusive, says: "did the hook change it"},
		{name: "the hook did nothing", variant: "key-secret-rotation/old-secret", evidence: old.refused().twin(400, run.Alive), with: sharing("sub"), want: run.Inconclusive, says: "did the hook change it"},
	})
}

func TestKeysThatAreServed(t *testing.T) {
	serving := named().fetches(1).issuer(run.Serve)
	over := func(e evidence, fetches int) evidence { return e.fetches(fetches).issuer(run.ServeAsUsual) }
	closed := over(serving.refused(), 2)
	learnt := serving.sent("scout", "scout", 200).saw("scout", "learnt", run.Dead)
	judgeAll(t, []judgedRow{
		{name: "closed", variant: "key-jwks-down-unknown-kid/status-500", evidence: closed.twin(200, run.Dead), want: run.Pass},
		{name: "open", variant: "key-jwks-down-unknown-kid/connection-closed", evidence: over(serving.ended(), 2), want: run.Fail, severity: run.Security, says: "ended the session"},
		{name: "never asked", variant: "key-jwks-down-unknown-kid/status-500", evidence: over(serving.refused(), 1).twin(200, run.Dead), want: run.Note, says: "not exercised"},
		{name: "recovers", variant: "key-jwks-garbage/html", evidence: closed.twin(400, run.Alive).twin(200, run.Dead), want: run.Note, says: "only after a pause"},
		{name: "does not recover", variant: "key-jwks-garbage/no-keys", evidence: closed.twin(400, run.Alive).twin(400, run.Alive), want: run.Fail, severity: run.Security, says: "no longer ends the session"},
		{name: "5xx", variant: "key-jwks-garbage/null-keys", evidence: over(serving.sent(run.Named, run.CaseSend, 500).saw(run.Named, run.After, run.Alive), 2).twin(200, run.Dead), want: run.Warn, severity: run.Conformance, says: "server error"},
		{name: "bounded", variant: "key-jwks-huge/100-mb-of-keys", evidence: closed.twin(200, run.Dead), want: run.Pass},
		{name: "not followed", variant: "key-jwks-redirect/same-host", evidence: closed.canary().twin(200, run.Dead), want: run.Pass},
		{name: "followed", variant: "key-jwks-redirect/same-host", evidence: closed.canary(run.CanaryHit{Method: "GET", Path: "/jwks"}).twin(200, run.Dead), want: run.Warn, severity: run.Security, says: "fetch from an address"},
		{name: "used", variant: "key-jwks-redirect/other-host", evidence: over(serving.ended(), 2), want: run.Warn, severity: run.Security, says: "ended the session"},

		{name: "served", variant: "key-jwks-down-known-kid/status-500", evidence: over(serving.ended(), 2).sent("scout", run.TwinSend, 200).saw("scout", run.AfterTwin, run.Dead), want: run.Pass},
		{name: "refused", variant: "key-jwks-down-known-kid/status-500", evidence: closed.sent("scout", run.TwinSend, 200).saw("scout", run.AfterTwin, run.Dead), want: run.Warn, severity: run.Interop, says: "was refused"},
		{name: "never asked", variant: "key-jwks-down-known-kid/connection-closed", evidence: over(serving.ended(), 1).sent("scout", run.TwinSend, 200).saw("scout", run.AfterTwin, run.Dead), want: run.Note, says: "not exercised"},
		{name: "refused always", variant: "key-jwks-down-known-kid/status-500", evidence: closed.sent("scout", run.TwinSend, 400).saw("scout", run.AfterTwin, run.Alive), want: run.Inconclusive, says: "JWKS as usual, too"},

		{name: "others served", variant: "key-jwks-slow/hangs-a-minute", evidence: closed.sent("friend", "meanwhile", 200).saw("friend", "meanwhile", run.Dead).twin(200, run.Dead), want: run.Pass},
		{name: "others wait", variant: "key-jwks-slow/hangs-a-minute", evidence: closed.sent("friend", "meanwhile", 400).saw("friend", "meanwhile", run.Alive).twin(200, run.Dead), want: run.Warn, severity: run.Interop, says: "did not work meanwhile"},
		{name: "others throttled", variant: "key-jwks-slow/hangs-a-minute", evidence: closed.sent("friend", "meanwhile", 429).saw("friend", "meanwhile", run.Alive).twin(200, run.Dead), want: run.Note, says: "throttles valid tokens"},
		{name: "others unknown", variant: "key-jwks-slow/hangs-a-minute", evidence: closed.sent("friend", "meanwhile", 200).saw("friend", "meanwhile", run.Unknown).twin(200, run.Dead), want: run.Inconclusive, says: "nobody can tell"},
		{name: "others never asked", variant: "key-jwks-slow/hangs-a-minute", evidence: closed.twin(200, run.Dead), want: run.Inconclusive, says: "not carried through"},

		{name: "used", variant: "key-jwks-mixed-entries/unknown-kty", evidence: over(serving.ended(), 2), want: run.Pass},
		{name: "used later", variant: "key-jwks-mixed-entries/missing-kid", evidence: over(serving.refused().sent(run.Named, "second-try", 200).saw(run.Named, "second-try", run.Dead), 2), want: run.Note, says: "after a pause"},
		{name: "not used", variant: "key-jwks-mixed-entries/malformed-rsa", evidence: over(serving.refused().sent(run.Named, "second-try", 400).saw(run.Named, "second-try", run.Alive), 2), want: run.Warn, severity: run.Interop, says: "was refused"},
		{name: "never asked", variant: "key-jwks-mixed-entries/unknown-alg", evidence: over(serving.refused().sent(run.Named, "second-try", 400).saw(run.Named, "second-try", run.Alive), 1), want: run.Note, says: "not exercised"},

		{name: "refused", variant: "key-jwks-oct/hs256", evidence: over(learnt.refused(), 2).twin(200, run.Dead), want: run.Pass},
		{name: "taken", variant: "key-jwks-oct/hs256", evidence: over(learnt.ended(), 2), want: run.Warn, severity: run.Security, says: "ended the session"},
		{name: "never learnt", variant: "key-jwks-oct/hs256", evidence: over(serving.saw("scout", "learnt", run.Alive).refused(), 1).twin(200, run.Dead), want: run.Note, says: "not exercised"},
		{name: "either", variant: "key-jwks-same-kid-two-keys/first-of-them", evidence: over(learnt.ended(), 2), want: run.Note, says: "which is allowed"},
		{name: "or", variant: "key-jwks-same-kid-two-keys/second-of-them", evidence: over(learnt.refused(), 2).twin(200, run.Dead), want: run.Note, says: "which is allowed"},
		{name: "forged refused", variant: "key-jwks-same-kid-two-keys/forged", evidence: over(learnt.refused(), 2).twin(200, run.Dead), want: run.Pass},
		{name: "forged taken", variant: "key-jwks-same-kid-two-keys/forged", evidence: over(learnt.ended(), 2), want: run.Fail, severity: run.Security, says: "ended the session"},
	})
}

func TestFloodsAndFetches(t *testing.T) {
	flood := func(fetches, status int, state run.State) evidence {
		return named().fetches(1).sent(run.Named, "flood-1-1", status).sent("friend", "meanwhile", 200).saw("friend", "meanwhile", state).
			refused().fetches(fetches).twin(200, run.Dead)
	}
	hit := run.CanaryHit{Method: "GET", Path: "/.well-known/openid-configuration", From: "127.0.0.1"}
	judgeAll(t, []judgedRow{
		{name: "few", variant: "key-unknown-kid-flood/a-minute", evidence: flood(12, 400, run.Dead), want: run.Pass},
		{name: "many", variant: "key-unknown-kid-flood/a-minute", evidence: flood(13, 400, run.Dead), want: run.Warn, severity: run.Conformance, says: "fetched 12 times"},
		{name: "throttled", variant: "key-unknown-kid-flood/a-minute", evidence: flood(2, 429, run.Dead), want: run.Note, says: "throttles a flood"},
		{name: "good ones refused", variant: "key-unknown-kid-flood/a-minute", evidence: flood(2, 400, run.Alive), want: run.Warn, severity: run.Interop, says: "meanwhile"},
		{name: "one ends the session", variant: "key-unknown-kid-flood/a-minute", evidence: named().fetches(1).sent("friend", "meanwhile", 200).saw("friend", "meanwhile", run.Dead).ended().fetches(1), want: run.Warn, severity: run.Security, says: "ended the session"},
		{name: "not counted", variant: "key-unknown-kid-flood/a-minute", evidence: named().refused().sent("friend", "meanwhile", 200).saw("friend", "meanwhile", run.Dead).twin(200, run.Dead), want: run.Inconclusive, says: "not carried through"},

		{name: "nobody comes", variant: "key-iss-driven-fetch/unknown-kid", evidence: named().refused().canary().twin(200, run.Dead), want: run.Pass},
		{name: "fetched", variant: "key-iss-driven-fetch/unknown-kid", evidence: named().refused().canary(hit).twin(200, run.Dead), want: run.Fail, severity: run.Security, says: "fetch from an address"},
		{name: "fetched and used", variant: "key-iss-driven-fetch/known-kid", evidence: named().ended().canary(hit), want: run.Fail, severity: run.Security, says: "fetch from an address"},
		{name: "a secret needs no fetch", variant: "key-iss-driven-fetch/right-secret", evidence: named().ended().canary(hit), with: sharing("sub"), want: run.Fail, severity: run.Security, says: "fetch from an address"},
		{name: "a secret with any iss", variant: "key-iss-driven-fetch/right-secret", evidence: named().ended().canary(), with: sharing("sub"), want: run.Note, says: "which is allowed"},
	})
}
