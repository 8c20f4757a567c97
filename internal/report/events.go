package report

import (
	"fmt"
	"strings"

	"github.com/loggedout/loggedout/internal/run"
)

// kind is what was done in an event.
func kind(e run.Event) string {
	switch {
	case e.Login != nil:
		return "login"
	case e.Probe != nil:
		return "probe"
	case e.Send != nil:
		return "send"
	case e.Issuer != nil:
		return "issuer"
	case e.Wait != nil:
		return "wait"
	case e.Canary != nil:
		return "canary"
	case e.Hook != nil:
		return "hook"
	case e.Refresh != nil:
		return "refresh"
	}
	return "copy"
}

// outcome is what was seen of an event, in a line.
func outcome(e run.Event) string {
	switch {
	case e.Login != nil:
		return loginOutcome(*e.Login)
	case e.Probe != nil:
		return probeOutcome(*e.Probe)
	case e.Send != nil:
		return oneLine(e.Send.Method + " " + e.Send.URL + ": " + answered(e.Send.Answer))
	case e.Issuer != nil:
		return issuerOutcome(*e.Issuer)
	case e.Wait != nil:
		return waitOutcome(*e.Wait)
	case e.Canary != nil:
		return canaryOutcome(*e.Canary)
	case e.Hook != nil:
		return hookOutcome(*e.Hook)
	case e.Refresh != nil:
		return refreshOutcome(*e.Refresh)
	}
	return oneLine("the cookies of " + e.CopyOf)
}

// sessionAt is whom an event is about, with the place when that is not at home.
func sessionAt(e run.Event) string {
	if e.Place == run.Home {
		return oneLine(e.Session)
	}
	return oneLine(e.Session + " at " + string(e.Place))
}

func waitOutcome(w run.Wait) string {
	if w.Took < w.For/2 {
		return oneLine(fmt.Sprintf("not the %s: %s", span(w.For), w.Why))
	}
	return oneLine(fmt.Sprintf("%s: %s", span(w.Took), w.Why))
}

func loginOutcome(l run.Login) string {
	text := "logged in as " + l.Sub
	if l.Error != "" {
		text = "nobody was logged in: " + l.Error
	} else if l.Sid != "" {
		text += ", sid " + l.Sid
	}
	return oneLine(fmt.Sprintf("%s, %s in %s", text, count(l.Requests, "request", "requests"), span(l.Took)))
}

func probeOutcome(p run.Probe) string {
	text := string(p.State)
	if p.Why != "" {
		text += ": " + p.Why
	}
	if p.After > 0 {
		text += ", " + span(p.After) + " after the answer"
	}
	return oneLine(text)
}

// answered is an answer in a few words.
func answered(a run.Answer) string {
	text := fmt.Sprint(a.Status)
	if a.Status == 0 {
		text = "no answer"
	}
	if a.Error != "" {
		text += " (" + a.Error + ")"
	}
	return oneLine(text + " in " + span(a.Took))
}

// toldEvent is an event in a line.
func toldEvent(e run.Event) string {
	parts := []string{span(e.At), kind(e)}
	if who := sessionAt(e); who != "" {
		parts = append(parts, who)
	}
	if e.Label != "" {
		parts = append(parts, "("+e.Label+")")
	}
	return oneLine(strings.Join(parts, " ") + ": " + outcome(e))
}
