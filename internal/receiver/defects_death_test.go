package receiver

import "time"

// deathWrongdoings are those about when and where a session is dead.
var deathWrongdoings = map[string]func(*world) bool{
	"late-death-2s":  livesFor(2 * time.Second),
	"late-death-70s": livesFor(70 * time.Second),
	"logout-marker-stays": func(w *world) bool {
		b := w.login("alice", "s1")
		w.accepts(w.token(object{"sub": "alice"}), b, "alice")
		w.login("alice", "s1") // in another browser nothing is wrong
		b.login("alice", "s2")
		return !b.alive("alice")
	},
	"ended-list-in-memory": all(aliveAtTheReplica, func(w *world) bool {
		b := w.login("alice", "s1")
		w.accepts(w.token(object{"sub": "alice"}), b, "alice")
		if err := w.cluster.Restart(); err != nil {
			w.Fatal(err)
		}
		return b.alive("alice")
	}),
	"node-cache": aliveAtTheReplica,
}

func livesFor(delay time.Duration) func(*world) bool {
	return func(w *world) bool {
		b := w.login("alice", "s1")
		w.send(w.token(object{"sub": "alice"}))
		w.clock.advance(delay - time.Second)
		lives := b.alive("alice")
		w.clock.advance(time.Second)
		if b.alive("alice") {
			w.Error("the session lives longer than said")
		}
		return lives
	}
}

func aliveAtTheReplica(w *world) bool {
	b := w.login("alice", "s1")
	if !b.aliveAtReplica("alice") {
		w.Error("the other node does not know the session")
	}
	w.accepts(w.token(object{"sub": "alice"}), b, "alice")
	return b.aliveAtReplica("alice")
}
