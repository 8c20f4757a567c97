//go:build unix

package target

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the command the leader of a process group, so that whatever
// it starts can be ended with it, and Ctrl-C reaches us first.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func terminate(c *exec.Cmd) { signal(c, syscall.SIGTERM) }

func kill(c *exec.Cmd) { signal(c, syscall.SIGKILL) }

func signal(c *exec.Cmd, s syscall.Signal) {
	_ = syscall.Kill(-c.Process.Pid, s) // a group that is gone needs no signal
}
