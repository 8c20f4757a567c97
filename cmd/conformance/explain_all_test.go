package main

import (
	"strings"
	"testing"

	"github.com/loggedout/loggedout/suites/cases"
)

// Every variant can be explained, whatever it sends.
func TestEveryVariantCanBeExplained(t *testing.T) {
	for _, c := range cases.All() {
		text, err := explain(c, c.Variants)
		if err != nil {
			t.Errorf("explain %s: %v", c.ID, err)
		}
		for _, v := range c.Variants {
			if !strings.Contains(text, c.Name(v)) {
				t.Errorf("the explanation of %s lacks %s", c.ID, v.Slug)
			}
		}
	}
}
