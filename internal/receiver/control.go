package receiver

import (
	"net/http"
)

// NewSecret is the form field of POST /secret.
const NewSecret = "NEW_SECRET"

// Control is the operator's face of the cluster, for a listener of its own that only the operator reaches: POST
// /restart, /store/down, /store/up, and /secret with the form field NEW_SECRET for the application named here. Each
// answers 204 once it is done.
func (c *Cluster) Control(secretOf string) http.Handler {
	mux := http.NewServeMux()
	do := func(path string, act func(*http.Request) error) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			if err := act(r); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
	do("/restart", func(*http.Request) error { return c.Restart() })
	do("/store/down", func(*http.Request) error { c.store.SetDown(true); return nil })
	do("/store/up", func(*http.Request) error { c.store.SetDown(false); return nil })
	do("/secret", func(r *http.Request) error {
		form, err := readForm(r)
		if err != nil {
			return err
		}
		return c.ReplaceSecret(secretOf, []byte(form.Get(NewSecret)))
	})
	return mux
}
