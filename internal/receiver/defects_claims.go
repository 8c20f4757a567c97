package receiver

func claimDefects() []Defect {
	return []Defect{
		{
			Name: "iss-unchecked", Profiles: onlyOIDC, apply: func(p *parts) { p.checkIssuer = nothingWrong },
			Wrong: "iss is not compared with the issuer, and need not be there.",
			Seen:  "nextcloud/user_oidc#1432, CVE-2024-5037, CVE-2026-45069",
			Caught: []string{
				"clm-iss-missing", "clm-iss-wrong", "http-host-spoof", "clm-iss-near-miss", "clm-iss-bad-type",
			},
		},
		{
			Name: "aud-unchecked", Profiles: both, apply: func(p *parts) { p.checkAudience = nothingWrong },
			Wrong: "aud is not looked at, so tokens for other clients of the issuer pass.",
			Seen:  "CVE-2023-22482, CVE-2026-30223, CVE-2026-45069",
			Caught: []string{
				"clm-aud-missing", "clm-aud-wrong", "http-host-spoof", "clm-aud-empty-or-bad-type", "clm-aud-near-miss",
				"http-path-app-mismatch", "ser-case-claims-only",
			},
		},
		{
			Name: "aud-string-only", Profiles: both, apply: audienceStringOnly,
			Wrong:  "aud is compared as a string, so a list with the client id in it is refused.",
			Seen:   "CVE-2020-26160 (array handling)",
			Caught: []string{"ok-aud-array-one"},
		},
		{
			Name: "exp-unchecked", Profiles: both, apply: func(p *parts) { p.checkExpiry = nothingWrong },
			Wrong: "exp is not looked at: expired tokens pass, and tokens without exp.",
			Seen:  "nextcloud/user_oidc#1432, #1436",
			Caught: []string{
				"clm-exp-missing", "clm-exp-past", "clm-time-bad-type", "clm-exp-extreme", "ser-case-claims-shadow",
			},
		},
		{
			Name: "exp-optional", Profiles: onlyOIDC, apply: expiryOptional,
			Wrong:  "A token without exp passes; one whose exp has passed is refused.",
			Seen:   "nextcloud/user_oidc#1436",
			Caught: []string{"clm-exp-missing"},
		},
		{
			Name: "nbf-unchecked", Profiles: both, apply: func(p *parts) { p.checkNotBefore = nothingWrong },
			Wrong:  "nbf is not looked at, so a token works before its time.",
			Seen:   "CVE-2026-25537",
			Caught: []string{"clm-nbf-future", "clm-time-bad-type"},
		},
		{
			Name: "iat-optional", Profiles: onlyOIDC, apply: issuedAtOptional,
			Wrong:  "A token without iat passes.",
			Caught: []string{"clm-iat-missing"},
		},
		{
			Name: "events-unchecked", Profiles: onlyOIDC, apply: func(p *parts) { p.checkEvents = nothingWrong },
			Wrong: "events is not looked at, so any JWT of the issuer with the other claims logs its subject out.",
			Seen:  "jumbojett/OpenID-Connect-PHP#480, wildfly-elytron#2249",
			Caught: []string{
				"clm-events-missing", "clm-events-wrong-uri", "clm-events-not-object", "clm-events-member-not-object",
				"clm-legacy-shapes", "ser-proto-keys", "ser-case-claims-only",
			},
		},
		{
			Name: "nonce-allowed", Profiles: onlyOIDC, apply: func(p *parts) { p.checkNonce = nothingWrong },
			Wrong:  "A nonce is tolerated in a logout token.",
			Seen:   "wildfly-elytron#2249",
			Caught: []string{"clm-nonce-present", "clm-nonce-hollow"},
		},
	}
}

func audienceStringOnly(p *parts) {
	p.checkAudience = func(l *logout) error {
		aud, present := l.token.claims["aud"]
		if !present {
			return l.missing("aud")
		}
		if aud != l.app.audience {
			return refused("aud does not name us")
		}
		return nil
	}
}

func expiryOptional(p *parts) { p.checkExpiry = onlyIfPresent("exp", p.checkExpiry) }

func issuedAtOptional(p *parts) { p.checkIssuedAt = onlyIfPresent("iat", p.checkIssuedAt) }

// onlyIfPresent is the check of a claim taken for optional.
func onlyIfPresent(claim string, check rule) rule {
	return func(l *logout) error {
		if _, there := l.token.claims[claim]; !there {
			return nil
		}
		return check(l)
	}
}
