package servicestate

// isMine is true: there are no services under systemd here, whose files would be somebody else's.
func isMine(string) bool { return true }

// HandOver does nothing: files belong to whom their directory says.
func HandOver(string, ...string) error { return nil }
