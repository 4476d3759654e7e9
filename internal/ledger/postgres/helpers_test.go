package postgres

import (
	"context"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
)

func must(t testing.TB, err error) {
	t.Helper()
	ledgertest.Must(t, err)
}

// openAs opens a ledger as a process of a machine does, whose directory is named.
func openAs(t testing.TB, url, dir string) (*ledger.Ledger, *Backend) {
	t.Helper()
	b := New(Options{URL: url, Dir: dir})
	l, err := ledger.Open(context.Background(), b, ledgertest.Options())
	must(t, err)
	t.Cleanup(func() { _ = l.Close() }) // the test may have closed it
	return l, b
}

// refusal is the error of opening a ledger that cannot be.
func refusal(t testing.TB, o Options, mustExist bool) error {
	t.Helper()
	options := ledgertest.Options()
	options.MustExist = mustExist
	l, err := ledger.Open(context.Background(), New(o), options)
	if err == nil {
		_ = l.Close()
		t.Fatal("it was opened")
	}
	return err
}

func exec(t testing.TB, b *Backend, statement string, args ...any) {
	t.Helper()
	_, err := b.db.ExecContext(context.Background(), statement, args...)
	must(t, err)
}
