package exchange

import (
	"fmt"
	"sync/atomic"
)

// Names makes user names that are new to the target: a role, a tag of the run,
// and a number of fixed width, so that no name is the beginning of another.
type Names struct {
	Tag  string
	last atomic.Int64
}

// Next is a name nobody had before.
func (n *Names) Next(role string) string {
	return fmt.Sprintf("%s-%s-%05d", role, n.Tag, n.last.Add(1))
}
