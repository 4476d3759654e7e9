package sqlite

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
)

func TestSQLiteKeepsTheContract(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	ledgertest.Run(t, func(t testing.TB, o ledger.Options) *ledger.Ledger {
		t.Helper()
		name := strings.Map(func(r rune) rune {
			if r == '/' {
				return '-'
			}
			return r
		}, t.Name())
		l, err := openLedger(context.Background(), filepath.Join(root, name+".db"), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() }) // the test may have closed it
		return l
	})
}
