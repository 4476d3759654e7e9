package statement

import (
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/pasttotals"
)

func TestTheUsualIsTheMedianOfWhatWasThereEachTime(t *testing.T) {
	day := func(counts map[string]int64) pasttotals.Totals {
		p := pasttotals.Totals{}
		for name, n := range counts {
			for _, code := range []string{"NOK", "EUR"} { // half in each
				total := pastTotal("store", name, code, "captured")
				total.Count, total.Label = n/2, "the "+name
				p[pastTotal("store", name, code, "captured")] = total
			}
		}
		return p
	}
	m := Previous{Periods: []pasttotals.Totals{day(map[string]int64{"a": 40, "b": 10, "c": 2}), day(map[string]int64{"a": 60, "c": 2}), day(map[string]int64{"a": 44, "b": 10, "c": 0})}}
	counts, labels := usual(m, "store", "captured")
	if len(counts) != 1 || counts["a"] != 44 || labels["a"] != "the a" {
		t.Errorf("got %v %v, want a's median of 44 alone: b and c were away once", counts, labels)
	}
}

func pastTotal(dimension, name, currency, measure string) ledger.Total {
	return ledger.Total{Dimension: dimension, Name: name, Currency: currency, Measure: measure}
}
