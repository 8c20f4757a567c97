package receiver

import (
	"fmt"
	"slices"
)

// Variation is one way to differ that the texts allow: the receiver does
// something else than the reference, and is as right.
type Variation struct {
	// Name is what Config.Variation takes.
	Name string
	// Does says in one sentence what this receiver does.
	Does string
	// Because is the text that allows it.
	Because string
	// Profiles are the profiles whose applications it changes.
	Profiles []string

	apply func(*parts)
}

// Variations returns all of them, by topic. The slice is the caller's own.
func Variations() []Variation {
	return slices.Concat(answerVariations(), requestVariations(), tokenVariations(), sessionVariations())
}

// variationNamed finds a variation; the empty name is none. One that would change nothing is an error.
func variationNamed(name string, apps []App) (Variation, error) {
	if name == "" {
		return Variation{apply: func(*parts) {}}, nil
	}
	for _, v := range Variations() {
		if v.Name != name {
			continue
		}
		if slices.ContainsFunc(apps, func(a App) bool { return slices.Contains(v.Profiles, a.profile()) }) {
			return v, nil
		}
		return Variation{}, fmt.Errorf("receiver: variation %q concerns %v, and no application has that profile: configure one", name, v.Profiles)
	}
	return Variation{}, fmt.Errorf("receiver: no variation is named %q: take a name from Variations", name)
}

func (v Variation) appliesTo(profile string) bool { return slices.Contains(v.Profiles, profile) }
