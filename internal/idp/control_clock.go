package idp

import (
	"net/http"
	"time"
)

func (s *Server) clockCalls() []call {
	return []call{
		{"GET", "/clock", "shows the time that sessions and tokens follow", s.controlClock},
		{"PUT", "/clock", `sets it: {"time": "2030-01-01T00:00:00Z"}, {"offset": "-2h"} or {"advance": "10m"}, each with "freeze"`, s.controlSetClock},
		{"DELETE", "/clock", "shows the real time again", s.controlResetClock},
	}
}

func (s *Server) controlClock(w http.ResponseWriter, _ *http.Request) error {
	writeClock(w, s.Clock())
	return nil
}

func writeClock(w http.ResponseWriter, c ClockState) {
	writeJSON(w, http.StatusOK, map[string]any{"now": c.Now, "offset": c.Offset.Round(time.Millisecond).String(), "frozen": c.Frozen})
}

func (s *Server) controlSetClock(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Time    time.Time `json:"time"`
		Offset  string    `json:"offset"`
		Advance string    `json:"advance"`
		Freeze  bool      `json:"freeze"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	setting := ClockSetting{Time: body.Time, Freeze: body.Freeze}
	for _, part := range []struct {
		name, text string
		into       *time.Duration
	}{{"offset", body.Offset, &setting.Offset}, {"advance", body.Advance, &setting.Advance}} {
		if part.text == "" {
			continue
		}
		d, err := time.ParseDuration(part.text)
		if err != nil {
			return invalid("%s %q: want a duration such as -90s or 2h", part.name, part.text)
		}
		if *part.into = d; d == 0 && part.name == "offset" { // no offset is the real time
			setting.Time = s.wall()
		}
	}
	state, err := s.SetClock(setting)
	if err != nil {
		return err
	}
	writeClock(w, state)
	return nil
}

func (s *Server) controlResetClock(w http.ResponseWriter, _ *http.Request) error {
	writeClock(w, s.ResetClock())
	return nil
}
