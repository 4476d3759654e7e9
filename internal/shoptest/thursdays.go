package shoptest

import (
	"fmt"
	"strings"
	"testing"

	"rapport/internal/payment"
	"rapport/internal/paymenttest"
)

// Sold is a sale of a store at noon of a day.
func Sold(t testing.TB, id, day, store string, minor int64) payment.Transaction {
	t.Helper()
	tx := paymenttest.Captured(t, id, minor)
	tx.Store = payment.Store{ID: strings.ToLower(store), Name: store}
	tx.Events[1].CreatedAt = paymenttest.At(t, day+"T12:00:00+01:00")
	return tx
}

// FourThursdays are sales of two stores; on the last day Bergen has none.
func FourThursdays(t testing.TB) paymenttest.Source {
	var s paymenttest.Source
	for i, day := range []string{"2026-10-29", "2026-11-05", "2026-11-12"} {
		for n := range 3 {
			s.Sales = append(s.Sales, Sold(t, fmt.Sprint("b", i, n), day, "Bergen", 2000))
		}
		s.Sales = append(s.Sales, Sold(t, fmt.Sprint("o", i), day, "Oslo", 9000))
	}
	s.Sales = append(s.Sales, Sold(t, "o3", "2026-11-19", "Oslo", 16800))
	return s
}
