package main

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// delivers waits for a message to the address.
func (p *process) delivers(t *testing.T, arrived <-chan string, want string) {
	t.Helper()
	select {
	case to := <-arrived:
		if to != want {
			t.Errorf("a message came to %s, want %s", to, want)
		}
	case <-time.After(patience):
		t.Fatalf("no message comes to %s\n%s", want, p.said.last())
	}
}

// TestAReloadTakesTheFileWholeOrNotAtAll: a new report is made; a broken file changes
// nothing and is named with its place; a mended one is taken.
func TestAReloadTakesTheFileWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	arrived := make(chan string, 100)
	g, port := startScriptedRelay(t, func(g *scriptedRelay) { g.taken = func(to string) error { arrived <- to; return nil } })
	config, program := shopConfig(t, 1, port), binary(t)
	p := start(t, program, "serve", config)
	url := "http://" + p.address()
	comes := func(want string) { t.Helper(); p.delivers(t, arrived, want) }
	comes("p0@x.example")

	writeConfig(t, config, shopText(2, port))
	p.signal(syscall.SIGHUP)
	p.says("msg=reloaded", 1)
	comes("p1@x.example")

	broken := strings.Replace(shopText(3, port), "schedule: daily", "schedule: hourly", 1)
	writeConfig(t, config, broken)
	p.signal(syscall.SIGHUP)
	p.says("reload refused, the configuration stays as it was", 1)
	if !regexp.MustCompile(regexp.QuoteMeta(config) + `:8:\d+: reports\[0\]\.schedule: `).MatchString(p.said.String()) {
		t.Errorf("the log does not say where the fault is:\n%s", p.said.last())
	}
	if code, body := ask(t, "GET", url+"/readyz"); code != http.StatusOK || !strings.Contains(body, "with the old configuration") {
		t.Errorf("/readyz: %d %s", code, body)
	}
	if _, body := ask(t, "GET", url+"/metrics"); !strings.Contains(body, "\nrapport_config_ok 0\n") {
		t.Error("the metrics do not say that the configuration was refused")
	}

	writeConfig(t, config, shopText(3, port))
	p.signal(syscall.SIGHUP)
	p.says("msg=reloaded", 2)
	comes("p2@x.example")
	if _, body := ask(t, "GET", url+"/metrics"); !strings.Contains(body, "\nrapport_config_ok 1\n") {
		t.Error("the metrics do not say that the configuration was taken")
	}
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
	exactlyOnce(t, program, config, g, 3)
}

