package receiver

import (
	"fmt"
	"slices"
)

// Defect is one way to be wrong: the receiver made wrong on purpose in this way and in no other.
type Defect struct {
	// Name is what Config.Defect takes.
	Name string
	// Wrong says in one sentence what the receiver does wrong.
	Wrong string
	// Seen tells where the same kind of fault was seen in the wild, or is empty.
	Seen string
	// Caught are the ids of the cases that must fail or warn for this defect, each by its own evidence: a token the
	// case calls bad was acted on, a session that should have ended lives, one that should live has ended, or an
	// answer is not as demanded. Cases that note or cannot tell are not listed. A case that does not apply to a
	// profile says nothing there.
	Caught []string
	// Profiles are the profiles whose applications it breaks.
	Profiles []string

	// apply replaces or wraps parts of one application; state it needs lives in its closures.
	apply func(*parts)
	// spoil, if set, changes how the keys of an issuer are fetched and kept.
	spoil func(*provider)
}

// Defects returns all defects, by topic. The slice is the caller's own.
func Defects() []Defect {
	all := slices.Concat(
		signatureDefects(), encryptionDefects(), keyDefects(), jwksDefects(), headerDefects(), claimDefects(),
		sessionDefects(), scopeDefects(), deathDefects(), surfaceDefects(), storeDefects(), httpDefects())
	for i := range all {
		if all[i].apply == nil {
			all[i].apply = func(*parts) {} // it is wrong in another place
		}
	}
	return all
}

var (
	both       = []string{ProfileOIDC, ProfileSharedSecret}
	onlyOIDC   = []string{ProfileOIDC}
	onlyShared = []string{ProfileSharedSecret}
)

func (d Defect) appliesTo(profile string) bool { return slices.Contains(d.Profiles, profile) }

// defectNamed finds a defect; the empty name is none. One that would change nothing is an error: a receiver that is
// thought broken and is not makes every self-test lie.
func defectNamed(name string, apps []App) (Defect, error) {
	if name == "" {
		return Defect{apply: func(*parts) {}}, nil
	}
	for _, d := range Defects() {
		if d.Name != name {
			continue
		}
		for _, a := range apps {
			if (a.OIDC != nil && d.appliesTo(ProfileOIDC)) || (a.SharedSecret != nil && d.appliesTo(ProfileSharedSecret)) {
				return d, nil
			}
		}
		return Defect{}, fmt.Errorf("receiver: defect %q concerns %v, and no application has that profile: configure one", name, d.Profiles)
	}
	return Defect{}, fmt.Errorf("receiver: no defect is named %q: take a name from Defects", name)
}

// nothingWrong is the rule of a check that was forgotten.
func nothingWrong(*logout) error { return nil }
