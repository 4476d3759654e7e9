package templates

import "testing"

func TestShapeSuitsThePhone(t *testing.T) {
	right := []bool{false, true, true, true}
	head := []string{"Store", "Captured", "Refunded", "Net"}
	row := []string{"Oslo", "1,00", "0,00", "1,00"}
	big := []string{"Oslo", "92,233,720,368,547,758.07", "0.00", "1.00"}
	for want, rows := range map[string][][]string{"list": {row}, "table": {row, row}, "wide": {row, big}} {
		if got := shape(head, right, rows); got != want {
			t.Errorf("%v is laid out as %s, want %s", rows, got, want)
		}
	}
}

// TestThePhoneShowsTheOwnCurrencyOfATableOfCurrencies, and of others the figure that the
// others come to.
func TestThePhoneShowsTheOwnCurrencyOfATableOfCurrencies(t *testing.T) {
	currencies, row := []string{"", "NOK", "ISK", "EUR"}, []string{"Paid out", "311,312.22", "104,956", "0.00"}
	if got := lead(currencies); got != 1 {
		t.Errorf("column %d", got)
	}
	if got, want := below(currencies, row), "ISK\u00a0104,956"; got != want {
		t.Errorf("below stands %q, want %q", got, want)
	}
	figures := []string{"Store", "Currency", "Captured", "Net"}
	if got := lead(figures); got != 3 {
		t.Errorf("column %d", got)
	}
	if got, want := below(figures, []string{"Oslo", "NOK", "2.00", "1.00"}), "NOK · Captured\u00a02.00"; got != want {
		t.Errorf("below stands %q, want %q", got, want)
	}
}

func TestADateIsKeptInOneLine(t *testing.T) {
	for s, want := range map[string]bool{"19.11.2026": true, "2026-11-19": true, "19 November 2026": false, "6785054260x": false, "12": false} {
		if isDate(s) != want {
			t.Errorf("%s: %v", s, !want)
		}
	}
}
