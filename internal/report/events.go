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
		return oneLine(fmt.Sprintf("%s the key of the role %s", e.Issuer.Do, e.Issuer.Role))
	case e.Wait != nil:
		return waitOutcome(*e.Wait)
	}
	return oneLine("the cookies of " + e.CopyOf)
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
	if e.Session != "" {
		parts = append(parts, e.Session)
	}
	if e.Label != "" {
		parts = append(parts, "("+e.Label+")")
	}
	return oneLine(strings.Join(parts, " ") + ": " + outcome(e))
}
