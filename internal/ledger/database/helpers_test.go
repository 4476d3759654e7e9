package database_test

import (
	"path/filepath"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/ledger/sqlite"
)

// open opens the test's ledger, as one more process.
func open(t testing.TB, dir string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), sqlite.New(filepath.Join(dir, "rapport.db")), ledgertest.Options())
	ledgertest.Must(t, err)
	t.Cleanup(func() { ledgertest.Must(t, l.Close()) })
	return l
}
