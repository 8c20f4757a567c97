package receiver

import (
	"io"
	"net/http"
)

// refusalBody is the same for every refusal, so that an answer tells nothing about token, keys or users (BCL 2.8).
const refusalBody = `{"error":"invalid_request","error_description":"The logout request is not valid."}`

// acceptLogout says that the sessions are gone: 200, uncacheable, without a body (BCL 2.8).
func acceptLogout(w http.ResponseWriter) {
	noStore(w)
	w.WriteHeader(http.StatusOK)
}

// refuseLogout says that nothing was done, and not why.
func refuseLogout(w http.ResponseWriter, err error) {
	noStore(w)
	writeRefusal(w, err)
}

func writeRefusal(w http.ResponseWriter, err error) {
	status := statusOf(err)
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// A sender that hung up loses its answer; there is nobody left to tell.
	_, _ = io.WriteString(w, refusalBody)
}

// noStore keeps answers out of caches (BCL 2.8).
func noStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }
