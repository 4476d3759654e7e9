package daemon

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

const (
	notifyTimeout = time.Second
	longestStatus = 500
)

// A Notifier tells systemd how the service is. A nil one, and one without a socket to
// talk to, does nothing.
type Notifier struct {
	address  string
	interval time.Duration
}

// NewNotifier reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. Without the first, all
// calls do nothing; a watchdog that waits for another process is not ours to please.
func NewNotifier(getenv func(string) string) *Notifier {
	n := &Notifier{address: getenv("NOTIFY_SOCKET")}
	if pid := getenv("WATCHDOG_PID"); n.address == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return n
	}
	if usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64); err == nil && usec > 0 && usec < int64(never/time.Microsecond) {
		n.interval = time.Duration(usec) * time.Microsecond
	}
	return n
}

// Interval is how long systemd waits for a sign of life; zero: it does not.
func (n *Notifier) Interval() time.Duration {
	if n == nil {
		return 0
	}
	return n.interval
}

// Ready says that the start, or a reload, is over.
func (n *Notifier) Ready(status string) error {
	return n.send("READY=1\nSTATUS=" + oneLine(status, longestStatus))
}

// Status is what systemctl status shows.
func (n *Notifier) Status(status string) error {
	return n.send("STATUS=" + oneLine(status, longestStatus))
}

// Reloading begins a reload; Ready ends it.
func (n *Notifier) Reloading() error {
	message := "RELOADING=1"
	if usec, ok := monotonic(); ok {
		message += fmt.Sprintf("\nMONOTONIC_USEC=%d", usec)
	}
	return n.send(message)
}

// Stopping says that the end has begun.
func (n *Notifier) Stopping() error { return n.send("STOPPING=1\nSTATUS=draining") }

// Watchdog is the sign of life.
func (n *Notifier) Watchdog() error {
	if n.Interval() == 0 {
		return nil
	}
	return n.send("WATCHDOG=1")
}

// send never waits long: systemd that does not read must not stop reports.
func (n *Notifier) send(message string) error {
	if n == nil || n.address == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.address, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("notify %s: %w", n.address, err)
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(notifyTimeout)); err != nil {
		return fmt.Errorf("notify %s: %w", n.address, err)
	}
	if _, err := conn.Write([]byte(message)); err != nil {
		return fmt.Errorf("notify %s: %w", n.address, err)
	}
	return nil
}
