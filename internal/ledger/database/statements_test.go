package database_test

import (
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
)

// TestTheFrequentStatementsArePreparedInTheFirstTransaction, which may be the largest: each
// of them is one that the database understands, and is run prepared.
func TestTheFrequentStatementsArePreparedInTheFirstTransaction(t *testing.T) {
	l := open(t, t.TempDir())
	missing, other, err := l.Database().Unprepared(`SELECT 1`)
	ledgertest.Must(t, err)
	if len(missing) > 0 || other {
		t.Errorf("not prepared: %q; another one is: %t", missing, other)
	}
	ledgertest.SendDay(t, l, ledgertest.MakeDay(t, l, 9))
}

// TestTheFirstWriteWaitsForWhoReads, which goes on meanwhile.
func TestTheFirstWriteWaitsForWhoReads(t *testing.T) {
	l := open(t, t.TempDir())
	ledgertest.Must(t, l.Database().ReadDuring(func() error {
		return l.Raise(t.Context(), ledger.Alarm{Account: ledgertest.Account, Kind: "late", Subject: "a", Raised: ledgertest.Now()})
	}))
}
