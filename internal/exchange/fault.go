package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/loggedout/loggedout/internal/run"
)

// fault says whose fault an error of a script is.
func fault(ctx context.Context, err error) *run.Fault {
	var blame *blamed
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &run.Fault{By: run.ByInterrupt, Text: context.Cause(ctx).Error()}
	case ctx.Err() != nil:
		return &run.Fault{By: run.ByInterrupt, Text: "the run was stopped first"}
	case errors.As(err, &blame):
		return &run.Fault{By: blame.by, Text: blame.Error()}
	}
	return &run.Fault{By: run.ByHarness, Text: err.Error()}
}

// blamed is an error with whose fault it is.
type blamed struct {
	by   run.FaultBy
	text string
}

func (b *blamed) Error() string { return b.text }

// tooLong is a wait that the run does not last for. It is not begun: the time is
// better spent on other cases.
func tooLong(why string, d time.Duration) error {
	return &blamed{run.ByInterrupt, fmt.Sprintf("a wait of %v is longer than what is left of the run (%s): give it more in run.budget", d, why)}
}

func targetFault(text string) error { return &blamed{run.ByTarget, text} }
