package receiver

import "net/http"

// requestVariations turn away odd requests with a status of their own (the rule of 400 is about logout requests).
func requestVariations() []Variation {
	return []Variation{
		{
			Name: "methods-404", Profiles: both, apply: func(p *parts) { p.checkMethod = postOr(http.StatusNotFound) },
			Does: "A request that is no POST is answered with 404.", Because: "9110 15.5.5; BCL 2.5 knows only POST",
		},
		{
			Name: "types-415", Profiles: both, apply: unsupportedTypes,
			Does: "A body that is no form is answered with 415.", Because: "9110 15.5.16",
		},
	}
}

func postOr(status int) func(*http.Request) error {
	return func(r *http.Request) error {
		if r.Method != http.MethodPost {
			return refusal{status, "the method is not POST"}
		}
		return nil
	}
}

func unsupportedTypes(p *parts) {
	read := p.readToken
	p.readToken = func(r *http.Request) (string, error) {
		if !isForm(r) {
			return "", refusal{http.StatusUnsupportedMediaType, "the body is no form"}
		}
		return read(r)
	}
}
