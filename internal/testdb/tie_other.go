//go:build unix && !linux

package testdb

import "syscall"

// tieToThread does nothing here: a killed test binary leaves its server running.
func tieToThread(*syscall.SysProcAttr) {}
