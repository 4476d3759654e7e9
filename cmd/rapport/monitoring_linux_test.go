package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// TestTheDaemonShowsItsHealthOnLoopbackOnly: what it answers, to whom, and what it tells
// systemd.
func TestTheDaemonShowsItsHealthOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	g, port := startScriptedRelay(t, func(g *scriptedRelay) { g.want, g.full = 2, make(chan struct{}) })
	config, program := shopConfig(t, 2, port), binary(t)
	socket := filepath.Join(t.TempDir(), "n")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { systemd.Close() })
	told := make(chan string, 1000)
	go func() {
		for buffer := make([]byte, 4096); ; {
			n, err := systemd.Read(buffer)
			if err != nil {
				return
			}
			told <- string(buffer[:n])
		}
	}()
	p := start(t, "env", "NOTIFY_SOCKET="+socket, "WATCHDOG_USEC=200000", program, "serve", config)
	hears := func(want string) {
		t.Helper()
		for {
			select {
			case text := <-told:
				if strings.HasPrefix(text, want) {
					return
				}
			case <-time.After(patience):
				t.Fatalf("systemd is not told %q\n%s", want, p.said.last())
			}
		}
	}
	url := "http://" + p.address()
	p.waitFor(g.full, "both messages")
	hears("READY=1\nSTATUS=1 configuration at work")
	hears("WATCHDOG=1")
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if code, body := ask(t, "GET", url+path); code != 200 || body == "" {
			t.Errorf("%s: %d %s", path, code, body)
		}
		if code, body := ask(t, "HEAD", url+path); code != 200 || body != "" {
			t.Errorf("HEAD %s: %d %s", path, code, body)
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
			if code, _ := ask(t, method, url+path); code != 405 {
				t.Errorf("%s %s: %d", method, path, code)
			}
		}
	}
	for _, path := range []string{"/", "/debug/pprof/", "/metrics/", "/config"} {
		if code, _ := ask(t, "GET", url+path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
	_, body := ask(t, "GET", url+"/metrics")
	if problems, err := promlint.New(strings.NewReader(body)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("the metrics: %v, %v", problems, err)
	}
	if strings.Contains(body, "@") {
		t.Error("the metrics hold an address")
	}
	for _, address := range listeners(t, p.Process.Pid) {
		if !strings.HasPrefix(address, "0100007F:") { // 127.0.0.1 as the kernel writes it
			t.Errorf("it listens at %s", address)
		}
	}
	p.signal(syscall.SIGHUP)
	hears("RELOADING=1\nMONOTONIC_USEC=")
	hears("READY=1")
	p.signal(syscall.SIGTERM)
	hears("STOPPING=1")
	p.ends(exitDone)
}

// listeners are the local addresses of the sockets at which a process listens.
func listeners(t *testing.T, pid int) (addresses []string) {
	t.Helper()
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]bool{}
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil {
			open[target] = true
		}
	}
	socket := regexp.MustCompile(`(?m)^ *\d+: ([0-9A-F]+:[0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A (?:\S+ ){2}\S+ +\S+ +\S+ +(\d+)`)
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile("/proc/net/" + table)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range socket.FindAllStringSubmatch(string(text), -1) {
			if open["socket:["+found[2]+"]"] {
				addresses = append(addresses, found[1])
			}
		}
	}
	if len(addresses) == 0 {
		t.Fatal("it listens nowhere, so this proves nothing")
	}
	return addresses
}
