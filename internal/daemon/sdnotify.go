package daemon

import (
	"errors"
	"fmt"
	"os"
	"rapport/internal/text"
	"strings"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
)

const (
	notifyTimeout = time.Second
	maxStatus     = 500
)

// A Notifier tells systemd how the service is. A nil one does nothing.
type Notifier struct {
	watchdog time.Duration
}

// NewNotifier reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of the process; without
// the first it is nil. A watchdog that waits for another process, and one that is no length
// of time, is none.
func NewNotifier() *Notifier {
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return nil
	}
	interval, err := systemd.SdWatchdogEnabled(false)
	if err != nil {
		interval = 0
	}
	return &Notifier{max(interval, 0)}
}

// Interval is how long systemd waits for a sign of life; zero: it does not.
func (n *Notifier) Interval() time.Duration {
	if n == nil {
		return 0
	}
	return n.watchdog
}

// Ready says that the start, or a reload, is over.
func (n *Notifier) Ready(status string) error {
	return n.send(systemd.SdNotifyReady, "STATUS="+text.TruncateBytes(text.OneLine(status), maxStatus, ""))
}

// Status is what systemctl status shows.
func (n *Notifier) Status(status string) error {
	return n.send("STATUS=" + text.TruncateBytes(text.OneLine(status), maxStatus, ""))
}

// Reloading begins a reload; Ready ends it. By the monotonic time systemd tells the answer
// to this reload from one to an earlier.
func (n *Notifier) Reloading() error {
	return n.send(systemd.SdNotifyReloading, strings.TrimSpace(systemd.SdNotifyMonotonicUsec()))
}

// Stopping says that the end has begun.
func (n *Notifier) Stopping() error { return n.send(systemd.SdNotifyStopping, "STATUS=draining") }

// Watchdog is the sign of life.
func (n *Notifier) Watchdog() error {
	if n.Interval() == 0 {
		return nil
	}
	return n.send(systemd.SdNotifyWatchdog)
}

// send never waits long: a systemd that does not read must not stop reports.
func (n *Notifier) send(lines ...string) error {
	if n == nil {
		return nil
	}
	sent := make(chan error, 1)
	go func() {
		_, err := systemd.SdNotify(false, strings.TrimSpace(strings.Join(lines, "\n")))
		sent <- err
	}()
	select {
	case err := <-sent:
		if err != nil {
			err = fmt.Errorf("notify: %w", err)
		}
		return err
	case <-time.After(notifyTimeout):
		return errors.New("notify: systemd does not read")
	}
}
