package ledger

import (
	"context"
	"path/filepath"
	"testing"
)

// TestTheFrequentStatementsArePreparedInTheFirstTransaction, which may be the largest: each
// of them is one that the database understands, and is run prepared.
func TestTheFrequentStatementsArePreparedInTheFirstTransaction(t *testing.T) {
	l := mustOpen(t, filepath.Join(t.TempDir(), "rapport.db"))
	must(t, l.write(context.Background(), func(tx tx) error {
		for _, query := range frequentStatements() {
			if _, not := tx.statement(query).(unprepared); not {
				t.Errorf("not prepared: %s", query)
			}
		}
		if _, not := tx.statement(`SELECT 1`).(unprepared); !not {
			t.Error("every statement is prepared")
		}
		return nil
	}))
	sendDay(t, l, makeDay(t, l, 9))
}
