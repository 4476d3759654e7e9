package parts_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
)

func TestPartsGoOnUnderAnotherID(t *testing.T) {
	early := shared(t, "early", map[string]int64{"a": 100}, "a")
	late := shared(t, "late", map[string]int64{"a": 100}, "a")
	for i := range late.Events {
		late.Events[i].CreatedAt = late.Events[i].CreatedAt.AddDate(0, 0, 1)
	}
	s := market(t, "value,emails\na,kari@a.example\n", early)
	s.Box.Failing("kari@a.example", shoptest.NotSent())
	s.Run()
	s.Letters()
	s.Box.Failing("kari@a.example", nil)
	s.Reports[0].ID, s.Reports[0].Was = "selgere", "torget"
	s.Source = paymenttest.Source{Sales: []payment.Transaction{early, late}}
	s.Days(1)
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Errorf("%+v %s", o, s.Said())
	}
	if to := got(s); !slices.Equal(to, []string{"drift@torget.example", "kari@a.example", "kari@a.example"}) {
		t.Errorf("what waited goes out, and what is new: %q", to)
	}
	book := s.Open()
	defer book.Close()
	rows, err := book.Periods(t.Context(), ledger.Filter{Report: "selgere.a"})
	if err != nil || len(rows) != 2 || rows[0].Number != 2 || rows[1].ArchivedUnder != "torget.a" {
		t.Errorf("%v %+v", err, rows)
	}
	for _, dir := range []string{"torget/a/2026-11-19", "selgere/a/2026-11-20"} {
		if files, err := filepath.Glob(filepath.Join(s.Archive, dir, "*.csv")); err != nil || len(files) != 1 {
			t.Errorf("%s: %q %v", dir, files, err)
		}
	}
}

func TestRetentionHoldsForParts(t *testing.T) {
	s := market(t, twoSellers, paymenttest.SplitTransaction(t))
	s.Run()
	dir := filepath.Join(s.Archive, "torget", "a", "2026-11-19")
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	s.Source = paymenttest.Source{}
	s.Days(402)
	for range 20 { // a day's worth each time
		s.Run()
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s: %v", dir, err)
	}
}

// TestALostLedgerMailsNoPartAgain: what the archive holds counts as sent, and numbers go on behind it.
func TestALostLedgerMailsNoPartAgain(t *testing.T) {
	early := shared(t, "early", map[string]int64{"a": 100}, "a")
	late := shared(t, "late", map[string]int64{"a": 100}, "a")
	for i := range late.Events {
		late.Events[i].CreatedAt = late.Events[i].CreatedAt.AddDate(0, 0, 1)
	}
	s := market(t, "value,emails\na,kari@a.example\n", early)
	s.Run()
	s.Letters()
	lost, err := filepath.Glob(s.State() + "*")
	paymenttest.Must(t, err)
	for _, path := range lost {
		paymenttest.Must(t, os.RemoveAll(path))
	}
	s.Run()
	if to := got(s); len(to) != 0 {
		t.Errorf("mailed again: %q", to)
	}
	s.Source = paymenttest.Source{Sales: []payment.Transaction{early, late}}
	s.Days(1)
	s.Run()
	book := s.Open()
	defer book.Close()
	rows, err := book.Periods(t.Context(), ledger.Filter{Report: "torget.a", Period: "2026-11-20"})
	if err != nil || len(rows) != 1 || rows[0].Number != 2 {
		t.Errorf("%v %+v", err, rows)
	}
}
