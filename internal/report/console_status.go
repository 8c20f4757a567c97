package report

import "fmt"

// erase goes to the beginning of the line and clears it.
const erase = "\r\x1b[K"

// status is what a console says about progress.
type status struct {
	terminal bool
	width    int
	doing    string
	quarter  int    // of what is being done, as last told in a plain line
	line     string // the status as it is now
	visible  bool   // the line stands on the terminal
}

// longWork is how much work there has to be for its quarters to be told in
// plain lines.
const longWork = 20

// change gives what has to be written for a new status.
func (s *status) change(doing string, done, total int) string {
	doing = oneLine(doing)
	quarter := 0
	line := "… " + doing
	if total > 0 {
		done = min(max(done, 0), total)
		quarter = 4 * done / total
		line += fmt.Sprintf(": %d of %d (%d %%)", done, total, 100*done/total)
	}
	if s.terminal {
		line = cut(line, s.width-1) // the last cell would wrap
		if s.visible && line == s.line {
			return ""
		}
		s.line = line
		return s.redrawn()
	}
	if s.line != "" && doing == s.doing && (quarter <= s.quarter || total < longWork) {
		return ""
	}
	s.doing, s.quarter, s.line = doing, quarter, line
	return line + "\n"
}

// erased gives what takes the status line off a terminal.
func (s *status) erased() string {
	if !s.visible {
		return ""
	}
	s.visible = false
	return erase
}

// redrawn gives what puts the status line onto a terminal.
func (s *status) redrawn() string {
	if !s.terminal || s.line == "" {
		return ""
	}
	s.visible = true
	return erase + s.line
}
