package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/receiver"
	"github.com/loggedout/loggedout/internal/run"
)

// concerns reports whether a defect of the reference receiver is one of a profile.
func concerns(defect string, profile run.Profile) bool {
	return slices.ContainsFunc(receiver.Defects(), func(d receiver.Defect) bool {
		return d.Name == defect && slices.Contains(d.Profiles, string(profile))
	})
}

func unknownDefect(name string) error {
	var names []string
	for _, d := range receiver.Defects() {
		names = append(names, d.Name)
	}
	return fmt.Errorf("--defect %q is none of: %s", name, strings.Join(names, ", "))
}
