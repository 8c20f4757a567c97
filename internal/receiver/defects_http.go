package receiver

import "net/http"

func httpDefects() []Defect {
	return append(requestDefects(), []Defect{
		{
			Name: "get-accepted", Profiles: both, apply: acceptGET,
			Wrong:  "A GET with the token in the query logs out as well.",
			Seen:   "CVE-2026-44883 (JWT in URL)",
			Caught: []string{"http-get", "http-other-methods"},
		},
		{
			Name: "csrf-required", Profiles: both, apply: requireBrowser,
			Wrong: "A CSRF filter turns away requests without a cookie or an Origin, which is every logout request of an issuer.",
			Seen:  "spring-security#15227, #16630, #13841",
			Caught: []string{
				"ok-sub-sid", "ok-sid-only", "ok-sub-only", "ok-aud-array-one", "ok-extra-claims",
				"ok-extra-form-params", "ok-typ-logout-jwt", "ok-typ-absent-or-jwt", "ok-no-browser-context",
				"sem-sid-ends-one", "sem-sub-ends-all", "sem-server-side-death", "key-rotate-new-kid",
			},
		},
		{
			Name: "user-agent-required", Profiles: both, apply: requireUserAgent,
			Wrong:  "A bot filter turns away requests without a User-Agent.",
			Caught: []string{"ok-no-browser-context"},
		},
		{
			Name: "cacheable-answers", Profiles: both, apply: allowCaching,
			Wrong:  "Answers carry no Cache-Control.",
			Seen:   "nextcloud/user_oidc#1432",
			Caught: []string{"rsp-cache-control"},
		},
		{
			Name: "answers-200-to-refusals", Profiles: both, apply: alwaysOK,
			Wrong:  "Bad tokens are ignored but answered like good ones, with 200.",
			Caught: []string{"rsp-refusal-status", "sem-store-failure"},
		},
	}...)
}

func acceptGET(p *parts) {
	checkMethod, readToken := p.checkMethod, p.readToken
	p.checkMethod = func(r *http.Request) error {
		if r.Method == http.MethodGet {
			return nil
		}
		return checkMethod(r)
	}
	p.readToken = func(r *http.Request) (string, error) {
		if r.Method != http.MethodGet {
			return readToken(r)
		}
		if raw := r.URL.Query().Get("logout_token"); raw != "" {
			return raw, nil
		}
		return "", refused("the query has no logout_token")
	}
}

func requireBrowser(p *parts) {
	p.checkCaller = func(r *http.Request) error {
		if r.Header.Get("Origin") == "" && len(r.Cookies()) == 0 {
			return refusal{http.StatusForbidden, "the CSRF filter saw neither cookie nor Origin"}
		}
		return nil
	}
}

func requireUserAgent(p *parts) {
	p.checkCaller = func(r *http.Request) error {
		if r.UserAgent() == "" {
			return refusal{http.StatusForbidden, "the bot filter saw no User-Agent"}
		}
		return nil
	}
}

func allowCaching(p *parts) {
	p.accept = func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) }
	p.refuse = writeRefusal
}

// alwaysOK leaves 405 alone: that one is not about a token.
func alwaysOK(p *parts) {
	accept, refuse := p.accept, p.refuse
	p.refuse = func(w http.ResponseWriter, err error) {
		if statusOf(err) == http.StatusBadRequest {
			accept(w)
			return
		}
		refuse(w, err)
	}
}
