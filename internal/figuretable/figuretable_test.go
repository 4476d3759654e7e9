package figuretable

import (
	"fmt"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/locales"
)

func norwegian(t *testing.T) *locales.Printer {
	t.Helper()
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// What a report of gift cards answers with is what was loaded less what was used, as in its mail.
func TestGiftCardsAnswerWithTheirNet(t *testing.T) {
	of := func(measure string, sum int64) ledger.Total {
		return ledger.Total{Dimension: "currency", Measure: measure, Currency: "NOK", Count: 1, Sum: sum}
	}
	totals := []ledger.Total{of("issued", 100000), of("used", -60000), of("reserved", 5000)}
	words := norwegian(t)
	if got := strings.ReplaceAll(headlineOf(words, totals), "\u00a0", " "); got != "400,00 kr" {
		t.Errorf("the headline is %q", got)
	}
	if got := strings.ReplaceAll(headlineOf(words, totals[1:]), "\u00a0", " "); got != "−600,00 kr" {
		t.Errorf("the headline of uses alone is %q", got)
	}
	if head := tablesOf(words, totals)[0].Head; strings.Join(head[1:], " ") != "Påfyll Brukt Reservert" {
		t.Errorf("the head is %q", head)
	}
}

// Where there are more stores than are shown the largest are, and stores of one name are told apart.
func TestTheLargestStoresAreShown(t *testing.T) {
	var totals []ledger.Total
	for i := range 46 {
		totals = append(totals, ledger.Total{Dimension: "store", Name: fmt.Sprintf("s%02d", i), Label: "Oslo", Measure: "captured", Currency: "NOK", Count: 1, Sum: int64(i * 100)})
	}
	table := tablesOf(norwegian(t), totals)[0]
	if len(table.Rows) != mostRows || !table.More {
		t.Fatalf("%d rows", len(table.Rows))
	}
	for i, row := range table.Rows {
		if want := fmt.Sprintf("Oslo (s%02d)", 45-i); row[0] != want {
			t.Errorf("row %d is of %q, not of %q", i, row[0], want)
		}
	}
}
