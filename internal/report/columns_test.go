package report

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rapport/internal/paymenttest"
	"rapport/locales"
	"rapport/reportconfig"
)

// TestTheReadmeExplainsEveryColumn: its data dictionary has each column of each data type
// in both languages, and none that no report has.
func TestTheReadmeExplainsEveryColumn(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "| column | in | what it holds | empty when |\n|---|---|---|---|\n")
	if !found {
		t.Fatal("there is no data dictionary")
	}
	explained := map[string]int{} // "Time · Tidspunkt, orders"
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		if len(cells) != 4 || slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) == "" }) {
			t.Errorf("not four cells: %s", line)
			continue
		}
		for in := range strings.SplitSeq(cells[1], ",") {
			explained[strings.TrimSpace(cells[0])+", "+strings.TrimSpace(in)]++
		}
	}
	no, errNo := locales.For("no")
	en, errEn := locales.For("en")
	if errNo != nil || errEn != nil {
		t.Fatal(errNo, errEn)
	}
	called := map[reportconfig.DataType]string{
		reportconfig.CheckoutTransactions: "transactions", reportconfig.OpenTransactions: "open",
		reportconfig.OrderOperations: "orders", reportconfig.WalletTransactions: "wallets",
		reportconfig.PayoutSettlements: "settlements",
	}
	for _, data := range slices.Concat(paymenttest.EveryData, []reportconfig.Data{reportconfig.Settlements{}}) {
		k, err := Define(paymenttest.Report(data, "en"), paymenttest.Period(t, "2026-11-19"), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range k.Layout().Columns {
			name := en.Word("column."+c.Key) + " · " + no.Word("column."+c.Key) + ", " + called[data.DataType()]
			if explained[name] != 1 {
				t.Errorf("%s is explained %d times", name, explained[name])
			}
			delete(explained, name)
		}
	}
	for name := range explained {
		t.Errorf("%s is in no report", name)
	}
}
