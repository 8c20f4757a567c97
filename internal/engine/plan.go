package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// Filter selects cases. An empty list selects all.
type Filter struct {
	Cases, Groups, Levels, Skip []string
}

// Plan is what a run covers.
type Plan struct {
	// Cases are the selected ones and those they rest on, in the order of the
	// catalogue.
	Cases []run.Case
	// Implied are the ids of those that were not selected themselves.
	Implied map[string]bool
	// Covers says what was selected; empty for the whole profile.
	Covers string
}

// Select plans a run of a catalogue. A pattern that matches no case is an
// error, so that a typing mistake never reads as success.
func Select(catalogue []run.Case, f Filter) (Plan, error) {
	f = f.trimmed()
	ids := make([]string, len(catalogue))
	groups, levels := map[string]bool{}, map[string]bool{}
	for i, c := range catalogue {
		ids[i] = c.ID
		groups[strings.ToLower(c.Group())] = true
		levels[strings.ToLower(string(c.Level))] = true
	}
	for _, check := range []struct {
		flag     string
		patterns []string
		known    func(string) bool
	}{
		{"--case", f.Cases, func(p string) bool { return slices.Contains(ids, p) }},
		{"--skip", f.Skip, func(p string) bool { return slices.Contains(ids, p) }},
		{"--group", f.Groups, func(p string) bool { return groups[p] }},
		{"--level", f.Levels, func(p string) bool { return levels[p] }},
	} {
		for _, p := range check.patterns {
			if !check.known(strings.ToLower(p)) {
				return Plan{}, fmt.Errorf("%s %q matches no case: see 'conformance list'", check.flag, p)
			}
		}
	}
	plan := Plan{Implied: map[string]bool{}}
	selected := 0
	for _, c := range catalogue {
		chosen := f.takes(c)
		if chosen {
			selected++
		}
		if chosen || c.Baseline() {
			plan.Cases = append(plan.Cases, c)
			plan.Implied[c.ID] = !chosen
		}
	}
	if selected == 0 {
		return Plan{}, fmt.Errorf("the filters select no case at all: see 'conformance list'")
	}
	if selected < len(catalogue) {
		plan.Covers = fmt.Sprintf("%d of %d cases%s", selected, len(catalogue), f.words())
	}
	return plan, nil
}

// trimmed is the filter without blanks around its patterns.
func (f Filter) trimmed() Filter {
	for _, list := range []*[]string{&f.Cases, &f.Groups, &f.Levels, &f.Skip} {
		trimmed := make([]string, len(*list))
		for i, pattern := range *list {
			trimmed[i] = strings.TrimSpace(pattern)
		}
		*list = trimmed
	}
	return f
}

func (f Filter) takes(c run.Case) bool {
	has := func(list []string, value string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(p string) bool { return strings.EqualFold(p, value) })
	}
	return has(f.Cases, c.ID) && has(f.Groups, c.Group()) && has(f.Levels, string(c.Level)) &&
		(len(f.Skip) == 0 || !has(f.Skip, c.ID))
}

// words says what was filtered, as a user would have written it.
func (f Filter) words() string {
	var parts []string
	for _, p := range []struct {
		flag string
		list []string
	}{{"--case", f.Cases}, {"--group", f.Groups}, {"--level", f.Levels}, {"--skip", f.Skip}} {
		if len(p.list) > 0 {
			parts = append(parts, p.flag+" "+strings.Join(p.list, ","))
		}
	}
	return " (" + strings.Join(parts, " ") + ")"
}