// TestReloadsInTheMiddleOfWorkSendNothingTwice: 200 of them, of files cut off anywhere,
// while messages go out.
func TestReloadsInTheMiddleOfWorkSendNothingTwice(t *testing.T) {
	t.Parallel()
	reports, reloads := scaled(40, 10), scaled(200, 50)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	gone := make(chan struct{}, reports)
	g, port := startScriptedRelay(t, func(g *scriptedRelay) { g.taken = func(string) error { gone <- struct{}{}; return nil } })
	config, program := shopConfig(t, reports, port), binary(t)
	text := shopText(reports, port)
	p := start(t, program, "serve", config)
	p.says("msg=started", 1)
	for i := range reloads {
		if i%10 == 0 { // so that reloads and messages overlap to the end
			p.waitFor(gone, "the next message")
		}
		// A file cut off after whole reports would be right, and take the others out of it:
		// this tail is in no such file.
		cut := text[:dice.IntN(len(text))] + "\n  - {"
		if err := os.WriteFile(config+".new", []byte(cut), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(config+".new", config); err != nil {
			t.Fatal(err)
		}
		p.signal(syscall.SIGHUP)
		if i%10 == 9 { // and some are whole
			writeConfig(t, config+".new", text)
			if err := os.Rename(config+".new", config); err != nil {
				t.Fatal(err)
			}
			p.signal(syscall.SIGHUP)
		}
	}
	writeConfig(t, config, text)
	before := strings.Count(p.said.String(), "msg=reloaded")
	p.signal(syscall.SIGHUP)
	p.says("msg=reloaded", before+1)
	for g.kept() < reports {
		p.waitFor(gone, "the next message")
	}
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
	start(t, program, "run", config).ends(exitDone)
	exactlyOnce(t, program, config, g, reports)
}

// TestAReloadThatRenamesAReportMailsNothingAgain: it goes on under its new id, with the number that is next.
func TestAReloadThatRenamesAReportMailsNothingAgain(t *testing.T) {
	t.Parallel()
	arrived := make(chan string, 100)
	g, port := startScriptedRelay(t, func(g *scriptedRelay) { g.taken = func(to string) error { arrived <- to; return nil } })
	config, program := shopConfig(t, 1, port), binary(t)
	p := start(t, program, "serve", config)
	comes := func(want string) { t.Helper(); p.delivers(t, arrived, want) }
	comes("p0@x.example")
	writeConfig(t, config, strings.Replace(shopText(2, port), "{id: r0,", "{id: oslo, was: r0,", 1))
	p.signal(syscall.SIGHUP)
	p.says("msg=reloaded", 1)
	comes("p1@x.example") // planned by the same look that renames
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
	exactlyOnce(t, program, config, g, 2)
	out, err := exec.Command(program, "deliveries", config, "--all", "--json").Output()
	if err != nil || !strings.Contains(string(out), `"report":"oslo"`) || strings.Contains(string(out), `"report":"r0"`) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestARefusedReloadLeavesNothingBehind: whatever of the new configurations is at fault, no
// ledger was made or locked for the others, nobody listens anew, and the old ones work on.
func TestARefusedReloadLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	_, port := startScriptedRelay(t, nil)
	config, program := shopConfig(t, 1, port), binary(t)
	dir := filepath.Dir(config)
	other := filepath.Join(dir, "other.yaml")
	old, fresh := freeAddress(t), freeAddress(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := func(address string) string {
		return strings.Replace(shopText(1, port), "127.0.0.1:0", address, 1)
	}
	writeConfig(t, config, at(old))
	writeConfig(t, other, anotherText(sandboxSource, "other.db", old, port))
	writeConfig(t, filepath.Join(dir, "damaged.db"), "This is no database. "+strings.Repeat("x", 200))
	locked := filepath.Join(t.TempDir(), "shop.yaml") // whose ledger another daemon serves
	writeConfig(t, locked, shopText(0, port)+"  - {id: x, dataType: checkout/transactions, schedule: daily, language: no}\n")
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
		{anotherText(sandboxSource, "other.db", strings.Replace(old, "127.0.0.1", "0.0.0.0", 1), port), "this daemon listens at " + old},
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
	if n := strings.Count(p.said.String(), "reportFilters"); n != 8 { // the start, and each reload
		t.Errorf("the warning is said %d times for one start and seven reloads:\n%s", n, p.said)
	}
	p.signal(syscall.SIGTERM)
	p.ends(exitDone)
}

// TestAReloadMovesWhatTheFileMoves: a new address answers and the old one no more; a new
// ledger is served, and the old one is another daemon's to serve.
func TestAReloadMovesWhatTheFileMoves(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 100)
	_, port := startScriptedRelay(t, func(g *scriptedRelay) { g.taken = func(string) error { arrived <- struct{}{}; return nil } })
	config, program := shopConfig(t, 1, port), binary(t)
	old, fresh := freeAddress(t), freeAddress(t)
	before := strings.Replace(shopText(1, port), "127.0.0.1:0", old, 1)
	writeConfig(t, config, before)
	p := start(t, program, "serve", config)
	p.says("msg=started", 1)
	p.waitFor(arrived, "the first message")

	moved := strings.Replace(shopText(1, port), "127.0.0.1:0", fresh, 1)
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

// TestAPortThatIsTakenIsForLater: a second daemon ends so that systemd tries it again; an address that can never be ours
// is a fault of the configuration.
func TestAPortThatIsTakenIsForLater(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	program := binary(t)
	for address, code := range map[string]int{taken.Addr().String(): exitWaiting, "192.0.2.1:9797": exitConfig} {
		config := filepath.Join(t.TempDir(), "shop.yaml")
		text := "account: T12345678\nsource: {sandbox: {}}\nlisten: " + address + "\nreports:\n  - {id: daily, dataType: checkout/transactions, schedule: daily, language: en}\n"
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if said := start(t, program, "serve", config).ends(code); !strings.Contains(said, address) {
			t.Errorf("it does not name %s:\n%s", address, said)
		}
	}
}
