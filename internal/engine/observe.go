package engine

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/loggedout/loggedout/internal/config"
	"github.com/loggedout/loggedout/internal/exchange"
	"github.com/loggedout/loggedout/internal/run"
	"github.com/loggedout/loggedout/internal/verdict"
)

// observe notes what was seen beside the baselines, so that a baseline that
// failed can be explained.
func (w *work) observe(ctx context.Context, accepted bool) {
	w.doc.Observed.JWKSFetches = w.engine.issuer.jwksFetches()
	w.doc.Observed.ClockSkew = skew(w.doc.Cases)
	if !accepted && w.doc.Profile == run.SharedSecret && ctx.Err() == nil {
		w.doc.Observed.OtherEncoding = w.otherEncoding(ctx)
	}
}

// skew is the target's clock minus ours, by the Date header of its answers,
// which has whole seconds.
func skew(cases []run.CaseResult) *run.Millis {
	for _, c := range cases {
		for _, v := range c.Variants {
			for _, event := range v.Evidence.Events {
				if event.Send == nil {
					continue
				}
				date, err := http.ParseTime(event.Send.Answer.Header["Date"])
				if err != nil {
					continue
				}
				answered := v.Evidence.Started.Add((event.At + event.Send.Answer.Took).Duration())
				off := run.ToMillis(date.Sub(answered.Truncate(time.Second)))
				return &off
			}
		}
	}
	return nil
}

// otherEncoding tries the other reading of the shared secret, the commonest
// reason for a dead baseline, and names it when that is the right one.
func (w *work) otherEncoding(ctx context.Context) string {
	e := w.engine
	other := config.Base64
	if e.options.Config.Secret.Encoding == config.Base64 {
		other = config.UTF8
	}
	issuer, err := newSecretIssuer(e.options, other)
	if err != nil {
		return "" // the text has no such reading
	}
	runner := &exchange.Runner{
		Targets: e.runner.Targets, Issuer: issuer, Terms: e.runner.Terms, Clock: e.runner.Clock,
		Names: e.runner.Names, Pace: e.runner.Pace, Bystanders: e.runner.Bystanders,
		Values: e.runner.Values,
	}
	i := slices.IndexFunc(e.options.Plan.Cases, func(c run.Case) bool { return c.Baseline() })
	c := e.options.Plan.Cases[i]
	seen := runner.Run(ctx, exchange.Job{Case: c, Variants: c.Variants[:1]})[0]
	if verdict.Baseline(seen).OK {
		return other
	}
	return ""
}
