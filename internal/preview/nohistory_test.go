package preview_test

import (
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/preview"
	"rapport/internal/shoptest"
)

func TestAFirstTrialHasTheNumberOfTheFirstReport(t *testing.T) {
	s := shoptest.New(t, shoptest.FourThursdays(t), paymenttest.Mailed("a@x.no"))
	number := func(day string) int {
		p := paymenttest.Period(t, day)
		n, err := preview.NoHistory{Archive: archive.Archive{Dir: s.Archive}, Location: time.UTC}.NextNumber(t.Context(), ledger.Key{Report: "test", From: p.From, To: p.To})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := number("2026-11-19"); n != 1 {
		t.Errorf("nothing was made, and it is number %d", n)
	}
	s.Read("2026-11-17", "2026-11-18")
	if n := number("2026-11-19"); n != 3 {
		t.Errorf("two are in the archive, and it is number %d", n)
	}
}
