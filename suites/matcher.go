package suites

import (
	"errors"
	"fmt"
	"strings"

	gomegatypes "github.com/onsi/gomega/types"

	"github.com/loggedout/loggedout/internal/run"
)

// BeAcceptable succeeds when a case's result does not stand against the
// target: under strict rules a warning does. A result without any variant is
// an error, so that nothing seen never reads as nothing wrong.
func BeAcceptable(strict bool) gomegatypes.GomegaMatcher { return &acceptable{strict} }

type acceptable struct{ strict bool }

func (m *acceptable) Match(actual any) (bool, error) {
	result, ok := actual.(run.CaseResult)
	if !ok {
		return false, fmt.Errorf("BeAcceptable judges a run.CaseResult, not a %T", actual)
	}
	if len(result.Variants) == 0 {
		return false, errors.New("the result holds no variant: nothing was seen")
	}
	return result.Acceptable(m.strict), nil
}

func (m *acceptable) FailureMessage(actual any) string {
	result, ok := actual.(run.CaseResult)
	if !ok {
		return fmt.Sprint(actual)
	}
	return describe(result)
}

func (m *acceptable) NegatedFailureMessage(actual any) string {
	return "did not expect to be acceptable:\n" + m.FailureMessage(actual)
}

// describe says what was found, expected and seen.
func describe(c run.CaseResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is %s: %s\n%s (%s, %s)", c.ID, c.Verdict, c.Finding, c.Requires, c.Level, strings.Join(c.Clauses, ", "))
	for _, v := range c.Variants {
		f := v.Finding()
		if f == nil || v.Verdict != c.Verdict {
			continue
		}
		fmt.Fprintf(&b, "\n  %s/%s: %s", c.ID, v.Slug, f.Text)
		for _, part := range []struct{ name, text string }{{"expected", f.Expected}, {"actual", f.Actual}, {"likely cause", f.Cause}} {
			if part.text != "" {
				fmt.Fprintf(&b, "\n    %s: %s", part.name, part.text)
			}
		}
	}
	return b.String()
}
