package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// anotherText is a second file beside faultText's: another account, archive and ledger.
func anotherText(source, state, listen string, port int) string {
	return fmt.Sprintf(`account: T87654321
source: %s
state: %s
archive: other
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
listen: %s
reports:
  - {id: other, dataType: orders/orderoperations, schedule: daily, language: no, reportFilters: [{value: nobody}]}
`, source, state, port, listen)
}

const sandboxSource = "{sandbox: {seed: 1}}"

// freeAddress is one at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func answers(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// TestARefusedReloadLeavesNothingBehind: whatever of the new configurations is at fault, no
// ledger was made or locked for the others, nobody listens anew, and the old ones work on.
func TestARefusedReloadLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	_, port := startGate(t, nil)
	config, program := faultConfig(t, 1, port), binary(t)
	dir := filepath.Dir(config)
	other := filepath.Join(dir, "other.yaml")
	old, fresh := freeAddress(t), freeAddress(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := func(address string) string {
		return strings.Replace(faultText(1, port), "127.0.0.1:0", address, 1)
	}
	writeConfig(t, config, at(old))
	writeConfig(t, other, anotherText(sandboxSource, "other.db", old, port))
	writeConfig(t, filepath.Join(dir, "damaged.db"), "This is no database. "+strings.Repeat("x", 200))
	locked := filepath.Join(t.TempDir(), "shop.yaml") // whose ledger another daemon serves
	writeConfig(t, locked, faultText(0, port)+"  - {id: x, dataType: checkout/transactions, schedule: daily, language: no}\n")
	p := start(t, program, "serve", config, other)
	p.says("msg=started", 1)
	beside := start(t, program, "serve", locked)
	beside.says("msg=started", 1)

	writeConfig(t, config, strings.Replace(at(fresh), "account:", "state: new/moved.db\naccount:", 1))
	for i, bad := range []struct{ text, says string }{
		{anotherText("{dintero: {client_id: x, client_secret: {file: gone}}}", "other.db", old, port), "client_secret"},
		{anotherText(sandboxSource, "damaged.db", old, port), "damaged.db"},
		{anotherText(sandboxSource, filepath.Join(filepath.Dir(locked), "rapport.db"), old, port), "another daemon serves it"},
		{anotherText(sandboxSource, "other.yaml/rapport.db", old, port), "not a directory"},
		{anotherText(sandboxSource, "/proc/none/rapport.db", old, port), "/proc"},
		{anotherText(sandboxSource, "other.db", taken.Addr().String(), port), "address already in use"},
	} {
		writeConfig(t, other, bad.text)
		p.signal(syscall.SIGHUP)
		p.says("reload refused", i+1)
		if !strings.Contains(p.said.String(), bad.says) {
			t.Errorf("the log does not say %q:\n%s", bad.says, p.said.last())
		}
		if made, err := os.Stat(filepath.Join(dir, "new")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a directory for the new ledger: %v, %v", bad.says, made, err)
		}
		if answers(fresh) {
			t.Errorf("%s: the daemon listens at the new address", bad.says)
		}
		if code, body := ask(t, "GET", "http://"+old+"/readyz"); code != 200 || !strings.Contains(body, "with the old configuration") {
			t.Errorf("%s: /readyz: %d %s", bad.says, code, body)
		}
	}
	if n := strings.Count(p.said.String(), "reportFilters"); n != 7 { // the start, and each reload
		t.Errorf("the warning is said %d times for one start and six reloads:\n%s", n, p.said)
	}
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
}

// TestAReloadMovesWhatTheFileMoves: a new address answers and the old one no more; a new
// ledger is served, and the old one is another daemon's to serve.
func TestAReloadMovesWhatTheFileMoves(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 100)
	_, port := startGate(t, func(g *gate) { g.taken = func(string) error { arrived <- struct{}{}; return nil } })
	config, program := faultConfig(t, 1, port), binary(t)
	old, fresh := freeAddress(t), freeAddress(t)
	before := strings.Replace(faultText(1, port), "127.0.0.1:0", old, 1)
	writeConfig(t, config, before)
	p := start(t, program, "serve", config)
	p.says("msg=started", 1)
	p.waitFor(arrived, "the first message")

	moved := strings.Replace(faultText(1, port), "127.0.0.1:0", fresh, 1)
	writeConfig(t, config, "state: new/moved.db\narchive: new\n"+moved)
	p.signal(syscall.SIGHUP)
	p.says("msg=reloaded", 1)
	p.waitFor(arrived, "the message that the new ledger does not know")
	if code, body := ask(t, "GET", "http://"+fresh+"/readyz"); code != 200 || body != "ok\n" {
		t.Errorf("/readyz: %d %s", code, body)
	}
	if _, body := ask(t, "GET", "http://"+fresh+"/metrics"); !strings.Contains(body, "\nrapport_scrape_ok 1\n") {
		t.Error("the metrics do not ask the new ledger")
	}
	p.says(`msg="health and metrics" address=`+fresh, 1)
	stays := filepath.Join(filepath.Dir(config), "stays.yaml")
	writeConfig(t, stays, before)
	second := start(t, program, "serve", stays) // the address and the ledger that were given up
	second.says("msg=started", 1)
	second.says(`msg="health and metrics" address=`+old, 1)
	for _, each := range []*process{p, second} {
		each.signal(syscall.SIGTERM)
		each.ends(exitDone)
	}
}

// TestServeWarnsOnce: a configuration is read once at the start.
func TestServeWarnsOnce(t *testing.T) {
	t.Parallel()
	config, program := filepath.Join(t.TempDir(), "shop.yaml"), binary(t)
	writeConfig(t, config, anotherText(sandboxSource, "rapport.db", "127.0.0.1:0", 1))
	p := start(t, program, "serve", config)
	p.says("msg=started", 1)
	if n := strings.Count(p.said.String(), "rapport: warning:"); n != 1 {
		t.Errorf("%d warnings, want one:\n%s", n, p.said)
	}
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
}
