package receiver

import (
	"net/http"
	"slices"
	"sync"
)

// endedElsewhere logs one user in here and at another application, ends the session here, and says whether the other
// has ended too.
func endedElsewhere(other string, who object) func(*world) bool {
	return func(w *world) bool {
		if w.shared {
			other = "forum-second"
		}
		here, there := w.login("alice", "s1"), w.loginAt(other, "alice", "s1")
		w.accepts(w.token(who), here, "alice")
		return !there.alive("alice")
	}
}

// sessionWrongdoings are those about whose session ends, and what comes back to life.
var sessionWrongdoings = map[string]func(*world) bool{
	"every-client-logged-out":  all(endedElsewhere("web-second", object{"sub": "alice"}), endedElsewhere("web-second", object{"sid": "s1"})),
	"every-account-logged-out": endedElsewhere("", object{"sub": "alice"}),
	"issuer-not-in-key":        all(endedElsewhere("web-other", object{"sub": "alice"}), endedElsewhere("web-other", object{"sid": "s1"})),
	"unknown-session-crashes":  func(w *world) bool { return w.send(w.token(object{"sub": "nobody"})).StatusCode == 500 },
	"already-out-refused": func(w *world) bool {
		w.accepts(w.token(object{"sub": "alice"}), w.login("alice", "s1"), "alice")
		return w.send(w.token(object{"sub": "alice"})).StatusCode == 400
	},
	"api-keeps-its-own-sessions": surfaceLives("api/me"),
	"api-token-outlives-session": surfaceLives("api/token/me"),
	"refresh-token-kept": func(w *world) bool {
		w.accepts(w.token(object{"sub": "alice"}), w.login("alice", "s1"), "alice")
		return w.issuer.revocations() == 0
	},
	"refresh-brings-session-back": func(w *world) bool {
		b := w.login("alice", "s1")
		w.refreshMeanwhile(b, func() { w.accepts(w.token(object{"sub": "alice"}), b, "alice") })
		return b.alive("alice")
	},
	"no-replay-memory": func(w *world) bool {
		token := w.token(object{"sub": "alice"})
		w.accepts(token, w.login("alice", "s1"), "alice")
		return w.ends(token, w.login("alice", "s1"), "alice")
	},
	"token-used-up-before-logout": func(w *world) bool {
		b, token := w.login("alice", "s1"), w.token(object{"sub": "alice"})
		w.cluster.store.SetDown(true)
		w.isRefusal(w.send(token), 400)
		w.cluster.store.SetDown(false)
		return !w.ends(token, b, "alice")
	},
	"store-failure-swallowed": func(w *world) bool {
		w.cluster.store.SetDown(true)
		defer w.cluster.store.SetDown(false)
		return w.send(w.token(object{"sub": "alice"})).StatusCode == 200
	},
	"parallel-logouts-crash": func(w *world) bool {
		w.login("alice", "s1")
		answers := make([]int, 20)
		var group sync.WaitGroup
		for i := range answers {
			token := w.token(object{"sub": "alice"})
			group.Go(func() { answers[i] = w.send(token).StatusCode })
		}
		group.Wait()
		return slices.Contains(answers, http.StatusInternalServerError)
	},
}

// surfaceLives ends a session that was seen at every surface, and says whether one surface still shows it.
func surfaceLives(path string) func(*world) bool {
	return func(w *world) bool {
		b := w.login("alice", "s1")
		for _, surface := range surfaces {
			if !b.shows(surface, "alice") {
				w.Errorf("%s does not name the user", surface)
			}
		}
		w.accepts(w.token(object{"sub": "alice"}), b, "alice")
		for _, surface := range surfaces {
			if surface != path && b.shows(surface, "alice") {
				w.Errorf("%s names the user still", surface)
			}
		}
		return b.shows(path, "alice")
	}
}

// refreshMeanwhile has a session refresh its tokens, and does something before the issuer answers.
func (w *world) refreshMeanwhile(b *browser, meanwhile func()) (status int) {
	w.Helper()
	held, reached := make(chan struct{}), make(chan struct{})
	w.issuer.mu.Lock()
	w.issuer.held, w.issuer.reached = held, reached
	w.issuer.mu.Unlock()
	var group sync.WaitGroup
	group.Go(func() { status = b.copied().get("/app/" + b.app + "/refresh").StatusCode })
	<-reached
	meanwhile()
	close(held)
	group.Wait()
	w.issuer.mu.Lock()
	w.issuer.held = nil
	w.issuer.mu.Unlock()
	return status
}
