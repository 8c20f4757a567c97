package idp

import "net/http"

// metadata is the discovery document (OpenID Connect Discovery 1.0, section 3;
// RFC 8414; and the metadata sections of the logout specifications).
type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"`
	Scopes                []string `json:"scopes_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	ResponseModes         []string `json:"response_modes_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	SubjectTypes          []string `json:"subject_types_supported"`
	SigningAlgs           []string `json:"id_token_signing_alg_values_supported"`
	EncryptionAlgs        []string `json:"id_token_encryption_alg_values_supported"`
	EncryptionEncs        []string `json:"id_token_encryption_enc_values_supported"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	RevocationAuthMethods []string `json:"revocation_endpoint_auth_methods_supported"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
	Prompts               []string `json:"prompt_values_supported"`
	Claims                []string `json:"claims_supported"`
	ClaimsParameter       bool     `json:"claims_parameter_supported"`
	RequestParameter      bool     `json:"request_parameter_supported"`
	RequestURIParameter   bool     `json:"request_uri_parameter_supported"`
	IssParameter          bool     `json:"authorization_response_iss_parameter_supported"`
	BackchannelLogout     bool     `json:"backchannel_logout_supported"`
	BackchannelSession    bool     `json:"backchannel_logout_session_supported"`
}

// Values that both the discovery document and the endpoints go by.
var (
	scopesSupported    = []string{"openid", "profile", "email", "address", "phone", "offline_access"}
	authMethods        = []string{"client_secret_basic", "client_secret_post", "none"}
	responseModes      = []string{"query", "form_post"}
	promptsSupported   = []string{"none", "login", "consent", "select_account"}
	challengeSupported = []string{"S256", "plain"}
)

func (i *issuer) metadata() metadata {
	claims := []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid"}
	for _, scope := range scopesSupported {
		claims = append(claims, scopeClaims[scope]...)
	}
	return metadata{
		Issuer:                i.url,
		AuthorizationEndpoint: i.url + "/authorize",
		TokenEndpoint:         i.url + "/token",
		UserinfoEndpoint:      i.url + "/userinfo",
		RevocationEndpoint:    i.url + "/revoke",
		JWKSURI:               i.url + "/jwks",
		EndSessionEndpoint:    i.url + "/endsession",
		Scopes:                scopesSupported,
		ResponseTypes:         []string{"code"},
		ResponseModes:         responseModes,
		GrantTypes:            grantTypes,
		SubjectTypes:          []string{"public"},
		SigningAlgs:           i.algs(),
		EncryptionAlgs:        encryptionAlgs,
		EncryptionEncs:        encryptionEncs,
		TokenAuthMethods:      authMethods,
		RevocationAuthMethods: authMethods,
		ChallengeMethods:      challengeSupported,
		Prompts:               promptsSupported,
		Claims:                claims,
		IssParameter:          true,
		BackchannelLogout:     true,
		BackchannelSession:    true,
	}
}

func (i *issuer) serveDiscovery(w http.ResponseWriter, r *http.Request) {
	i.discovery.count(address(r), i.server.wall())
	writeJSON(w, http.StatusOK, i.metadata())
}
