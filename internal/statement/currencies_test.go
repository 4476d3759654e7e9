package statement

import (
	"slices"
	"strings"
	"testing"

	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/internal/settlement"
)

// TestTheOrganizationsOwnCurrencyLeadsWithoutARow of it: in the bridge of a day without payouts, in
// what is owed to card holders, in what is not settled.
func TestTheOrganizationsOwnCurrencyLeadsWithoutARow(t *testing.T) {
	fs := manySettlements(t, money.Amount{Minor: 100, Currency: "EUR"}, money.Amount{Minor: 100, Currency: "NOK"})
	fs.own, fs.Settlements.Rows = "NOK", nil
	fs.Settlements.Ages = []settlement.Age{{Currency: "EUR", Amounts: [4]int64{1}}, {Currency: "NOK", Amounts: [4]int64{1}}}
	fs.Settlements.Silent = []settlement.Silent{{Provider: "vipps", Amounts: []money.Amount{{Minor: 100, Currency: "EUR"}, {Minor: 100, Currency: "NOK"}}}}
	texts := newSettlementTexts(fs)
	tables := settlementTables{texts}
	for _, head := range [][]string{tables.sumTable().Head, tables.ageTable().Head} {
		if !slices.Equal(head[1:], []string{"NOK", "EUR"}) {
			t.Errorf("%q", head)
		}
	}
	if got := texts.closings(); !strings.HasPrefix(got, "NOK") {
		t.Errorf("outstanding: %s", got)
	}
	if !slices.ContainsFunc(texts.remarks(), func(said string) bool {
		return strings.Index(said, "NOK") > 0 && strings.Index(said, "NOK") < strings.Index(said, "EUR")
	}) {
		t.Errorf("%q", texts.remarks())
	}
	fs.Totals.Cards = map[money.Currency]*report.CardDebt{"DKK": {Opening: 1, Closing: 1}, "NOK": {Opening: 1, Closing: 1}}
	if got := owedCards(fs); !slices.Equal(got, []money.Currency{"NOK", "DKK"}) {
		t.Errorf("gift cards: %q", got)
	}
	if groups := slices.SortedFunc(slices.Values([]money.Currency{"EUR", "SEK", "NOK"}), fs.compareCurrencies()); !slices.Equal(groups, []money.Currency{"NOK", "EUR", "SEK"}) {
		t.Errorf("%q", groups)
	}
}
