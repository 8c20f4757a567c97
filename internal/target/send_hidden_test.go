package target

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/fixtures"
	"github.com/loggedout/loggedout/internal/run"
)

// What a further token or a cookie proves is not kept, wherever it comes back.
func TestFurtherTokensAndCookiesAreNotKept(t *testing.T) {
	const further = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.YW5vdGhlci1zaWduYXR1cmUtb2YtdGhpcnR5LXR3by1ieXRlcw"
	const cookie = "s3ss10n-0f-b0b"
	base := served(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.URL.RawQuery, " ", r.Header.Get("Cookie"))
	})
	request := fixtures.Post().InQuery("logout_token", "${token.bad}").WithHeader("Cookie", "${bob.cookies}")
	what, err := fixtures.Prepare(request, token, map[string]string{"token.bad": further, "bob.cookies": "a=b; session=" + cookie})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []*fixtures.Wire{nil, {}} {
		what.Wire = q
		sent, err := aimed(t, base).Send(within(t), token, what)
		if err != nil || sent.Answer.Status != 200 || len(sent.Answer.Traits) != 1 || sent.Answer.Traits[0] != run.LeaksToken {
			t.Errorf("%v %+v", err, sent.Answer)
		}
		walkFor(t, sent, further[strings.LastIndexByte(further, '.')+1:], cookie)
	}
}

func TestCookiesOfABrowser(t *testing.T) {
	base := served(t, func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s1", Path: "/"})
		http.SetCookie(w, &http.Cookie{Name: "elsewhere", Value: "s2", Path: "/other"})
	})
	browser := aimed(t, base).NewBrowser()
	if got, err := browser.Cookies(alice); err != nil || got != "" {
		t.Errorf("a browser that was nowhere: %q %v", got, err)
	}
	browser.Probe(within(t), alice)
	if got, err := browser.Cookies(alice); err != nil || got != "session=s1" {
		t.Errorf("%q %v", got, err)
	}
}
