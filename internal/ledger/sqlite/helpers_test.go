package sqlite

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
)

// A spied backend has another dialect, and its connection is seen.
type spied struct {
	*Backend
	change func(*database.Dialect)
	db     *sql.DB
}

func (s *spied) Dialect() database.Dialect {
	d := s.Backend.Dialect()
	if s.change != nil {
		s.change(&d)
	}
	return d
}

func (s *spied) Open(ctx context.Context, d database.Dialect, mustExist bool) (db *sql.DB, err error) {
	s.db, err = s.Backend.Open(ctx, d, mustExist)
	return s.db, err
}

func openLedger(ctx context.Context, path string, o ledger.Options) (*ledger.Ledger, error) {
	return ledger.Open(ctx, New(path), o)
}

// openChanged opens the ledger with another dialect.
func openChanged(path string, change func(*database.Dialect)) (*ledger.Ledger, error) {
	return ledger.Open(context.Background(), &spied{Backend: New(path), change: change}, ledgertest.Options())
}

func mustOpen(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l, _ := openSpied(t, path)
	return l
}

// openSpied opens the ledger, and gives its backend too.
func openSpied(t testing.TB, path string) (*ledger.Ledger, *spied) {
	t.Helper()
	b := &spied{Backend: New(path)}
	l, err := ledger.Open(context.Background(), b, ledgertest.Options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // the test may have closed it
	return l, b
}

func must(t testing.TB, err error) {
	t.Helper()
	ledgertest.Must(t, err)
}

// written gives a closed ledger with some days in it.
func written(t testing.TB, days int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "rapport.db")
	l := mustOpen(t, path)
	for day := range days {
		ledgertest.SendDay(t, l, ledgertest.MakeDay(t, l, day))
	}
	must(t, l.Close())
	return path
}

// raw opens the file as any program would.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func rawExec(t testing.TB, path string, statements ...string) {
	t.Helper()
	db := raw(t, path)
	for _, s := range statements {
		_, err := db.Exec(s)
		must(t, err)
	}
	must(t, db.Close())
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return content
}
