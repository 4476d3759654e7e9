package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	_ "modernc.org/sqlite"
)

// TestALedgerThatAnotherHoldsIsWaitedForAndThenLeft has another connection in the middle of
// a write that does not end.
func TestALedgerThatAnotherHoldsIsWaitedForAndThenLeft(t *testing.T) {
	long(t)
	t.Parallel()
	g, port := startScriptedRelay(t, nil)
	config, program := shopConfig(t, 2, port), binary(t)
	ledger := filepath.Join(filepath.Dir(config), "rapport.db")
	start(t, program, "run", config, "--report", "r0").ends(exitDone)
	db, err := sql.Open("sqlite", ledger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	other, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.ExecContext(t.Context(), `BEGIN EXCLUSIVE`); err != nil {
		t.Fatal(err)
	}
	if said := start(t, program, "run", config).ends(exitWaiting); !strings.Contains(said, "another process is writing to it") || !strings.Contains(said, ledger) {
		t.Errorf("it says: %s", said)
	}
	if g.kept() != 1 {
		t.Errorf("%d messages were sent, want none that could not be written down", g.kept()-1)
	}
	if _, err := other.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(other.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	start(t, program, "run", config).ends(exitDone)
	exactlyOnce(t, program, config, g, 2)
}

// TestADamagedLedgerIsRefusedAndLeftAsItIs: by the daemon too, and nothing is sent.
func TestADamagedLedgerIsRefusedAndLeftAsItIs(t *testing.T) {
	long(t)
	t.Parallel()
	g, port := startScriptedRelay(t, nil)
	config, program := shopConfig(t, 2, port), binary(t)
	ledger := filepath.Join(filepath.Dir(config), "rapport.db")
	start(t, program, "run", config, "--report", "r0").ends(exitDone)
	whole, err := os.ReadFile(ledger)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"a page of zeros":      append(append(bytes.Clone(whole[:8192]), make([]byte, 4096)...), whole[12288:]...),
		"a header of another":  append([]byte("SQLite format 9\x00"), whole[16:]...),
		"the end cut off":      whole[:len(whole)*2/3],
		"the middle of a page": whole[:len(whole)-1000],
	} {
		if err := os.WriteFile(ledger, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"run", "serve"} {
			if said := start(t, program, command, config).ends(exitConfig); !strings.Contains(said, ledger) {
				t.Errorf("%s: %s says: %s", name, command, said)
			}
		}
		if now, err := os.ReadFile(ledger); err != nil || !bytes.Equal(now, damaged) {
			t.Errorf("%s: the file was changed: %v", name, err)
		}
	}
	if g.kept() != 1 {
		t.Errorf("%d messages were sent", g.kept()-1)
	}
	if err := os.WriteFile(ledger, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, program, "run", config).ends(exitDone)
	exactlyOnce(t, program, config, g, 2)
}

// TestALedgerDeletedUnderTheDaemon: nothing more is sent that could not be written down,
// and the daemon says what to do. The next ledger takes what the archive holds as sent,
// and warns of it.
func TestALedgerDeletedUnderTheDaemon(t *testing.T) {
	t.Parallel()
	inside, answer := make(chan struct{}, 100), make(chan struct{})
	g, port := startScriptedRelay(t, func(g *scriptedRelay) {
		g.taken = func(string) error { inside <- struct{}{}; <-answer; return nil }
	})
	config, program := shopConfig(t, 6, port), binary(t)
	ledger := filepath.Join(filepath.Dir(config), "rapport.db")
	p := start(t, program, "serve", config)
	p.waitFor(inside, "the first message")
	files, err := filepath.Glob(ledger + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.RemoveAll(file); err != nil {
			t.Fatal(err)
		}
	}
	close(answer)
	p.says("was moved, deleted or replaced while it was open", 2)
	p.says("level=ERROR msg=\"wake ", 1)
	p.signal(syscall.SIGTERM)
	p.waitFor(p.ended, "its end")
	if g.kept() != 1 {
		t.Errorf("%d messages were sent, want the one under way", g.kept())
	}
	if _, err := os.Stat(ledger); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a new ledger was made under the daemon: %v", err)
	}
	said := start(t, program, "run", config).ends(exitDone)
	g.mu.Lock()
	defer g.mu.Unlock()
	copies := map[string]int{}
	for id, n := range g.copies {
		copies[g.to[id]] += n
	}
	for i := range 6 {
		warned := strings.Contains(said, fmt.Sprintf("report r%d: ", i))
		if n := copies[fmt.Sprintf("p%d@x.example", i)]; n > 1 || n == 0 && !warned {
			t.Errorf("r%d was sent %d times; warned of: %t\n%s", i, n, warned, said)
		}
	}
}
