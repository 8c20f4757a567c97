package receiver

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
	p.verify = genuineAsItCame
}
