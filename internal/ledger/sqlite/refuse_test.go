package sqlite

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
)

// refused opens the file, which must be refused for good, with the words, and stay as it is.
func refused(t *testing.T, path string, words ...string) {
	t.Helper()
	before := readFile(t, path)
	for range 2 { // and again: nothing was set right silently
		l, err := openLedger(context.Background(), path, ledgertest.Options())
		if err == nil {
			must(t, l.Close())
			t.Fatal("it was opened")
		}
		if !database.Unusable(err) {
			t.Errorf("it is to be tried again: %v", err)
		}
		for _, w := range append(words, path) {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q does not say %q", err, w)
			}
		}
		if !bytes.Equal(readFile(t, path), before) {
			t.Error("the file was changed")
		}
	}
}

func TestADamagedFileIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(content []byte) []byte{
		"not a database":      func([]byte) []byte { return []byte("reports:\n  - id: daily\n") },
		"header overwritten":  func(c []byte) []byte { copy(c, make([]byte, 100)); return c },
		"truncated":           func(c []byte) []byte { return c[:len(c)/2] },
		"truncated in a page": func(c []byte) []byte { return c[:len(c)-1000] },
		"truncated to a page": func(c []byte) []byte { return c[:4096] },
		"page of zeros":       func(c []byte) []byte { copy(c[3*4096:4*4096], make([]byte, 4096)); return c },
		"page of noise":       func(c []byte) []byte { copy(c[4*4096:], bytes.Repeat([]byte{0xA5}, 4096)); return c },
		"table of contents":   func(c []byte) []byte { copy(c[100:], bytes.Repeat([]byte{0xFF}, 50)); return c },
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t, 5)
			must(t, os.WriteFile(path, harm(readFile(t, path)), 0o600))
			refused(t, path, "damaged", "restore it from a backup; do not delete it")
		})
	}
}

func TestAFileThatWasEmptiedIsRefused(t *testing.T) {
	t.Parallel()
	path := written(t, 1)
	must(t, os.Truncate(path, 0))
	refused(t, path, "was lost, or a backup was put back", path+"-witness")
}

func TestALedgerThatLostItsLogIsRefusedUntilThatIsAccepted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	l := mustOpen(t, path)
	ledgertest.SendDay(t, l, ledgertest.MakeDay(t, l, 1))
	// What a killed process leaves: the file, and beside it the log with the newest commits.
	copied := filepath.Join(t.TempDir(), "rapport.db")
	for _, suffix := range []string{"", "-wal", "-witness"} {
		must(t, os.WriteFile(copied+suffix, readFile(t, path+suffix), 0o600))
	}
	whole := readFile(t, copied+"-wal")
	must(t, os.Remove(copied+"-wal"))
	refused(t, copied, "was lost")
	must(t, os.WriteFile(copied+"-wal", whole, 0o600))
	back := mustOpen(t, copied)
	all, err := back.Deliveries(context.Background(), ledger.Filter{State: "sent"})
	must(t, err)
	if len(all) != 1 {
		t.Errorf("with its log it has %d deliveries that were sent", len(all))
	}
	must(t, back.Close())
	old := readFile(t, copied)
	back = mustOpen(t, copied)
	ledgertest.MakeDay(t, back, 2)
	must(t, back.Close())
	must(t, os.WriteFile(copied, old, 0o600))
	refused(t, copied, "a backup was put back")
	must(t, os.Remove(copied+"-witness"))
	ledgertest.MakeDay(t, mustOpen(t, copied), 2)
}

func TestAForeignDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"with tables":             {`CREATE TABLE bookmarks (url TEXT)`},
		"with another mark":       {`PRAGMA application_id = 252006674`},
		"with a log":              {`PRAGMA journal_mode = WAL`, `CREATE TABLE bookmarks (url TEXT)`},
		"with a table of our own": {`CREATE TABLE period (id INTEGER)`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "places.db")
			rawExec(t, path, statements...)
			refused(t, path, "not a ledger")
		})
	}
}

func TestANewerLedgerIsRefused(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"an unknown migration": `INSERT INTO migration VALUES (99, '0099_more.sql', 'aa')`,
		"another first one":    `UPDATE migration SET sha256 = 'aa' WHERE number = 1`,
		"a gap":                `UPDATE migration SET number = 98 WHERE number = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t, 1)
			rawExec(t, path, statement)
			refused(t, path, "another version", ".sql")
		})
	}
	path := written(t, 1)
	rawExec(t, path, `DROP TABLE migration`)
	if _, err := openLedger(context.Background(), path, ledgertest.Options()); err == nil {
		t.Error("a ledger without migrations was opened")
	}
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for path, word := range map[string]string{dir: "is not a file", filepath.Join(dir, "file", "rapport.db"): "not a directory", filepath.Join(dir, strings.Repeat("x", 300)): "too long"} {
		must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
		_, err := openLedger(context.Background(), path, ledgertest.Options())
		if err == nil || !database.Unusable(err) || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAMissingFileIsNotMadeWhenItMustExist(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a", "rapport.db")
	o := ledgertest.Options()
	o.MustExist = true
	_, err := openLedger(context.Background(), path, o)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its directory: %v", err)
	}
	must(t, mustOpen(t, path).Close())
	l, err := openLedger(context.Background(), path, o)
	must(t, err)
	must(t, l.Close())
}

func TestABeginningThatWasCutOffIsBegunAgain(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(path string){
		"an empty file":             func(path string) { must(t, os.WriteFile(path, nil, 0o600)) },
		"a database without tables": func(path string) { rawExec(t, path, `PRAGMA journal_mode = WAL`) },
		"a deleted ledger's log": func(path string) {
			old := mustOpen(t, path)
			ledgertest.MakeDay(t, old, 1)
			log := readFile(t, path+"-wal")
			must(t, old.Close())
			must(t, os.Remove(path))
			must(t, os.WriteFile(path+"-wal", log, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "rapport.db")
			prepare(path)
			l := mustOpen(t, path)
			all, err := l.Periods(context.Background(), ledger.Filter{})
			must(t, err)
			if len(all) != 0 {
				t.Errorf("it knows %d periods", len(all))
			}
			ledgertest.MakeDay(t, l, 1)
		})
	}
}
