package receiver

import "context"

func headerDefects() []Defect {
	return []Defect{
		{
			Name: "crit-ignored", Profiles: both, apply: ignoreCritical,
			Wrong:  "A crit header is ignored although it names extensions the receiver does not understand.",
			Seen:   "CVE-2025-59420, CVE-2026-32597, CVE-2026-35042, CVE-2026-89317",
			Caught: []string{"hdr-crit-unknown"},
		},
		{
			Name: "typ-unchecked", Profiles: both, apply: func(p *parts) { p.checkType = nothingWrong },
			Wrong:  "The typ header is not looked at, so other kinds of JWT with the right claims pass.",
			Seen:   "GHSA-7fpj-9hr8-28vh (types not enforced)",
			Caught: []string{"hdr-typ-other-kind"},
		},
	}
}

// ignoreCritical needs a verification of its own, since go-jose refuses unknown crit entries too.
func ignoreCritical(p *parts) {
	p.checkCritical = nothingWrong
	p.verify = func(ctx context.Context, l *logout) error {
		if headerAlg(l) != l.app.algorithm {
			return refused("alg is not the registered one")
		}
		keys, err := l.app.parts.findKeys(ctx, l)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if bareSignature(l.app.algorithm, key.Key, l.token.signed, l.token.signature) == nil {
				return nil
			}
		}
		return refused("the signature does not fit")
	}
}
