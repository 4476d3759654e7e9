package main

import "rapport/reportconfig"

// isMine is true: there are no services under systemd here, whose files would be somebody else's.
func isMine(string) bool { return true }

// handOver does nothing: files belong to whom their directory says.
func handOver(*reportconfig.Config, bool) error { return nil }
