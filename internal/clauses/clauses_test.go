package clauses_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/loggedout/loggedout/internal/clauses"
)

func TestAClauseIsNamedAndLinked(t *testing.T) {
	for ref, want := range map[string]clauses.Clause{
		"BCL 2.6(4)":    {Text: "OpenID Connect Back-Channel Logout 1.0, errata set 1, section 2.6, item 4", URL: "https://openid.net/specs/openid-connect-backchannel-1_0.html#rfc.section.2.6"},
		"7519 4.1.4":    {Text: "RFC 7519 (JSON Web Token), section 4.1.4", URL: "https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1.4"},
		"7517 4.2-4.4":  {Text: "RFC 7517 (JSON Web Key), section 4.2-4.4", URL: "https://www.rfc-editor.org/rfc/rfc7517.html#section-4.2"},
		"6749 A.1":      {Text: "RFC 6749 (OAuth 2.0), appendix A.1", URL: "https://www.rfc-editor.org/rfc/rfc6749.html#appendix-A.1"},
		"8725":          {Text: "RFC 8725 (JSON Web Token Best Current Practices)", URL: "https://www.rfc-editor.org/rfc/rfc8725.html"},
		"ASVS 10.5.5":   {Text: "OWASP ASVS 5.0, requirement 10.5.5", URL: "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x19-V10-OAuth-and-OIDC.md"},
		"DISC jwks_uri": {Text: "OpenID Connect Discovery 1.0, jwks_uri", URL: "https://openid.net/specs/openid-connect-discovery-1_0.html"},
	} {
		got, ok := clauses.Find(ref)
		if !ok || got.Text != want.Text || got.URL != want.URL || got.Ref != ref || !strings.HasSuffix(got.Says, ".") && !strings.HasSuffix(got.Says, ")") {
			t.Errorf("%s: %+v", ref, got)
		}
		if _, err := url.ParseRequestURI(got.URL); err != nil {
			t.Error(err)
		}
	}
	for _, ref := range []string{"", "BCL", "BCL 9", "7519 4.9", "XYZ 1", "ASVS 99.1"} {
		if got, ok := clauses.Find(ref); ok {
			t.Errorf("%q is %+v", ref, got)
		}
	}
	if none, ok := clauses.Find(clauses.None); !ok || none.URL != "" || none.Says == "" {
		t.Errorf("%+v", none)
	}
}
