package postgrestest

import "syscall"

// as is nothing: there is no root on Windows, and the tests skip.
func as(int, int) *syscall.SysProcAttr { return nil }
