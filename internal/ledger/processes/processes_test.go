package processes_test

import (
	"path/filepath"
	"testing"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/ledger/processes"
	"rapport/internal/ledger/sqlite"
)

// TestAProcessEndsWhileItWrites: its end waits for the write, which may ask who it is.
func TestAProcessEndsWhileItWrites(t *testing.T) {
	db, err := database.Open(t.Context(), sqlite.New(filepath.Join(t.TempDir(), "rapport.db")), false, func(database.Dialect) []string { return nil })
	ledgertest.Must(t, err)
	t.Cleanup(func() { _ = db.SQL.Close() })
	p := &processes.Process{DB: db, Now: time.Now, Host: "here"}
	ledgertest.Must(t, p.Claim(t.Context(), func(database.Tx, string) error { return nil }))
	ended := make(chan error, 1)
	err = p.Claim(t.Context(), func(_ database.Tx, id string) error {
		before := db.SQL.Stats().WaitCount
		go func() { ended <- p.End() }()
		for db.SQL.Stats().WaitCount == before { // until it waits for the connection that is ours
			<-time.After(time.Millisecond)
		}
		said := make(chan string, 1)
		go func() { said <- p.ID(); p.Machines() }()
		select {
		case got := <-said:
			if got != id {
				t.Errorf("it is %q, and was %q", got, id)
			}
		case <-time.After(10 * time.Second):
			t.Error("it does not say who it is")
		}
		return nil
	})
	ledgertest.Must(t, err)
	ledgertest.Must(t, <-ended)
	if id := p.ID(); id != "" {
		t.Errorf("after its end it is still %q", id)
	}
}
