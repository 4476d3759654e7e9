package retention_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// TestAnotherConfigurationsReportsAreNotPruned: they have an archive and a retention of their own.
func TestAnotherConfigurationsReportsAreNotPruned(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.Config = filepath.Join(t.TempDir(), "a.yaml") // as long as it is there, its reports are its own
	paymenttest.Must(t, os.WriteFile(s.Config, nil, 0o600))
	s.Run()
	other, foreign := *s, paymenttest.Mailed("b@x.no")
	foreign.ID = "other"
	other.Reports, other.Config, other.Archive = []*reportconfig.Report{foreign}, s.Config+".b", filepath.Join(t.TempDir(), "archive")
	other.Retention = 40 * 24 * time.Hour
	other.Run()
	for range 3 {
		other.Days(23)
		other.Run()
	}
	if rows := other.Deliveries(); strings.Contains(rows, "2026-11-19 b@x.no") || !strings.Contains(rows, "2026-11-19 a@x.no sent") {
		t.Errorf("kept are %s", rows)
	}
	if held, err := (archive.Archive{Dir: s.Archive}).Holds(t.Context(), "test", "2026-11-19"); !held || err != nil {
		t.Errorf("the files of the other configuration are gone: %v", err)
	}
}

// TestAMessageThatWaitsIsNotSwept, though the others of its period are decided.
func TestAMessageThatWaitsIsNotSwept(t *testing.T) {
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("now@x.no", "later@x.no"))
	s.Box.Failing("later@x.no", shoptest.NotSent())
	for range 2 {
		if o := s.Run(); o != (builder.Outcome{Waiting: true}) {
			t.Fatalf("%+v: %s", o, s.Said())
		}
		row := s.Delivery("later@x.no")
		if _, err := os.Stat(filepath.Join(s.Archive, row.File)); err != nil || row.State != ledger.Deferred {
			t.Errorf("%+v: %v", row, err)
		}
	}
}
