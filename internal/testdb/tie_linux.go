package testdb

import "syscall"

// tieToThread lets the kernel kill the command when the thread that started it
// ends. The kernel forgets it when the command changes its user: that is why
// the account is set before, and not by the server's own --user.
func tieToThread(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
