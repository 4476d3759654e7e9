package statement_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
)

func TestAStoreThatWasRenamedHasTheSameNameEachTime(t *testing.T) {
	var sales paymenttest.Source
	for i := range 9 {
		tx := shoptest.Sold(t, fmt.Sprint("n", i), "2026-11-19", "", 100)
		tx.Store = payment.Store{ID: "sc1", Name: fmt.Sprintf("Navn %d", i)}
		sales.Sales = append(sales.Sales, tx)
	}
	sales.Sales = append(sales.Sales, shoptest.Sold(t, "m", "2026-11-19", "Bergen", 100), shoptest.Sold(t, "o", "2026-11-12", "Bergen", 100))
	for range 5 {
		s := shoptest.New(t, sales, paymenttest.Mailed("a@x.no"))
		_, text := s.Read("2026-11-12", "2026-11-19")
		_, changes, _ := strings.Cut(text, "Største endringer")
		changes, _, _ = strings.Cut(changes, "Per betalingsmåte")
		if !strings.Contains(changes, "Navn 8") || strings.Contains(changes, "Navn 7") {
			t.Fatalf("the store has another name among the changes:\n%s", text)
		}
	}
}

// TestWhatIsPurgedIsNotComparedWith: retention may be shorter than a week, and a total that
// is gone is no zero.
func TestWhatIsPurgedIsNotComparedWith(t *testing.T) {
	var sales paymenttest.Source
	for day := 10; day <= 19; day++ {
		sales.Sales = append(sales.Sales, shoptest.Sold(t, fmt.Sprint("d", day), fmt.Sprintf("2026-11-%d", day), "Bergen", int64(day)*100))
	}
	first := shoptest.New(t, sales, paymenttest.Mailed("a@x.no"))
	first.Run()
	want, _ := first.Read()
	s := shoptest.New(t, sales, paymenttest.Mailed("a@x.no"))
	s.Catchup, s.Retention = 2*24*time.Hour, 3*24*time.Hour
	s.Days(-8)
	for range 8 {
		s.Run()
		s.Days(1)
	}
	s.Box.Got = nil
	s.Run()
	got, text := s.Read()
	if got = strings.Replace(got, "nr. 9", "nr. 1", 1); got != want || strings.Contains(text, "Største endringer") {
		t.Errorf("subject %q, want %q\n%s", got, want, text)
	}
}
