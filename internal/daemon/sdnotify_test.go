package daemon

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
)

// A fakeSystemd is a socket that listens as systemd does.
type fakeSystemd struct {
	*testing.T
	conn *net.UnixConn
}

// listen has the process's notifications sent to the address.
func listen(t *testing.T, address string) *fakeSystemd {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", address)
	return &fakeSystemd{t, conn}
}

// hear returns the next message, or "" after so long without one.
func (s *fakeSystemd) hear(most time.Duration) string {
	s.Helper()
	if err := s.conn.SetReadDeadline(time.Now().Add(most)); err != nil {
		s.Fatal(err)
	}
	buffer := make([]byte, 4096)
	n, err := s.conn.Read(buffer)
	if err != nil && !os.IsTimeout(err) {
		s.Fatal(err)
	}
	return string(buffer[:n])
}

// want reads on until a message matches; signs of life between are fine.
func (s *fakeSystemd) want(pattern string) string {
	s.Helper()
	for {
		got := s.hear(10 * time.Second)
		if regexp.MustCompile(`\A` + pattern + `\z`).MatchString(got) {
			return got
		}
		if got != "WATCHDOG=1" {
			s.Fatalf("systemd heard %q, want %s", got, pattern)
		}
	}
}

func TestSystemdHearsTheWholeLife(t *testing.T) {
	s := listen(t, filepath.Join(t.TempDir(), "notify"))
	t.Setenv("WATCHDOG_USEC", "100000")
	t.Setenv("WATCHDOG_PID", fmt.Sprint(os.Getpid()))
	fault := make(chan error, 3)
	fault <- nil
	reload := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	d := New(Config{
		Reload: reload, Notify: NewNotifier(),
		Load: func(context.Context, func()) ([]Worker, error) { return []Worker{&fakeWorker{}}, <-fault },
	})
	go func() { ended <- d.Run(ctx) }()
	s.want("READY=1\nSTATUS=1 configuration at work")
	for range 3 {
		s.want("WATCHDOG=1")
	}
	before := monotonicUsec(t)
	reload <- struct{}{}
	var told int64
	if _, err := fmt.Sscanf(s.want("RELOADING=1\nMONOTONIC_USEC=[0-9]+"), "RELOADING=1\nMONOTONIC_USEC=%d", &told); err != nil {
		t.Fatal(err)
	}
	if after := monotonicUsec(t); told < before || told > after {
		t.Errorf("MONOTONIC_USEC is %d, the call came between %d and %d", told, before, after)
	}
	fault <- fmt.Errorf("shop.yaml:7:3: no\nshop.yaml:9:1: no")
	s.want("READY=1\nSTATUS=reload refused: shop.yaml:7:3: no shop.yaml:9:1: no")
	reload <- struct{}{}
	s.want("RELOADING=1\nMONOTONIC_USEC=[0-9]+")
	fault <- nil
	s.want("READY=1\nSTATUS=1 configuration at work")
	stop()
	s.want("STOPPING=1\nSTATUS=draining")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// monotonicUsec is the clock by which systemd orders a reload and its answer.
func monotonicUsec(t *testing.T) (usec int64) {
	t.Helper()
	if _, err := fmt.Sscanf(systemd.SdNotifyMonotonicUsec(), "MONOTONIC_USEC=%d", &usec); err != nil {
		t.Fatal(err)
	}
	return usec
}

func TestALoopThatHangsGivesNoSignOfLife(t *testing.T) {
	s := listen(t, filepath.Join(t.TempDir(), "notify"))
	t.Setenv("WATCHDOG_USEC", "40000")
	block := make(chan struct{})
	looks := 0
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	d := New(Config{
		Notify: NewNotifier(),
		Load:   func(context.Context, func()) ([]Worker, error) { return nil, nil },
		Now: func() time.Time { // the loop's own goroutine calls it
			if looks++; looks == 10 {
				<-block
			}
			return time.Now()
		},
	})
	go func() { ended <- d.Run(ctx) }()
	s.want("READY=1\nSTATUS=0 configurations at work")
	for got := "WATCHDOG=1"; got != ""; got = s.hear(400 * time.Millisecond) { // ten times the interval
		if got != "WATCHDOG=1" {
			t.Fatalf("systemd heard %q", got)
		}
	}
	close(block)
	s.want("WATCHDOG=1")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAnAbstractSocketIsFound(t *testing.T) {
	s := listen(t, "@rapport-"+filepath.Base(t.TempDir())+fmt.Sprint(os.Getpid()))
	if err := NewNotifier().Ready("two\nlines " + strings.Repeat("ø", 1000)); err != nil {
		t.Fatal(err)
	}
	got := s.hear(10 * time.Second)
	if strings.Count(got, "\n") != 1 || len(got) > 600 || !strings.HasPrefix(got, "READY=1\nSTATUS=two lines ø") {
		t.Errorf("systemd heard %q; want one line of a decent length", got)
	}
}

func TestWithoutSystemdNothingIsSaid(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "30000000")
	for name, n := range map[string]*Notifier{"nil": nil, "no socket": NewNotifier()} {
		for call, say := range map[string]func() error{
			"ready": func() error { return n.Ready("x") }, "status": func() error { return n.Status("x") },
			"reloading": n.Reloading, "stopping": n.Stopping, "watchdog": n.Watchdog,
		} {
			if err := say(); err != nil {
				t.Errorf("%s: %s: %v", name, call, err)
			}
		}
		if n.Interval() != 0 {
			t.Errorf("%s: a watchdog of %s", name, n.Interval())
		}
	}
}

func TestTheWatchdogOfAnotherProcessIsNotOurs(t *testing.T) {
	listen(t, filepath.Join(t.TempDir(), "notify"))
	for _, c := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"30000000", "", 30 * time.Second},
		{"30000000", fmt.Sprint(os.Getpid()), 30 * time.Second},
		{"30000000", "1", 0},
		{"", "", 0}, {"-5", "", 0}, {"soon", "", 0}, {"9223372036854775807", "", 0},
	} {
		t.Setenv("WATCHDOG_USEC", c.usec)
		t.Setenv("WATCHDOG_PID", c.pid)
		if got := NewNotifier().Interval(); got != c.want {
			t.Errorf("WATCHDOG_USEC=%s WATCHDOG_PID=%s: %s, want %s", c.usec, c.pid, got, c.want)
		}
	}
}

func TestASystemdThatIsGoneStopsNobodyAndIsLoggedOnce(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "gone"))
	t.Setenv("WATCHDOG_USEC", "30000000")
	bubble(t, func(t *testing.T) {
		d := hourly()
		b := start(t, []*fakeWorker{d}, func(c *Config) { c.Notify = NewNotifier() })
		sleep(3*time.Hour + time.Second)
		if wakes, _, _ := d.count(); wakes != 4 || b.logged("systemd was not told") != 1 {
			t.Errorf("woken %d times; log: %s", wakes, b.log.String())
		}
		b.end()
	})
}
