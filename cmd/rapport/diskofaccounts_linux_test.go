package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAnAccountThatFillsItsDiskHurtsNoOther: the archive of one account is on a disk that is too small
// for its reports. Another account's are mailed meanwhile, soon and once; what did not fit takes no
// room, and goes out when there is some.
func TestAnAccountThatFillsItsDiskHurtsNoOther(t *testing.T) {
	long(t)
	t.Parallel()
	gone := make(chan struct{}, 1000)
	g, port := startScriptedRelay(t, func(g *scriptedRelay) { g.taken = func(string) error { gone <- struct{}{}; return nil } })
	others, elsewhere := startScriptedRelay(t, nil)
	program, dir := binary(t), t.TempDir()
	good, bad, disk := filepath.Join(dir, "good", "shop.yaml"), filepath.Join(dir, "bad", "other.yaml"), filepath.Join(dir, "disk")
	other := strings.Replace(shopText(1, elsewhere), "T12345678", "T87654321\narchive: "+disk, 1)
	attack := func(n int) {
		other += fmt.Sprintf("  - {id: big%d, dataType: checkout/transactions, schedule: monthly, language: no, contentTypes: [text/csv], emails: [big@x.example]}\n", n)
		writeInDir(t, bad, other)
	}
	smallDisk(t, disk, "400k")
	attack(1)
	writeInDir(t, good, shopText(1, port))

	p := start(t, program, "serve", good, bad)
	p.waitFor(gone, "the first message")
	for n := 2; n <= 3; n++ {
		attack(n)
		writeInDir(t, good, shopText(n, port))
		asked := time.Now()
		p.signal(syscall.SIGHUP)
		for to := fmt.Sprintf("p%d@x.example", n-1); !g.has(to); {
			p.waitFor(gone, "the message to "+to)
		}
		if waited := time.Since(asked); waited > 20*time.Second {
			t.Errorf("the message to p%d waited %s for another account's disk", n-1, waited)
		}
	}
	p.says("no space left on device", 1)
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
	if left, err := filepath.Glob(filepath.Join(disk, "big*", "*", "*.csv")); err != nil || len(left) > 0 {
		t.Errorf("what did not fit takes room: %v, %v", left, err)
	}
	exactlyOnce(t, program, good, g, 3)

	if err := syscall.Mount("none", disk, "tmpfs", syscall.MS_REMOUNT, "size=20m"); err != nil {
		t.Fatal(err)
	}
	start(t, program, "run", bad).ends(exitDone)
	exactlyOnce(t, program, bad, others, 4)
}

// smallDisk mounts an empty disk of a size.
func smallDisk(t *testing.T, dir, size string) {
	t.Helper()
	if err := syscall.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", dir, "tmpfs", 0, "mode=0700,size="+size); err != nil {
		t.Skip("a small disk takes root: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
}
