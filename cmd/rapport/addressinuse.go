//go:build !windows

package main

import "syscall"

// addressInUse is the error of a port at which somebody else listens.
const addressInUse = syscall.EADDRINUSE
