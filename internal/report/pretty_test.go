package report

import (
	"strings"
	"testing"
)

// Text that is nested deeply would grow with the square of its depth.
func TestPrettyIsBounded(t *testing.T) {
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	if got := pretty(deep); len(got) > 2*len(deep) {
		t.Errorf("%d bytes became %d", len(deep), len(got))
	}
	if got := pretty(`{"a":[1]}`); !strings.Contains(got, "\n") {
		t.Errorf("not indented: %s", got)
	}
}
