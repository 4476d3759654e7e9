//go:build unix

package postgrestest

import "syscall"

// as has a process belong to somebody else: PostgreSQL does not run as root.
func as(uid, gid int) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}
