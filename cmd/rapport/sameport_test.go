package main

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestASecondDaemonAtTheSamePortIsToTryAgain: the first may be on its way out, as in a
// restart; systemd starts again what ends 75.
func TestASecondDaemonAtTheSamePortIsToTryAgain(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	dir, program := t.TempDir(), binary(t)
	config := func(name string) string {
		path := filepath.Join(dir, name+".yaml")
		text := fmt.Sprintf("account: T12345678\nsource: {sandbox: {}}\nstate: %s.db\narchive: %s\nlisten: %s\nreports:\n  - {id: %s, dataType: checkout/transactions, schedule: monthly, language: en}\n", name, name, address, name)
		writeConfig(t, path, text)
		return path
	}
	first := start(t, program, "serve", config("one"))
	first.says("msg=started", 1)
	if said := start(t, program, "serve", config("two")).ends(exitWaiting); !strings.Contains(said, address) || !strings.Contains(said, "in use") {
		t.Errorf("the second says: %s", said)
	}
	first.signal(syscall.SIGTERM)
	first.ends(exitDone)
	second := start(t, program, "serve", config("two"))
	second.says("msg=started", 1)
	second.signal(syscall.SIGTERM)
	second.ends(exitDone)
}
